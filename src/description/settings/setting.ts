/** The fields of a row in the table of settings. */

import type { DependencyKind, ServiceDescription } from "../../model/mod.ts";
import type { Draft, PathField, SettingTarget, SettingValue } from "../draft.ts";
import type { FlagWord } from "./options.ts";
import type { RowFacts } from "./row_facts.ts";
import type { TypeName } from "./type_names.ts";

/** One setting of service descriptions. */
export interface Setting extends RowFacts {
  /** As descriptions spell it; case-sensitive. */
  readonly name: string;
  /** The setting for which this is another name. */
  readonly aliasOf?: string;
  /** Whether dinit 0.22.1 does not have it. `@meta NAME = VALUE` also sets it; dinit 0.22.1 ignores such a line. */
  readonly extension: boolean;
  /** The values that dinit 0.22.1 does not have, of a setting that it has. `@meta NAME = VALUE` also sets them. */
  readonly extensionValues?: RegExp;
  /** Whether its line is kept until all lines are read, because the value must fit those of other settings. */
  readonly combined: boolean;
  /** `tokens`: the value is a list of words; `text`: the value is one text. */
  readonly value: "text" | "tokens";
  /** The form of the value, for people: words in capitals are placeholders, others are literal. */
  readonly syntax: string;
  /** Whether a `#` inside a word belongs to the value; in other settings it is a mistake. @default false */
  readonly hashInWords?: boolean;
  /** Whether `+=` is allowed besides `=` and `:`. */
  readonly appends: boolean;
  /** Whether a second line replaces the first or adds to it. */
  readonly repeats: "override" | "additive";
  /** When `$` is substituted: when the line is read (`pre`), after all lines (`post`), or never. */
  readonly substitution: "pre" | "post" | "none";
  /**
   * The field to substitute, and its position among the paths of the reference (service description 2.4, step 7). For
   * settings with `substitution: "post"` whose value is one text.
   */
  readonly path?: { readonly field: PathField; readonly turn: number };
  /** The types of services that use it; for others the value is checked and ignored. */
  readonly types: readonly TypeName[];
  /** The value of services without the setting, for people; empty for none. */
  readonly default: string;
  /** Where a relative path in the value begins, for people; empty if the value contains no path. */
  readonly base: string;
  /** One line, for people. */
  readonly summary: string;
  /** The words of a value that is a list of flags. */
  readonly flags?: readonly FlagWord[];
  /** The dependency kind of the links that the setting makes, if it makes any. */
  readonly dependency?: DependencyKind;
  /**
   * Enters one value into the description.
   * @throws {Mistake}
   */
  apply(target: SettingTarget, value: SettingValue): void;
  /**
   * The value that results in a description like this one; `undefined` for the default. Without this function, the
   * setting cannot be derived from a description, or is printed as links.
   */
  show?(description: ServiceDescription): string | readonly string[] | undefined;
  /**
   * Why the setting has no effect beside the other lines; `undefined` if it has one. If the setting is `combined`, its
   * line is then an error, and the text names the remedy. Otherwise the checker remarks on it.
   *
   * @default undefined: it needs no other setting
   */
  withoutEffect?(draft: Draft): string | undefined;
}
