import type { ExitStatus } from "../model/mod.ts";
import { Files } from "./files.ts";
import { type Library, SystemCallError } from "./library.ts";
import { Interest, Poller } from "./poller.ts";
import { Processes } from "./processes.ts";
import { Spawner } from "./spawner.ts";

/** What the run of a program leads to. */
export interface RunReports {
  /** It has written something to standard output or standard error. */
  output(bytes: Uint8Array): void;
  /** Its output cannot be had, and goes where that of this program goes. */
  warn(text: string): void;
}

/**
 * How a run ended: with the status of the process (`undefined` if somebody else took it), or with the reason why there
 * was no process.
 */
export type RunEnd = { readonly exit: ExitStatus | undefined } | { readonly errno: number };

const NO_SIGNALS = 0n;
const CHUNK = 4096;

/** The output of one program, which comes through a pipe. */
interface OutputPipe {
  readonly write: number;
  /** Takes what is left, and ends. */
  finish(): void;
}

/**
 * Runs programs to their end, one at a time: with standard input as it is, no signal blocked or ignored, and no
 * directory but the root in use.
 */
export class ProgramRunner {
  readonly #files: Files;
  readonly #processes: Processes;
  readonly #spawner: Spawner;
  readonly #poller: Poller;

  constructor(library: Library) {
    this.#files = new Files(library);
    this.#processes = new Processes(library);
    this.#spawner = new Spawner(library, NO_SIGNALS);
    this.#poller = new Poller(library);
  }

  /** Runs a program. `environment`: `NAME=VALUE`. */
  async run(
    path: string,
    args: readonly string[],
    environment: readonly string[],
    reports: RunReports,
  ): Promise<RunEnd> {
    const pipe = this.#outputPipe(path, reports);
    let pid: number;
    try {
      pid = this.#spawn([path, ...args], environment, pipe?.write);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return { errno: error.errno };
    } finally {
      if (pipe !== undefined) this.#files.close(pipe.write);
    }
    try {
      return { exit: await this.#ended(pid) };
    } finally {
      pipe?.finish();
    }
  }

  /** Throws `SystemCallError`. */
  #spawn(argv: readonly string[], environment: readonly string[], output: number | undefined): number {
    const directory = this.#files.openDirectory("/");
    try {
      return this.#spawner.spawn({
        path: argv[0],
        argv,
        environment,
        directory,
        descriptors: output === undefined ? [] : [1, 2].map((to) => ({ do: "duplicate", from: output, to })),
        group: "inherited",
        foregroundOf: undefined,
        blocked: NO_SIGNALS,
      });
    } finally {
      this.#files.close(directory);
    }
  }

  /** The end of a child, when it has come. It is taken from the system. */
  #ended(pid: number): Promise<ExitStatus | undefined> {
    return new Promise((resolve) => {
      const look = () => {
        const state = this.#processes.look(pid);
        if (state.kind === "running") return;
        Deno.removeSignalListener("SIGCHLD", look);
        this.#processes.reapChild(pid);
        resolve(state.kind === "ended" ? state.exit : undefined);
      };
      Deno.addSignalListener("SIGCHLD", look);
      look(); // it may have ended already
    });
  }

  /** A pipe whose contents are reported; `undefined` if there cannot be one, which is told. */
  #outputPipe(path: string, reports: RunReports): OutputPipe | undefined {
    let pipe: { read: number; write: number };
    try {
      pipe = this.#files.pipe();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      reports.warn(`Warning: ${path}: could not create pipe for subprocess output`);
      return undefined;
    }
    try {
      return this.#watch(pipe, reports);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#files.close(pipe.read);
      this.#files.close(pipe.write);
      reports.warn("Warning: could not create output watch for subprocess");
      return undefined;
    }
  }

  #watch({ read, write }: { read: number; write: number }, reports: RunReports): OutputPipe {
    this.#files.setBlocking(read, false);
    const buffer = new Uint8Array(CHUNK);
    /** Reports one piece. False if there is none now, or none any more. */
    const piece = (): boolean => {
      const count = this.#files.read(read, buffer);
      if (count === 0) watch.end();
      if (!count) return false;
      reports.output(buffer.slice(0, count));
      return true;
    };
    const watch = this.#poller.watch(read, Interest.READ, piece);
    return {
      write,
      finish: () => {
        while (piece());
        watch.end();
        this.#files.close(read);
      },
    };
  }
}
