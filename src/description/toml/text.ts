/** A text in TOML with a position that moves forward, and the places of positions. */

/** A place in a TOML text. */
export interface TomlPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** The text is not TOML, or says something that no description can say. The message contains the remedy. */
export class TomlError extends Error {
  override readonly name = "TomlError";
  /** Where the mistake begins. */
  readonly place: TomlPlace;

  constructor(message: string, place: TomlPlace) {
    super(message);
    this.place = place;
  }
}

/** Reads a text from its beginning to its end. */
export class TomlText {
  readonly text: string;
  /** The next character to read. */
  at: number;
  readonly #lineStarts = [0];

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith("\ufeff") ? 1 : 0;
    for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", feed + 1)) {
      this.#lineStarts.push(feed + 1);
    }
  }

  /** The next character; empty at the end of the text. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  /** Whether a word comes next, which is skipped then. */
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** Skips a match of a sticky expression, and returns it; `undefined` if there is none here. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Skips spaces and tabs. */
  skipSpace(): void {
    this.match(/[ \t]*/y);
  }

  /** Skips white space, ends of lines and comments. */
  skipBlank(): void {
    this.match(/(?:[ \t\r\n]|#[^\n]*)*/y);
  }

  /** The place of a position. @param at @default the present one */
  place(at: number = this.at): TomlPlace {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    const before = this.text.slice(this.#lineStarts[low], at).replace("\ufeff", "");
    return { line: low + 1, column: [...before].length + 1 };
  }

  /** Reports a mistake at a position. @param at @default the present one */
  fail(message: string, at?: number): never {
    throw new TomlError(message, this.place(at));
  }
}
