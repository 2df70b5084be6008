/** The keys of `dinit up`: one letter, and for three of them the services that it is for. */

/** What a key asks for. */
export type KeyRequest =
  | { readonly kind: "logs" | "restart" | "stop"; readonly pattern: string }
  | { readonly kind: "quit" };

/** What stands in the last line while nothing is typed. */
export const KEY_HELP = "l logs  r restart  s stop  q quit";

const QUESTIONS: Readonly<Record<string, readonly [kind: "logs" | "restart" | "stop", question: string]>> = {
  l: ["logs", "logs of (name or pattern, - none, Enter all): "],
  r: ["restart", "restart (name or pattern, Enter all, Esc cancel): "],
  s: ["stop", "stop (name or pattern, Enter all, Esc cancel): "],
};

const ESCAPE = "\x1b";
const BACKSPACE = ["\x7f", "\b"];
/** Ctrl-D, and Ctrl-C of a terminal that sends no signal for it. */
const END = ["\x03", "\x04"];
/** Longer words are no names of services. */
const LONGEST = 200;

/** Turns characters into requests. */
export class Keys {
  readonly #request: (request: KeyRequest) => void;
  #open: readonly ["logs" | "restart" | "stop", string] | undefined;
  #typed = "";

  constructor(request: (request: KeyRequest) => void) {
    this.#request = request;
  }

  /** What is asked, with what is typed so far; `undefined` if nothing is. */
  get question(): string | undefined {
    return this.#open && `${this.#open[1]}${this.#typed}`;
  }

  /** Takes what was typed. */
  type(text: string): void {
    // An arrow or another special key is one sequence that begins with an escape character.
    if (text.startsWith(ESCAPE)) return this.#close();
    for (const character of text) this.#take(character);
  }

  #take(character: string): void {
    if (END.includes(character)) return this.#request({ kind: "quit" });
    if (this.#open === undefined) {
      if (character === "q") this.#request({ kind: "quit" });
      this.#open = QUESTIONS[character];
    } else if (character === "\r" || character === "\n") {
      const [kind] = this.#open;
      const pattern = this.#typed.trim() || "*";
      this.#close();
      this.#request({ kind, pattern });
    } else if (BACKSPACE.includes(character)) {
      this.#typed = this.#typed.slice(0, -1);
    } else if (character >= " " && this.#typed.length < LONGEST) {
      this.#typed += character;
    }
  }

  #close(): void {
    this.#open = undefined;
    this.#typed = "";
  }
}
