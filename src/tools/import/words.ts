/** Words of commands that may hold variables, as a description and as a shell spell them. Pure functions. */

/** A variable of the environment in a word. */
export interface Variable {
  readonly variable: string;
  /** Whether its value becomes several words, split at white space. @default false */
  readonly splits?: boolean;
}

/** One word: text and variables in their order. */
export type Word = readonly (string | Variable)[];

/** A word without variables. */
export function plain(text: string): Word {
  return [text];
}

/** Words without variables. */
export function plainWords(...texts: readonly string[]): Word[] {
  return texts.map(plain);
}

/** The text of a word; `undefined` if it has variables. */
export function textOf(word: Word): string | undefined {
  return word.every((part) => typeof part === "string") ? word.join("") : undefined;
}

/** A word before quoting, as settings with substitution take it (service description 6). */
export function substituted(word: Word): string {
  return word.map((part) => {
    if (typeof part === "string") return part.replaceAll("$", "$$$$");
    return part.splits ? `$/{${part.variable}}` : `\${${part.variable}}`;
  }).join("");
}

/** A word for `/bin/sh`. */
export function shellWord(word: Word): string {
  const quoted = word.map((part) => {
    if (typeof part !== "string") return part.splits ? `\${${part.variable}}` : `"\${${part.variable}}"`;
    if (part === "") return "";
    return /^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`;
  }).join("");
  return quoted === "" ? "''" : quoted;
}

/** A command line for `/bin/sh`. */
export function shellLine(words: readonly Word[]): string {
  return words.map(shellWord).join(" ");
}

/** The argument of the service, in a word. */
export const ARGUMENT: Variable = { variable: "1" };

/** The words that run a script in a shell. The script may name the argument of the service as a word's `ARGUMENT`. */
export function shellCommand(script: string): Word[] {
  const words = plainWords("/bin/sh", "-c", script);
  return script.includes("${1}") ? [...words, plain("sh"), [ARGUMENT]] : words;
}
