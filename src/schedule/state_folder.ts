/** The files of schedules: one JSON file for each service in the state folder, replaced in one step. */

import { encodeBytes } from "../model/bytes.ts";
import type { Plain } from "../model/saving.ts";

const MODE = { file: 0o600, folder: 0o700 } as const;

/** The state folder. Its files are written one after the other, and never while the event loop waits. */
export class StateFolder {
  readonly #folder: string;
  readonly #warn: (text: string) => void;
  /** What is to be written, by the path. */
  readonly #due = new Map<string, () => Plain | undefined>();
  #writing: Promise<void> | undefined;
  #complained = false;

  /** @param folder made when the first file is written */
  constructor(folder: string, warn: (text: string) => void) {
    this.#folder = folder;
    this.#warn = warn;
  }

  /** What the file of a service says; `undefined`: there is none, or it is damaged, which is logged. */
  read(service: string): unknown {
    const path = this.#path(service);
    let text: string;
    try {
      text = Deno.readTextFileSync(path); // a few hundred bytes
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#complain("read", error);
      return undefined;
    }
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.damaged(service, error);
      return undefined;
    }
  }

  /** The file of a service makes no sense: it is kept under another name. */
  damaged(service: string, error: Error): void {
    const path = this.#path(service);
    this.#warn(`${path} is damaged, and is kept as ${path}.damaged: ${error.message}`);
    try {
      Deno.renameSync(path, `${path}.damaged`);
    } catch (failure) {
      this.#complain("rename", failure);
    }
  }

  /** Writes the file of a service soon. `document` is called when its turn has come. */
  write(service: string, document: () => Plain | undefined): void {
    this.#due.set(this.#path(service), document);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when everything is written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // what the current turn still changes is written, too
    for (const [path, document] of this.#due) {
      this.#due.delete(path);
      const value = document();
      if (value !== undefined) await this.#replace(path, `${JSON.stringify(value)}\n`);
    }
    this.#writing = undefined;
  }

  async #replace(path: string, text: string): Promise<void> {
    try {
      await Deno.mkdir(this.#folder, { recursive: true, mode: MODE.folder });
      await Deno.writeTextFile(`${path}.new`, text, { mode: MODE.file });
      await Deno.rename(`${path}.new`, path);
    } catch (error) {
      this.#complain("write", error);
    }
  }

  /** Schedules work without the folder, but forget everything when the machine restarts. */
  #complain(what: string, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    if (this.#complained) return;
    this.#complained = true;
    this.#warn(`cannot ${what} the state of schedules in ${this.#folder}: ${error.message}`);
  }

  #path(service: string): string {
    return `${this.#folder}/${fileName(service)}.json`;
  }
}

/** A name that no other service has. Unusual bytes are written like those of a URL. */
function fileName(service: string): string {
  return Array.from(encodeBytes(service), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[A-Za-z0-9_@-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}
