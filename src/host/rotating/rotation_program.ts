import { decodeBytes, errnoText, Signal } from "../../model/mod.ts";
import { type Files, Interest, type Poller, type Spawner, SystemCallError } from "../../system/mod.ts";
import type { ProcessHandles } from "../../system/surviving.ts";
import type { NullDevice } from "../launch/null_device.ts";
import type { LogLimits } from "./log_limits.ts";
import { ownProgram, spawnOwn } from "../own_program.ts";

/** What the program that rotates is started with. */
export interface RotationProgramContext {
  readonly files: Files;
  readonly poller: Poller;
  readonly spawner: Spawner;
  readonly handles: ProcessHandles;
  readonly nothing: NullDevice;
}

/** What a rotation has done, or why it could not. `small`: nothing could be cut off, or nothing had to. */
export type RotationOutcome = "rotated" | "small" | { readonly problem: string };

const CHUNK = 4096;
/** How much output of the program is kept, in characters. */
const SAID = 2000;

/**
 * Rotates log files in place, by a program for each rotation: this program does not wait for a file system, and an idle
 * daemon has nothing more in memory.
 */
export class RotationProgram {
  readonly #context: RotationProgramContext;
  /** The handles of the processes that run. */
  readonly #running = new Set<number>();

  constructor(context: RotationProgramContext) {
    this.#context = context;
  }

  /** Rotates a file. @param always also if it is smaller than its limit */
  async rotate(limits: LogLimits, always: boolean): Promise<RotationOutcome> {
    const program = ownProgram();
    if (program === undefined) {
      return { problem: "cannot rotate: dinit may not read /proc (grant --allow-read)" };
    }
    const { maxSize, keep, keepSize, compress, owner, path } = limits;
    const args = [
      "log",
      "--in-place",
      `--max-size=${always ? 0 : maxSize}`,
      `--keep=${keep}`,
      `--keep-size=${keepSize}`,
      `--compress=${compress ? "gzip" : "no"}`,
      ...(owner === undefined ? [] : [`--owner=${owner}`]),
      path,
    ];
    let output: string;
    try {
      output = await this.#run(program.path, [...program.words, ...args]);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return {
        problem: `cannot rotate ${path}: ${program.words[0]} cannot be executed: ${errnoText(error.errno)}`,
      };
    }
    const lines = output.trimEnd().split("\n");
    const result = lines.at(-1);
    if (result === "rotated" || result === "small") return result;
    const said = lines.join("; ").replaceAll("dinit-log: ", "");
    return { problem: said === "" ? `cannot rotate ${path}: the program that rotates ended early` : said };
  }

  /** Ends what runs. The next rotation finishes what is incomplete. */
  close(): void {
    const { handles, files } = this.#context;
    for (const handle of this.#running) {
      handles.signal(handle, Signal.TERM);
      files.close(handle);
    }
    this.#running.clear();
  }

  /** Runs this program until it has closed its output, which it returns. Throws `SystemCallError`. */
  async #run(path: string, argv: readonly string[]): Promise<string> {
    const { files, handles, nothing } = this.#context;
    const pipe = files.pipe();
    let handle: number | undefined;
    try {
      handle = handles.open(spawnOwn({ path, argv }, [nothing.input, pipe.write, pipe.write], this.#context));
    } catch (error) {
      files.close(pipe.read);
      throw error;
    } finally {
      files.close(pipe.write);
    }
    if (handle !== undefined) this.#running.add(handle);
    const output = await this.#outputOf(pipe.read);
    if (handle !== undefined && this.#running.delete(handle)) files.close(handle);
    return output;
  }

  #outputOf(fd: number): Promise<string> {
    const { files, poller } = this.#context;
    files.setBlocking(fd, false);
    const buffer = new Uint8Array(CHUNK);
    return new Promise((resolve) => {
      let output = "";
      const watch = poller.watch(fd, Interest.READ, () => {
        const count = files.read(fd, buffer);
        if (count === undefined) return;
        if (count > 0) return void (output = (output + decodeBytes(buffer.subarray(0, count))).slice(-SAID));
        watch.end();
        files.close(fd);
        resolve(output);
      });
    });
  }
}
