import type { ExitStatus } from "../model/mod.ts";
import { Files } from "./files.ts";
import { type Library, SystemCallError } from "./library.ts";
import { Interest, Poller } from "./poller.ts";
import { Processes } from "./processes.ts";
import { Spawner } from "./spawner.ts";

/** Callbacks of a running program. */
export interface RunReports {
  /** It has written to standard output or standard error. */
  output(bytes: Uint8Array): void;
  /** It runs, with this process id. @default nothing */
  started?(pid: number): void;
  /** Its output is not available, and goes to the output of this program. */
  warn(text: string): void;
}

/**
 * How a run ended: the status of the process (`undefined` if other code reaped it), or the reason why there was no
 * process.
 */
export type RunEnd = { readonly exit: ExitStatus | undefined } | { readonly errno: number };

const NO_SIGNALS = 0n;
const CHUNK = 4096;

/** The output of one program, read from a pipe. */
interface OutputPipe {
  readonly write: number;
  /** Reads the rest and closes. */
  finish(): void;
}

/**
 * Runs programs to their end, one at a time: with the current standard input, no signal blocked or ignored, and in one
 * working directory.
 */
export class ProgramRunner {
  readonly #files: Files;
  readonly #processes: Processes;
  readonly #spawner: Spawner;
  readonly #poller: Poller;
  readonly #directory: string;

  /** @param directory the working directory of the programs. @default the root directory */
  constructor(library: Library, directory = "/") {
    this.#directory = directory;
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
    reports.started?.(pid);
    try {
      return { exit: await this.#ended(pid) };
    } finally {
      pipe?.finish();
    }
  }

  /** Throws `SystemCallError`. */
  #spawn(argv: readonly string[], environment: readonly string[], output: number | undefined): number {
    const directory = this.#files.openDirectory(this.#directory);
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

  /** The exit of a child, when it has ended. This reaps the child. */
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
      look(); // it may already have ended
    });
  }

  /** A pipe whose contents are reported; `undefined`, after a warning, if it cannot be created. */
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
    /** Reports one piece. False if none is available. */
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
