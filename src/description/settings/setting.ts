/** What the table of settings says about each of them. */

import type { DependencyKind, ServiceDescription } from "../../model/mod.ts";
import type { PathField, SettingTarget, SettingValue } from "../draft.ts";
import type { FlagWord } from "./options.ts";
import type { RowFacts } from "./row_facts.ts";
import type { TypeName } from "./type_names.ts";

/** One setting of service descriptions. */
export interface Setting extends RowFacts {
  /** As descriptions spell it; case-sensitive. */
  readonly name: string;
  /** The setting that this is another name of. */
  readonly aliasOf?: string;
  /** Whether dinit 0.22.1 does not have it. `@meta NAME = VALUE` sets it, too; dinit 0.22.1 ignores such a line. */
  readonly extension: boolean;
  /** `tokens`: the value is a list of words; `text`: it is one text. */
  readonly value: "text" | "tokens";
  /** The form of the value, for people: words in capitals stand for something, the others for themselves. */
  readonly syntax: string;
  /** Whether `+=` is allowed besides `=` and `:`. */
  readonly appends: boolean;
  /** What a second line does: it replaces the first, or adds to it. */
  readonly repeats: "override" | "additive";
  /** Whether `$` is substituted when the line is read (`pre`), after all lines (`post`), or never. */
  readonly substitution: "pre" | "post" | "none";
  /**
   * The field that is substituted, and its position among the paths of the reference (service description 2.4, step
   * 7). For settings with `substitution: "post"` whose value is one text.
   */
  readonly path?: { readonly field: PathField; readonly turn: number };
  /** The types of services that use it; on others it is checked and ignored. */
  readonly types: readonly TypeName[];
  /** The value of services without the setting, for people; empty for none. */
  readonly default: string;
  /** Where a path in the value begins if it is relative, for people; empty if the value holds none. */
  readonly base: string;
  /** One line, for people. */
  readonly summary: string;
  /** The words of a value that is a list of flags. */
  readonly flags?: readonly FlagWord[];
  /** The kind of links that the setting makes, if it makes any. */
  readonly dependency?: DependencyKind;
  /**
   * Takes one value over into the description.
   * @throws {Mistake}
   */
  apply(target: SettingTarget, value: SettingValue): void;
  /**
   * The value that makes a description like this one; `undefined` for the default. Settings without this cannot be
   * told from a description, or are printed as links.
   */
  show?(description: ServiceDescription): string | readonly string[] | undefined;
}
