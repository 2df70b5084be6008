/** The rows of the table: options, arguments and commands. */

/** What a word is: a shell proposes words of this kind for it. */
export type WordKind =
  | "text"
  | "service"
  | "file"
  | "directory"
  | "signal"
  | "variable"
  | "number"
  | "descriptor"
  | "command"
  /** Something that `dinit help` knows. */
  | "topic"
  /** A manual page. */
  | "page";

/** A word of a command line: an argument, or the value of an option. */
export interface Word {
  /** What stands for it in help texts, in capitals. */
  readonly name: string;
  /** @default "text" */
  readonly kind?: WordKind;
  /** The only accepted words. @default any */
  readonly oneOf?: readonly string[];
  /** The error when it is missing. @default the general error of the program */
  readonly missing?: string;
  /** @default false */
  readonly optional?: boolean;
  /** May be repeated; only the last argument can. @default false */
  readonly repeatable?: boolean;
}

/** The value of an option. `missing` is also the error for a value that is not accepted. */
export interface OptionValue extends Word {
  /** What values look like. @default anything */
  readonly pattern?: RegExp;
  /** @default false */
  readonly mayBeEmpty?: boolean;
  /** Only stands behind a `=`, or is left out; the option then has an empty value. @default false */
  readonly omissible?: boolean;
}

/** One option, as help texts, manual pages and completion see it. It has at least one name. */
export interface OptionRow {
  /** With its dash. @default none */
  readonly short?: string;
  /** With its dashes. @default none */
  readonly long?: string;
  /** @default none */
  readonly value?: OptionValue;
  /** The value may also stand behind a `=`. @default false */
  readonly assignable?: boolean;
  /** Only accepted behind a command whose row names it. @default false */
  readonly local?: boolean;
  /** The reference does not have it. @default false */
  readonly extension?: boolean;
  /** The rest of the command line is not read. @default false */
  readonly last?: boolean;
  /** The value may also stand alone, as an argument. @default false */
  readonly bare?: boolean;
  /** The help text of the program leaves it out, as that of the reference does. @default false */
  readonly unlisted?: boolean;
  /** What it does. There is a newline where the reference's help text has one. */
  readonly help: string;
}

/** One option of a program whose command line says `S`. */
export interface Option<S> extends OptionRow {
  /** Enters it into the settings; `value` is empty for an option without one. */
  readonly apply: (settings: S, value: string) => void;
}

/** A command: the word that says what a program does. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly Word[];
  /** The long names of the options that belong to it. @default none */
  readonly options?: readonly string[];
}
