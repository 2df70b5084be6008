/** What only the owner of a machine does, and what its shutdown program needs. Daemon and init 3.1, 3.7, 6 and 7.3. */

import { DescriptorStream } from "./descriptor_stream.ts";
import { Files, O } from "./files.ts";
import { type Library, openLibrary, SystemCallError } from "./library.ts";
import { bootRecord } from "./login_record.ts";
import { MachineCalls } from "./machine_calls.ts";
import { KeyInput } from "./machine_keys.ts";
import { ProgramRunner, type RunEnd, type RunReports } from "./machine_run.ts";
import { Interest, Poller } from "./poller.ts";
import { Processes } from "./processes.ts";
import { Terminal } from "./terminal.ts";

/** What the kernel is asked to do at the end. */
export type RestartKind = "halt" | "poweroff" | "reboot" | "kexec";

/** A key, by its byte; `undefined`: the end of input. */
export type Key = number | undefined | "cancelled";

/** The parts of `reboot(2)` that show that it is meant, and its commands. */
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

/** The machine, by way of the C library. */
export class Machine {
  readonly #library: Library;
  readonly #calls: MachineCalls;
  readonly #files: Files;
  readonly #processes: Processes;
  #runner: ProgramRunner | undefined;
  /** Where `output` writes. */
  #output = 1;

  constructor(library: Library) {
    this.#library = library;
    this.#calls = new MachineCalls(library);
    this.#files = new Files(library);
    this.#processes = new Processes(library);
  }

  /** Throws `LibcUnavailableError` if the C library is not to be had. */
  static open(): Machine {
    return new Machine(openLibrary());
  }

  /**
   * Puts the console on descriptors 0 (to read), 1 and 2 (both ways). What cannot be opened is left as it was.
   *
   * @param options.onlyOutput the console is put on descriptor 1 alone (7.3). @default false
   */
  openConsole(options: { readonly onlyOutput?: boolean } = {}): void {
    const { onlyOutput = false } = options;
    if (!onlyOutput) this.#putConsole(O.RDONLY, [0]);
    if (!this.#putConsole(onlyOutput ? O.WRONLY : O.RDWR, onlyOutput ? [1] : [1, 2])) return;
    // Opened once more, so that `output` need not wait, and what services inherit is ordinary.
    if (this.#files.kindOf(1) !== "file") {
      this.#output = this.#openConsole(O.WRONLY | O.NONBLOCK | O.NOCTTY) ?? 1;
    }
  }

  /** The console after `openConsole`, if that could be opened, and otherwise what descriptor 1 is. */
  readonly output: { write(bytes: Uint8Array): Promise<number> } = {
    write: (bytes) => this.#write(bytes as Uint8Array<ArrayBuffer>),
  };

  /** Messages of the kernel stay off the console, and the keys for a restart become SIGINT. Failures are ignored. */
  quietKernel(): void {
    this.#calls.call("syslog", CONSOLE_OFF);
    this.#calls.call("reboot", ...REBOOT_MAGIC, KEY_COMBINATION_OFF);
  }

  /** Writes what the file systems still hold in memory. */
  sync(): void {
    this.#calls.call("sync");
  }

  /** Signals every process but this one and process 1. Only for who ends the machine, or a namespace of its own. */
  signalAll(signal: number): void {
    this.#processes.kill(-1, signal);
  }

  /**
   * Replaces the program: the process, its descriptors 0 to 2 and those that are not closed on exec stay. No signal is
   * blocked then. Returns the error number if it failed.
   *
   * @param argv with the program's name as first element
   * @param environment `NAME=VALUE`
   */
  execute(path: string, argv: readonly string[], environment: readonly string[]): number {
    return this.#calls.execute(path, argv, environment);
  }

  /**
   * Runs a program to its end (7.3), in the root directory, with standard input as it is and no signal blocked or
   * ignored. Its output is reported, as far as it has written it when it ends.
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

  /** Asks the kernel to end the machine. Returns the error number if it failed. */
  restart(kind: RestartKind): number {
    return this.#calls.call("reboot", ...REBOOT_MAGIC, RESTART_COMMANDS[kind]);
  }

  /**
   * Enters the boot in the tables of logins (3.7): at the end of wtmp, and in utmp in place of everything. Neither is
   * created. False if utmp could not be written.
   *
   * @param now milliseconds since 1970
   * @param files other tables than the system's
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
   * Waits for a key on descriptor 0, which has to be a terminal (6.4): what was typed before is discarded, keys come
   * without a line feed and are echoed. Nothing is read but what is there. When the key has come, the terminal is as it
   * was, and further input is discarded. Throws `SystemCallError` if the terminal cannot be used.
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
   * A connected socket that this program was started with, as a stream. Throws `SystemCallError` if the descriptor is
   * not open.
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

  /** Opens the console and makes each of the descriptors a copy of it. False if it cannot be opened. */
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

  /** Waits until something can be written. */
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

/** Writes to a file that exists. False if it cannot be written. */
function writeRecord(path: string, record: Uint8Array, options: Deno.OpenOptions): boolean {
  try {
    using file = Deno.openSync(path, options);
    return file.writeSync(record) === record.length;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
