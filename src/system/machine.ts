/** Operations of the owner of a machine and of its shutdown program. Daemon and init 3.1, 3.7, 6 and 7.3. */

import { DescriptorStream } from "./descriptor_stream.ts";
import { Execution } from "./execution.ts";
import { Files, O } from "./files.ts";
import { type Library, openLibrary, SystemCallError } from "./library.ts";
import { bootRecord } from "./login_record.ts";
import { MachineCalls } from "./machine_calls.ts";
import { KeyInput } from "./machine_keys.ts";
import { ProgramRunner, type RunEnd, type RunReports } from "./machine_run.ts";
import { Interest, Poller } from "./poller.ts";
import { Processes } from "./processes.ts";
import { Terminal } from "./terminal.ts";

/** What the kernel does at the end. */
export type RestartKind = "halt" | "poweroff" | "reboot" | "kexec";

/** A key, by its byte; `undefined`: the end of input. */
export type Key = number | undefined | "cancelled";

/** The magic numbers of `reboot(2)`, and its commands. */
const REBOOT_MAGIC = [0xfee1deadn, 672274793n] as const;
const RESTART_COMMANDS: Readonly<Record<RestartKind, bigint>> = {
  halt: 0xcdef0123n,
  poweroff: 0x4321fedcn,
  reboot: 0x01234567n,
  kexec: 0x45584543n,
};
const KEY_COMBINATION_OFF = 0n;
/** The action of `syslog(2)` that keeps messages of the kernel off the console. */
const CONSOLE_OFF = 6n;

const CONSOLE = "/dev/console";
const UTMP = "/var/run/utmp";
const WTMP = "/var/log/wtmp";

/** The machine, through the C library. */
export class Machine {
  readonly #library: Library;
  readonly #calls: MachineCalls;
  readonly #execution: Execution;
  readonly #files: Files;
  readonly #processes: Processes;
  #runner: ProgramRunner | undefined;
  /** Where `output` writes. */
  #output = 1;

  constructor(library: Library) {
    this.#library = library;
    this.#calls = new MachineCalls(library);
    this.#execution = new Execution(library);
    this.#files = new Files(library);
    this.#processes = new Processes(library);
  }

  /** Throws `LibcUnavailableError` if the C library is not available. */
  static open(): Machine {
    return new Machine(openLibrary());
  }

