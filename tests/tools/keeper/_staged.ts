/** The output of a service in a stage, and a program that can be killed at each of its calls. */

import "../../_processes.ts";
import { decodeBytes } from "../../../src/model/mod.ts";
import { archivesOf } from "../../../src/rotation/mod.ts";
import type { KeptLogOrder } from "../../../src/host/keeping/orders.ts";
import { Files, type Library, openLibrary } from "../../../src/system/mod.ts";
import { Stage } from "../../../src/system/keeping.ts";
import { StagedOutput } from "../../../src/tools/keeper/staged_output.ts";
import { gunzipSync } from "node:zlib";

/** How much a pipe takes at once. */
const PIPE = 65_536;

/** An order that limits nothing. The tests have no daemon, so its descriptors lead nowhere. */
export const ORDER: KeptLogOrder = {
  id: 1,
  pipe: { fd: -1, inode: 0 },
  stage: { fd: -1, inode: 0 },
  path: "",
  permissions: 0o600,
  uid: undefined,
  gid: undefined,
  maxSize: 0,
  maxAge: 0,
  keep: 1000,
  keepSize: 0,
  compress: false,
  stamps: "no",
  format: "text",
  rateLimit: 0,
  since: 0,
};

/** The program is killed. */
export class Killed extends Error {}

/** When a program is killed: at this call, before, in the middle of, or after it. */
export interface Kill {
  readonly call: number;
  readonly moment: "before" | "within" | "after";
}

/** Counts the calls of a program, and kills it. */
export class Life {
  calls = 0;
  readonly #kill: Kill | undefined;

  constructor(kill?: Kill) {
    this.#kill = kill;
  }

  /** Makes a call. `part`: the first half of it. */
  call<T>(whole: () => T, part: () => unknown = () => {}): T {
    this.calls++;
    const moment = this.calls === this.#kill?.call ? this.#kill.moment : undefined;
    if (moment === "within") part();
    if (moment === "before" || moment === "within") throw new Killed();
    const result = whole();
    if (moment === "after") throw new Killed();
    return result;
  }
}

class MortalFiles extends Files {
  readonly #life: Life;

  constructor(library: Library, life: Life) {
    super(library);
    this.#life = life;
  }

  override write(fd: number, bytes: Uint8Array<ArrayBuffer>): number | undefined {
    const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
    return this.#life.call(() => super.write(fd, bytes), () => super.write(fd, half));
  }

  override truncate(fd: number, size: number): void {
    this.#life.call(() => super.truncate(fd, size));
  }
}

/** The stage as a program uses it that may be killed. */
function mortal(stage: Stage, life: Life): Stage {
  return new Proxy(stage, {
    get(_, name) {
      if (name === "end") stage.refresh(); // the test moves the output there
      const value = Reflect.get(stage, name, stage);
      return typeof value === "function"
        ? (...args: unknown[]) => life.call(() => Reflect.apply(value, stage, args))
        : value;
    },
    set: (_, name, value) => life.call(() => Reflect.set(stage, name, value, stage)),
  });
}

/** A folder with the log of one service, and its stage. */
export class Staged implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-staged-" });
  readonly path = `${this.folder}/log`;
  readonly reports: string[] = [];
  now = Date.UTC(2026, 0, 15, 12);
  elapsed = 0;
  readonly #library = openLibrary();
  readonly #files = new Files(this.#library);
  readonly #stage = Stage.create(this.#library);
  readonly #pipe = this.#files.pipe();
  readonly #renaming = Deno.renameSync;

  /** A program that writes the staged output. */
  output(options: Partial<KeptLogOrder> = {}, life = new Life()): StagedOutput {
    Deno.renameSync = (from, to) => life.call(() => this.#renaming(from, to));
    const order = { ...ORDER, path: this.path, ...options };
    return new StagedOutput(order, {
      files: new MortalFiles(this.#library, life),
      stage: mortal(Stage.open(this.#library, this.#stage.fd), life),
      now: () => this.now,
      elapsed: () => this.elapsed,
      report: (text) => this.reports.push(text),
    });
  }

  /** The service writes, and the output gets into the stage. */
  put(output: string | Uint8Array): void {
    const bytes = typeof output === "string" ? new TextEncoder().encode(output) : output;
    for (let at = 0; at < bytes.length; at += PIPE) {
      this.#files.write(this.#pipe.write, bytes.slice(at, at + PIPE));
      for (let left = Math.min(PIPE, bytes.length - at); left > 0;) {
        left -= this.#stage.take(this.#pipe.read, PIPE) ?? 0;
      }
    }
  }

  /** How much memory the stage uses, in bytes. */
  get memory(): number {
    return (Deno.statSync(`/proc/self/fd/${this.#stage.fd}`).blocks ?? 0) * 512;
  }

  /** The content of the files, the oldest first; compressed ones are decompressed. */
  files(): Uint8Array[] {
    const archives = archivesOf(this.path).reverse().map(({ path, compressed }) => {
      const bytes = Deno.readFileSync(path);
      return compressed ? new Uint8Array(gunzipSync(bytes)) : bytes;
    });
    const current = hasFile(this.path) ? [Deno.readFileSync(this.path)] : [];
    return [...archives, ...current];
  }

  /** The content of all files together, as lossless text. */
  text(): string {
    return this.files().map(decodeBytes).join("");
  }

  [Symbol.dispose](): void {
    Deno.renameSync = this.#renaming;
    this.#stage.close();
    for (const fd of [this.#pipe.read, this.#pipe.write]) this.#files.close(fd);
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
