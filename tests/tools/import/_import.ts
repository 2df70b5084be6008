/** What the tests of `dinit import` share: folders with files, and runs of the tool in this process. */

import "../../_processes.ts";
import { assertEquals } from "@std/assert";
import type { DirectiveRecord } from "../../../src/tools/shared/account.ts";
import { runImport } from "../../../src/tools/import/main.ts";
import type { AccountDocument } from "../../../src/tools/shared/carry_out.ts";
import { check } from "../../cli/check/_support.ts";

/** What a run has printed, and its exit status. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** A folder with input files, and a folder `to` for descriptions. Both are removed after the test. */
export class Import implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-import-" });
  readonly to = `${this.folder}/to`;

  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    for (const [name, content] of Object.entries(files)) {
      const path = `${this.folder}/${name}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      if (typeof content === "string") Deno.writeTextFileSync(path, content);
      else Deno.writeFileSync(path, content);
    }
  }

  /** Runs the tool; words that name files are paths in the folder. */
  async run(...args: string[]): Promise<Outcome> {
    let [out, err] = ["", ""];
    const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    const words = args.map((word) => this.#isFile(word) ? `${this.folder}/${word}` : word);
    const status = await runImport([...words, `--to=${this.to}`], io);
    return { out, err: err.replaceAll(this.folder, "<F>"), status };
  }

  #isFile(word: string): boolean {
    return !word.startsWith("-") && (word === "." || this.#exists(`${this.folder}/${word}`));
  }

  #exists(path: string): boolean {
    try {
      Deno.lstatSync(path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Runs the tool, and returns its account. */
  async account(...args: string[]): Promise<AccountDocument> {
    const { out, err } = await this.run(...args, "--json");
    assertEquals(err, "");
    return JSON.parse(out) as AccountDocument;
  }

  /** The directives of all files as `NAME` to their entries. */
  async directives(...args: string[]): Promise<Map<string, DirectiveRecord>> {
    const { files } = await this.account(...args);
    return new Map(files.flatMap(({ directives }) => directives).map((one) => [one.name, one]));
  }

  /** The lines of a description, without comments and empty lines. */
  lines(name: string): string[] {
    return this.read(name).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  }

  /** A file that was written. */
  read(name: string): string {
    return Deno.readTextFileSync(`${this.to}/${name}`);
  }

  /** The names of the files that were written. */
  written(): string[] {
    try {
      return Array.from(Deno.readDirSync(this.to), ({ name }) => name).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** The errors that the checker finds in all descriptions that were written. */
  async mistakes(): Promise<string[]> {
    const names = this.written().filter((name) => !name.endsWith(".env"));
    const services = names.map((name) => this.read(name).includes("${1}") ? `${name}@x` : name);
    const { out } = await check(["-d", this.to, "--json", ...services], { uid: 0 });
    const found = JSON.parse(out) as { severity: string; service: string; message: string }[];
    return found.filter(({ severity }) => severity === "error").map(({ service, message }) =>
      `${service}: ${message}`
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
