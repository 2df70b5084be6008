/** A description that an import writes: settings in the order in which they were made, and comments. */

import { quoteValue, settingNamed } from "../../description/mod.ts";
import type { Directive } from "../shared/account.ts";
import { plain, substituted, type Word } from "./words.ts";

/** The settings that name one other service each. */
export const RELATIONS = [
  "depends-on",
  "depends-ms",
  "prepared-by",
  "waits-for",
  "after",
  "before",
  "on-failure",
] as const;
/** One of these settings. */
export type Relation = (typeof RELATIONS)[number];

/** One line that names another service. */
export interface RelationLine {
  readonly relation: Relation;
  /** The name of the other service, perhaps with an argument. */
  readonly name: Word;
  /** The directive that it comes from. @default the import has added it */
  readonly directive?: Directive;
}

/** What a service that prepares another one does not share with it. */
const OWN_RELATIONS: ReadonlySet<Relation> = new Set(["prepared-by", "on-failure", "before"]);

/** The columns of a comment. */
const COMMENT_WIDTH = 100;

/** The text of one description. */
export class DescriptionText {
  /** The name of the service, without an argument. */
  readonly name: string;
  readonly #settings = new Map<string, string[]>();
  readonly #comments: string[] = [];
  readonly #flags = new Map<string, Set<string>>();
  #via = "";
  #shared: DescriptionText | undefined;
  /** Lines that name other services. `settleRelations` may take some away. */
  relations: RelationLine[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Gives a setting its only value: one text, or the words of a command. */
  set(setting: string, value: string | readonly Word[]): void {
    this.#settings.set(setting, [valueText(setting, value)]);
  }

  /** Adds a line of text that needs no quotes to a setting of which each line adds to the earlier ones. */
  addText(setting: string, value: string): void {
    const values = this.#settings.get(setting) ?? [];
    this.#settings.set(setting, [...values, value]);
  }

  /** Gives a setting the value that another description has, if it has one. */
  copy(setting: string, from: DescriptionText): void {
    const values = from.#settings.get(setting);
    if (values !== undefined) this.#settings.set(setting, values);
  }

  /** Removes a setting. */
  remove(setting: string): void {
    this.#settings.delete(setting);
  }

  /** Whether the setting has a value. */
  has(setting: string): boolean {
    return this.#settings.has(setting);
  }

  /** The value of a setting as it will be written; `undefined` without one. */
  get(setting: string): string | undefined {
    return this.#settings.get(setting)?.join(" ");
  }

  /** Adds a flag to `options` or `load-options`. */
  flag(flag: string, setting: "options" | "load-options" = "options"): void {
    const flags = this.#flags.get(setting) ?? new Set();
    this.#flags.set(setting, flags.add(flag));
  }

  /** Names another service. The same relation to the same service is written once. */
  relate(relation: Relation, name: string | Word, directive?: Directive): void {
    const word = typeof name === "string" ? plain(name) : name;
    const isSame = (line: RelationLine) =>
      line.relation === relation && substituted(line.name) === substituted(word);
    if (!this.relations.some(isSame)) this.relations.push({ relation, name: word, directive });
  }

  /** Names the service that `dinitctl enable` makes depend on this one. */
  enableVia(name: string): void {
    this.#via = name;
  }

  /** Takes over the dependencies and orderings that another description has in the end. */
  shareRelations(owner: DescriptionText): void {
    this.#shared = owner;
  }

  /** Adds a comment for the person who reads the file. */
  comment(text: string): void {
    this.#comments.push(text);
  }

  /** Leaves a directive to a person: the account and a comment say what to decide. */
  decide(directive: Directive, note: string): void {
    directive.decision(note);
    this.comment(`Decide: ${directive.name} = ${directive.value}: ${note}`);
  }

  /** The whole file. */
  text(origin: string): string {
    const lines = [...commentLines(`Imported from ${origin}.`)];
    for (const [setting, values] of this.#settings) {
      values.forEach((value, index) =>
        lines.push(`${setting} ${index > 0 && appends(setting) ? "+=" : "="} ${value}`)
      );
    }
    for (const [setting, flags] of this.#flags) lines.push(`${setting} = ${[...flags].join(" ")}`);
    const shared = this.#shared?.relations.filter(({ relation }) => !OWN_RELATIONS.has(relation)) ?? [];
    for (const { relation, name } of [...this.relations, ...shared]) {
      lines.push(`${relation} = ${quoteValue(substituted(name))}`);
    }
    if (this.#via !== "") lines.push(`@meta enable-via ${this.#via}`);
    for (const comment of this.#comments) lines.push("", ...commentLines(comment));
    return lines.join("\n") + "\n";
  }
}

function appends(setting: string): boolean {
  return setting === "schedule-cron" || settingNamed(setting)?.appends === true;
}

function valueText(setting: string, value: string | readonly Word[]): string {
  if (typeof value !== "string") return value.map((word) => quoteValue(substituted(word))).join(" ");
  const isLiteral = (settingNamed(setting)?.substitution ?? "none") === "none";
  return quoteValue(isLiteral ? value : substituted(plain(value)));
}

/** Lines of comment. None ends in a backslash, which would join it with the next line. */
function commentLines(text: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.replaceAll(/\p{Cc}+/gu, " ").split(" ")) {
    if (line.length > 1 && line.length + word.length >= COMMENT_WIDTH) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  lines.push(line);
  return lines.map((one) => one.endsWith("\\") ? `${one} .` : one);
}
