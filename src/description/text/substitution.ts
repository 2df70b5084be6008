/**
 * Variable substitution (service description 6): `$NAME`, `${NAME}`, the forms with `-` and `+`, the argument `$1`,
 * and `$/NAME`, which splits its value into words. `${NAME:?MESSAGE}` and `${NAME?MESSAGE}`, which require a value, are
 * extensions.
 */

import { FILE_LIMIT } from "../limits.ts";
import { endOfDigits, endOfVariable, isDigit, isSpace, skipSpace, skipWord } from "./characters.ts";

/** The values of names. */
export interface Variables {
  /** The value of a variable; `undefined` if it is not set. */
  get(name: string): string | undefined;
  /** Receives each variable that has neither a value nor a default in the text. @default undefined */
  unset?(name: string): void;
  /** The argument of the service, `$1`; `undefined` if it has none. */
  readonly argument: string | undefined;
}

/** A substitution that is not possible. */
export class SubstitutionError extends Error {
  /** Tells this class from others in texts. */
  override readonly name = "SubstitutionError";
}

/** A form with `?` whose variable has no value. */
export class MissingVariable extends SubstitutionError {
  /** The name of the variable; `1` for the argument of the service. */
  readonly variable: string;

  /** `text`: what the form says, or empty. */
  constructor(variable: string, text: string, value: string | undefined) {
    const subject = variable === "1" ? "the argument $1" : `the variable ${variable}`;
    super(`${subject} is ${value === "" ? "empty" : "not set"}${text === "" ? "" : `: ${text}`}`);
    this.variable = variable;
  }
}

