/** A unit: its names, and its directives from the file and the drop-ins. */

import type { Directive, InputFile } from "../../shared/account.ts";

/** The kinds of units. */
const UNIT_KINDS = [
  "service",
  "socket",
  "timer",
  "target",
  "path",
  "mount",
  "automount",
  "swap",
  "slice",
  "scope",
  "device",
] as const;
/** One of these kinds. */
export type UnitKind = (typeof UNIT_KINDS)[number];

/** A reason why a directive has no effect any more. */
const RESET = "an empty assignment further down resets it";

/** The names in `getty@tty1.service`. */
export interface UnitName {
  /** `getty@tty1.service` */
  readonly full: string;
  /** `getty@tty1` */
  readonly stem: string;
  /** `getty` */
  readonly prefix: string;
  /** `tty1`; empty for a template; `undefined` for a name without an `@`. */
  readonly instance: string | undefined;
  readonly kind: UnitKind;
}

/** Takes the name of a unit apart; `undefined` if it is none. */
export function unitName(full: string): UnitName | undefined {
  const dot = full.lastIndexOf(".");
  const kind = UNIT_KINDS.find((one) => one === full.slice(dot + 1));
  if (kind === undefined || dot <= 0) return undefined;
  const stem = full.slice(0, dot);
  const at = stem.indexOf("@");
  const prefix = at === -1 ? stem : stem.slice(0, at);
  return { full, stem, prefix, instance: at === -1 ? undefined : stem.slice(at + 1), kind };
}

/** One unit. Each of its directives is classified by what reads it; `explain` takes the rest. */
export class Unit {
  readonly name: UnitName;
  /** The file and its drop-ins. */
  readonly inputs: readonly InputFile[];
  /** Whether it is a unit of a user's manager. */
  readonly isUsers: boolean;
  readonly #directives: readonly Directive[];

  constructor(
    name: UnitName,
    inputs: readonly InputFile[],
    directives: readonly Directive[],
    isUsers: boolean,
  ) {
    this.name = name;
    this.inputs = inputs;
    this.isUsers = isUsers;
    this.#directives = directives;
  }

  /** The path of its file. */
  get path(): string {
    return this.inputs[0]?.path ?? this.name.full;
  }

  /** Whether it has instances. */
  get isTemplate(): boolean {
    return this.name.instance === "";
  }

  /** All directives with this name that are in effect: an empty assignment resets the earlier ones. */
  all(section: string, name: string): Directive[] {
    const found = this.#named(section, name);
    const reset = found.findLastIndex(({ value }) => value === "");
    found.slice(0, reset + 1).forEach((directive) => directive.carried(directive.value === "" ? "" : RESET));
    return found.slice(reset + 1);
  }

  /** The directive of this name that is in effect: the last one. An empty value means the default. */
  last(section: string, name: string): Directive | undefined {
    const found = this.all(section, name);
    found.slice(0, -1).forEach((directive) => directive.carried("a later line replaces it"));
    return found.at(-1);
  }

  /** Whether a directive of this name is in effect. */
  has(section: string, name: string): boolean {
    return (this.named(section, name)?.value ?? "") !== "";
  }

  /** The directive that is in effect, without classifying anything. */
  named(section: string, name: string): Directive | undefined {
    return this.#named(section, name).at(-1);
  }

  /** The values of the directives of this name that are in effect, without classifying anything. */
  texts(section: string, name: string): string[] {
    const values = this.#named(section, name).map(({ value }) => value);
    return values.slice(values.lastIndexOf("") + 1);
  }

  /** All words of the directives of this name, without classifying anything. */
  values(section: string, name: string): string[] {
    return this.#named(section, name).flatMap(({ value }) => value.split(/\s+/)).filter((word) =>
      word !== ""
    );
  }

  #named(section: string, name: string): Directive[] {
    return this.#directives.filter((one) =>
      one.section === section && one.name === name && !one.isClassified
    );
  }

  /** The directives that nothing has read yet. */
  rest(): Directive[] {
    return this.#directives.filter(({ isClassified }) => !isClassified);
  }
}