  /**
   * Opens the console on descriptors 0 (for reading), 1 and 2 (both directions). On failure a descriptor stays as it
   * was.
   *
   * @param options.onlyOutput opens the console on descriptor 1 only (7.3). @default false
   */
  openConsole(options: { readonly onlyOutput?: boolean } = {}): void {
    const { onlyOutput = false } = options;
    if (!onlyOutput) this.#putConsole(O.RDONLY, [0]);
    if (!this.#putConsole(onlyOutput ? O.WRONLY : O.RDWR, onlyOutput ? [1] : [1, 2])) return;
    // Opened a second time: `output` must not block, but services must inherit a blocking console.
    if (this.#files.kindOf(1) !== "file") {
      this.#output = this.#openConsole(O.WRONLY | O.NONBLOCK | O.NOCTTY) ?? 1;
    }
  }

  /** The console after a successful `openConsole`, otherwise descriptor 1. */
  readonly output: { write(bytes: Uint8Array): Promise<number> } = {
    write: (bytes) => this.#write(bytes as Uint8Array<ArrayBuffer>),
  };

  /** Keeps kernel messages off the console, and turns the keys for a restart into SIGINT. Ignores failures. */
  quietKernel(): void {
    this.#calls.call("syslog", CONSOLE_OFF);
    this.#calls.call("reboot", ...REBOOT_MAGIC, KEY_COMBINATION_OFF);
  }

  /** Writes the buffers of the file systems to disk. */
  sync(): void {
    this.#calls.call("sync");
  }

  /** Signals every process except this one and process 1. Call it only to end a machine or a separate namespace. */
  signalAll(signal: number): void {
    this.#processes.kill(-1, signal);
  }

  /**
   * Replaces the program. The process, its descriptors 0 to 2 and those without close-on-exec stay. It blocks no
   * signal. Returns the error number on failure.
   *
   * @param argv the first element is the name of the program
   * @param environment `NAME=VALUE`
   */
  execute(path: string, argv: readonly string[], environment: readonly string[]): number {
    return this.#execution.execute(path, argv, environment);
  }

  /**
   * Runs a program to its end (7.3), in the root directory, with the current standard input and no signal blocked or
   * ignored. Reports the output that it has written by its end.
   *
   * @param environment `NAME=VALUE`
   */
  run(
    path: string,
    args: readonly string[],
    environment: readonly string[],
    reports: RunReports,
  ): Promise<RunEnd> {
    this.#runner ??= new ProgramRunner(this.#library);
    return this.#runner.run(path, args, environment, reports);
  }

  /** Tells the kernel to end the machine. Returns the error number on failure. */
  restart(kind: RestartKind): number {
    return this.#calls.call("reboot", ...REBOOT_MAGIC, RESTART_COMMANDS[kind]);
  }

  /**
   * Records the boot in the login tables (3.7): it appends to wtmp and replaces the contents of utmp. It creates
   * neither. False if utmp could not be written.
   *
   * @param now milliseconds since 1970
   * @param files different tables
   */
  recordBoot(now: number, files: { readonly utmp?: string; readonly wtmp?: string } = {}): boolean {
    const { utmp = UTMP, wtmp = WTMP } = files;
    const record = bootRecord(this.#library.architecture, now);
    writeRecord(wtmp, record, { append: true });
    return writeRecord(utmp, record, { write: true, truncate: true });
  }

  /** Whether descriptor 0 is a terminal. */
  hasTerminal(): boolean {
    return new Terminal(this.#library).state(0) !== "none";
  }

  /**
   * Waits for a key on descriptor 0, which must be a terminal (6.4). Earlier input is discarded. Keys arrive without a
   * line feed and are echoed; reading never blocks. After the key, the terminal is restored and further input is
   * discarded. Throws `SystemCallError` if the terminal is not usable.
   */
  awaitKey(): { readonly key: Promise<Key>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<Key>();
    const input = new KeyInput(this.#library);
    const poller = new Poller(this.#library);
    let done = false;
    const finish = (key: Key) => {
      if (done) return;
      done = true;
      poller.close();
      input.close();
      resolve(key);
    };
    try {
      poller.watch(0, Interest.READ, () => {
        const key = input.read();
        if (key !== "none") finish(key);
      });
    } catch (error) {
      finish(undefined);
      throw error;
    }
    return { key: promise, cancel: () => finish("cancelled") };
  }

  /**
   * A connected socket that this program was started with, as a stream. Throws `SystemCallError` if the
   * descriptor is not open.
   */
  connection(fd: number): DescriptorStream {
    this.#files.setBlocking(fd, false);
    return new DescriptorStream(fd, this.#files, new Poller(this.#library));
  }

  #openConsole(flags: number): number | undefined {
    try {
      return this.#files.open(CONSOLE, flags);
    } catch (error) {
      if (error instanceof SystemCallError) return undefined;
      throw error;
    }
  }

  /** Opens the console and makes each descriptor a copy of it. False if it cannot be opened. */
  #putConsole(flags: number, descriptors: readonly number[]): boolean {
    const fd = this.#openConsole(flags);
    if (fd === undefined) return false;
    for (const target of descriptors) this.#calls.duplicate(fd, target);
    if (!descriptors.includes(fd)) this.#files.close(fd);
    return true;
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    for (;;) {
      const count = this.#files.write(this.#output, bytes);
      if (count !== undefined) return count;
      await this.#writable();
    }
  }

  /** Waits until it is writable. */
  #writable(): Promise<void> {
    const poller = new Poller(this.#library);
    return new Promise((resolve) =>
      poller.watch(this.#output, Interest.WRITE, () => {
        poller.close();
        resolve();
      })
    );
  }
}

/** Writes to an existing file. False if that fails. */
function writeRecord(path: string, record: Uint8Array, options: Deno.OpenOptions): boolean {
  try {
    using file = Deno.openSync(path, options);
    return file.writeSync(record) === record.length;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
