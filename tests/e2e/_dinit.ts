/**
 * The real daemon and the real tools, in a temporary directory with a separate control socket. With DINIT_BINARY set to
 * a compiled binary, the tests use it instead of the sources.
 */

import { PATIENCE, soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { type Injected, injected, isOfInjection, Relay } from "./_injection.ts";

/** The root of the repository, with a final slash. */
export const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

const BINARY = Deno.env.get("DINIT_BINARY");

/** The daemon's message if it does not know its control group (daemon and init 3.6). */
const CGROUP_WARNING = /^dinit: (In multiple cgroups, cannot|Could not) determine cgroup root path$/;

/** What a program that has ended has said. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of `Dinit.start`. */
export interface StartOptions {
  /** Arguments of the daemon besides the paths. @default [] */
  readonly args?: readonly string[];
  /** Permissions of the daemon; ignored with a compiled binary. @default ["--allow-all"] */
  readonly permissions?: readonly string[];
  /** All arguments of the daemon, instead of the paths and `args`. @default undefined */
  readonly words?: readonly string[];
  /** A script of the shell that ends by executing its arguments, which start the daemon. @default undefined */
  readonly through?: string;
  /** Additional environment of the daemon. @default {} */
  readonly env?: Readonly<Record<string, string>>;
}

function command(permissions: readonly string[], args: readonly string[]): [string, string[]] {
  if (BINARY !== undefined) return [BINARY, [...args]];
  return [Deno.execPath(), ["run", "--no-prompt", ...permissions, `${ROOT}main.ts`, ...args]];
}

/** The words that run the program with these arguments. */
export function dinitCommand(args: readonly string[]): string[] {
  return command(["--allow-all"], args).flat();
}

/** Runs the program to its end. */
export async function runDinit(args: readonly string[], permissions = ["--allow-all"]): Promise<Result> {
  const [program, words] = command(permissions, args);
  const output = await outputOf(program, { args: words, stdin: "null" });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** A directory with service descriptions, and the daemon that runs them. */
export class Dinit implements AsyncDisposable {
  /** The directory that everything is in; the services' directory is `sd` in it. */
  readonly directory = Deno.makeTempDirSync({ prefix: "dinit-e2e-" });
  readonly #injected: Injected | undefined;
  /** The path of the daemon's control socket. */
  readonly ownSocket = `${this.directory}/socket`;
  /** The path at which clients reach the daemon: that of its socket, or of a relay that injects. */
  readonly socket: string;
  #relay: Relay | undefined;
  #child: Deno.ChildProcess | undefined;
  /** How the daemon ended, if it has. */
  #status: Deno.CommandStatus | undefined;
  #output = "";
  #changed: () => void = () => {};
  #reading: Promise<void>[] = [];

  /**
   * Writes description files: names and texts.
   *
   * @param options.inject what happens to the daemon at every fifth control packet. @default as the environment says
   */
  constructor(services: Readonly<Record<string, string>>, options: { readonly inject?: Injected } = {}) {
    this.#injected = options.inject ?? injected();
    this.socket = this.#injected === undefined
      ? this.ownSocket
      : `${Deno.makeTempDirSync({ prefix: "dinit-relay-" })}/socket`;
    Deno.mkdirSync(`${this.directory}/sd`);
    for (const [name, text] of Object.entries(services)) this.write(`sd/${name}`, text);
  }

  /** Writes a file below the directory. */
  write(path: string, text: string): void {
    Deno.writeTextFileSync(`${this.directory}/${path}`, text);
  }

  /** Reads a file below the directory; empty if it does not exist. */
  read(path: string): string {
    try {
      return Deno.readTextFileSync(`${this.directory}/${path}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** Whether a file below the directory exists. */
  has(path: string): boolean {
    try {
      Deno.lstatSync(`${this.directory}/${path}`);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** The program and the words that start the daemon, with its paths. */
  commandLine(args: readonly string[], permissions: readonly string[] = ["--allow-all"]): string[] {
    const paths = ["--user", "--services-dir", `${this.directory}/sd`, "--socket-path", this.ownSocket];
    const limit = this.#injected === undefined ? [] : ["--fault-limit=0"];
    const [program, words] = command(permissions, [...paths, ...limit, ...args]);
    return [program, ...words];
  }

  /** Starts the daemon. */
  start(options: StartOptions = {}): this {
    const { args = [], permissions = ["--allow-all"], env = {} } = options;
    const line = options.words === undefined
      ? this.commandLine(args, permissions)
      : command(permissions, options.words).flat();
    const through = options.through === undefined ? [] : ["/bin/sh", "-c", options.through, "sh"];
    const [program, ...words] = [...through, ...line];
    this.#child = new Deno.Command(program, {
      args: words,
      cwd: this.directory,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (this.#injected !== undefined) {
      const pid = () => this.#status === undefined ? this.#child?.pid : undefined;
      this.#relay ??= new Relay(this.socket, { socket: this.ownSocket, pid }, this.#injected);
    }
    this.#status = undefined;
    this.#child.status.then((status) => this.#status = status);
    this.#reading = [this.#child.stdout, this.#child.stderr].map((stream) => this.#read(stream));
    return this;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.#output += decoder.decode(chunk, { stream: true });
      this.#changed();
    }
  }

  /** The daemon's process id. */
  get pid(): number {
    return this.#child!.pid;
  }

  /** What the daemon has printed, line by line, without what depends on the control groups of the machine. */
  get lines(): string[] {
    const isOther = (line: string) => this.#injected !== undefined && isOfInjection(line);
    return this.#output.split("\n").filter((line) =>
      line !== "" && !CGROUP_WARNING.test(line) && !isOther(line)
    );
  }

  /** How many faults the daemon has reported, injected ones among them. */
  get faults(): number {
    return this.#output.split("\n").filter((line) => line.includes("had a fault")).length;
  }

  /** Waits until the daemon has printed that line, `count` times. */
  async printed(line: string, count = 1): Promise<void> {
    await this.until(() => this.lines.filter((other) => other === line).length >= count, `"${line}"`);
  }

  /** Waits until something is so, looking again whenever the daemon prints and every few milliseconds. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!condition()) {
      if (performance.now() > end) throw this.#tooLong(what);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 10);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #tooLong(what: string): Error {
    const state = this.#status === undefined ? "still runs" : `has ended: ${JSON.stringify(this.#status)}`;
    return new Error(`waited too long for ${what}; the daemon ${state}; it printed:\n${this.#output}`);
  }

  /** How often the daemon was upgraded, or had a fault, at a packet. */
  get injections(): number {
    return this.#relay?.injections ?? 0;
  }

  /** Runs `dinit ctl` against the daemon. */
  ctl(...args: string[]): Promise<Result> {
    return runDinit(["ctl", "--socket-path", this.socket, ...args]);
  }

  /** Upgrades the daemon. It waits for an injected upgrade that is under way. */
  async upgrade(): Promise<Result> {
    let result: Result | undefined;
    await until(async () => {
      result = await this.ctl("upgrade");
      return !result.stderr.includes("another upgrade is under way");
    }, "an upgrade");
    return result!; // `until` has called it
  }

  /** The process id of a service, from its status. */
  async pidOf(service: string): Promise<number> {
    const { stdout } = await this.ctl("status", service);
    const pid = /Process ID: (\d+)/.exec(stdout)?.[1];
    if (pid === undefined) throw new Error(`no process id in: ${stdout}`);
    return Number(pid);
  }

  /** Sends the daemon a signal. */
  kill(signal: Deno.Signal): void {
    this.#child!.kill(signal);
  }

  /** Waits for the daemon's end. */
  async ended(): Promise<Deno.CommandStatus> {
    const status = await endOf(this.#child!, () => `the daemon; it printed:\n${this.#output}\nIt`);
    await soon(Promise.all(this.#reading), () => `the end of the daemon's output:\n${this.#output}`);
    this.#child = undefined;
    return status;
  }

  /** Asks the daemon to stop everything, and waits for its end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    this.kill(signal);
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) {
      killUnlessEnded(this.#child, "SIGTERM");
      await this.ended();
    }
    await this.#relay?.close();
    if (this.socket !== this.ownSocket) {
      Deno.removeSync(this.socket.replace(/\/socket$/, ""), { recursive: true });
    }
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** Whether a process exists (a zombie does not count). */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