/** Whether a text may contain a form with `?`. */
export function hasRequiredForm(text: string): boolean {
  return text.includes("?") && /\$\/?\{\w+:?\?/.test(text);
}

/**
 * No value and no complete command may grow beyond this many characters. The specification's limit of 2^31 − 1 bytes is
 * more than the runtime's strings can hold, and Linux accepts no argument above 128 KiB.
 */
const MAX_LENGTH = FILE_LIMIT;

const DOLLAR = 0x24;

/** Receives the pieces of a text in order. */
interface Pieces {
  literal(text: string): void;
  /** The value of a form without `/`. */
  plain(value: string): void;
  /** The value of a form with `/`. */
  split(value: string): void;
}

/**
 * Substitutes in a text that stays one text. `$/` turns each run of white space of its value into one space, and drops
 * it at the beginning.
 * @throws {SubstitutionError}
 */
export function substituteText(text: string, variables: Variables): string {
  if (!text.includes("$")) return text;
  let result = "";
  const append = (piece: string) => {
    result = concatenate(result, piece);
  };
  substitute(text, variables, {
    literal: append,
    plain: append,
    split(value) {
      const collapsed = value.replaceAll(/[ \t\n\v\f\r]+/g, " ");
      append(result === "" && collapsed.startsWith(" ") ? collapsed.slice(1) : collapsed);
    },
  });
  return result;
}

/**
 * Substitutes in each token of a command. `$/` may turn one token into several, or none.
 * @throws {SubstitutionError}
 */
export function substituteTokens(tokens: readonly string[], variables: Variables): readonly string[] {
  // A copy has no spare capacity, which is most of the memory of a short command.
  if (!tokens.some((token) => token.includes("$"))) return tokens.slice();
  const words = new Words();
  for (const token of tokens) {
    if (token.includes("$")) {
      substitute(token, variables, words);
      words.endToken();
    } else {
      words.result.push(token);
    }
  }
  return words.result;
}

/** Collects the tokens that one token becomes (6.4). */
class Words implements Pieces {
  readonly result: string[] = [];
  #word = "";
  /** The characters of all words so far, and one for each word. */
  #length = 0;
  /** Whether the current word contains a form without `/`, which keeps the word even if it is empty. */
  #hasPlain = false;
  /** Whether the last form in the whole token had a `/`. */
  #endsInSplit = false;

  literal(text: string): void {
    this.#word = concatenate(this.#word, text);
  }

  plain(value: string): void {
    this.#word = concatenate(this.#word, value);
    this.#hasPlain = true;
    this.#endsInSplit = false;
  }

  split(value: string): void {
    this.#endsInSplit = true;
    for (let at = 0; at < value.length;) {
      if (isSpace(value.charCodeAt(at))) {
        at = skipSpace(value, at, value.length);
        if (this.#word !== "" || this.#hasPlain) this.#push();
      } else {
        const end = skipWord(value, at, value.length);
        this.#word = concatenate(this.#word, value.slice(at, end));
        at = end;
      }
    }
  }

  endToken(): void {
    const vanishes = this.#word === "" && this.#endsInSplit && !this.#hasPlain;
    if (!vanishes) this.#push();
    this.#endsInSplit = false;
  }

  #push(): void {
    this.#length += this.#word.length + 1;
    checkLength(this.#length);
    this.result.push(this.#word);
    this.#word = "";
    this.#hasPlain = false;
  }
}

function concatenate(left: string, right: string): string {
  checkLength(left.length + right.length);
  return left + right;
}

function checkLength(length: number): void {
  if (length > MAX_LENGTH) throw new SubstitutionError("value too long (after substitution)");
}

function substitute(text: string, variables: Variables, pieces: Pieces): void {
  let at = 0;
  for (;;) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1) break;
    if (dollar > at) pieces.literal(text.slice(at, dollar));
    if (text.charCodeAt(dollar + 1) === DOLLAR) {
      pieces.literal("$");
      at = dollar + 2;
    } else {
      at = substituteForm(text, dollar + 1, variables, pieces);
    }
  }
  if (at < text.length) pieces.literal(text.slice(at));
}

/** Substitutes the form whose `$` is before `at`; returns the position after the form. */
function substituteForm(text: string, at: number, variables: Variables, pieces: Pieces): number {
  const splits = text[at] === "/";
  if (splits) at++;
  const braced = text[at] === "{";
  if (braced) at++;
  const nameEnd = isDigit(text.charCodeAt(at)) ? endOfDigits(text, at) : endOfVariable(text, at);
  if (nameEnd === at) throw new SubstitutionError("invalid/missing variable name after '$'");
  const name = text.slice(at, nameEnd);
  const isArgument = isDigit(name.charCodeAt(0));
  if (isArgument && name !== "1") throw new SubstitutionError("only one service argument may be present");

  const alternative = braced ? readAlternative(text, nameEnd) : undefined;
  const end = alternative?.end ?? nameEnd;
  const value = isArgument ? variables.argument : variables.get(name);
  if (isArgument && value === undefined && !alternative?.operator) {
    throw new SubstitutionError("missing value in argument substitution");
  }
  if (value === undefined && !isArgument && !alternative?.operator) variables.unset?.(name);
  const result = alternative === undefined ? value ?? "" : choose(name, value, alternative);
  if (splits) pieces.split(result);
  else pieces.plain(result);
  return end;
}

/** The text between the name and the closing brace. */
interface Alternative {
  /** `""` for none. */
  readonly operator: "" | "-" | "+" | "?";
  /** With `:`, an empty value counts as unset. */
  readonly emptyIsUnset: boolean;
  readonly word: string;
  /** The position after the brace. */
  readonly end: number;
}

function readAlternative(text: string, at: number): Alternative {
  const emptyIsUnset = text[at] === ":";
  if (emptyIsUnset) at++;
  const sign = text[at];
  const operator = sign === "-" || sign === "+" || sign === "?" ? sign : "";
  if (emptyIsUnset && operator === "") {
    throw new SubstitutionError("invalid syntax in variable substitution");
  }
  if (operator !== "") at++;
  const brace = operator === "" ? (text[at] === "}" ? at : -1) : text.indexOf("}", at);
  if (brace === -1) {
    const remedy = operator === "?" ? ": write quotes around a message with spaces" : "";
    throw new SubstitutionError(`unmatched '{' in variable substitution${remedy}`);
  }
  return { operator, emptyIsUnset, word: text.slice(at, brace), end: brace + 1 };
}

function choose(name: string, value: string | undefined, alternative: Alternative): string {
  const isSet = value !== undefined && !(alternative.emptyIsUnset && value === "");
  if (alternative.operator === "+") return isSet ? alternative.word : "";
  if (alternative.operator === "-") return isSet ? value : alternative.word;
  if (alternative.operator === "?" && !isSet) throw new MissingVariable(name, alternative.word, value);
  return value ?? "";
}
