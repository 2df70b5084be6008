import { Reply, Request } from "../../../src/control/mod.ts";
import { ControlClient } from "../../../src/client/mod.ts";
import type { Overview, ServiceEvent } from "../../../src/model/mod.ts";
import { V8_FLAGS } from "../../v8_flags.ts";
import { writeServices } from "./folder.ts";

/** The root of the repository, with a final slash. */
export const ROOT = decodeURIComponent(new URL("../../..", import.meta.url).pathname);

/** A compiled binary to measure instead of the sources. */
export const DINIT_BINARY = Deno.env.get("DINIT_BINARY");

/** The program of dinit 0.22.1 in C++, to compare with. */
export const DINIT_REFERENCE = Deno.env.get("DINIT_REFERENCE");

/** The runtime's flags for a daemon, as in the task `start`. */
export const DAEMON_FLAGS = [`--v8-flags=${V8_FLAGS.join(",")}`];

/** The command that runs dinit with these arguments. */
export function dinitCommand(args: readonly string[], flags: readonly string[] = []): [string, string[]] {
  if (DINIT_BINARY !== undefined) return [DINIT_BINARY, [...args]];
  return [Deno.execPath(), ["run", ...flags, "--no-prompt", "--allow-all", `${ROOT}main.ts`, ...args]];
}

/** Options of `BenchDaemon.start`. */
export interface BenchDaemonOptions {
  /** The host. @default "native" */
  readonly host?: "native" | "command";
  /** Services to start before anything else. @default [] */
  readonly start?: readonly string[];
  /** Options of the runtime; ignored with a compiled binary. @default those of the task `start` */
  readonly flags?: readonly string[];
  /** Another program with the same command line; it has no hosts. @default this program */
  readonly program?: string;
}

/** The real daemon, with a connected client. */
export class BenchDaemon implements AsyncDisposable {
  readonly socket: string;
  /** Milliseconds from the start of the program until it reported that its socket is ready. */
  readonly readyAfter: number;
  readonly #child: Deno.ChildProcess;
  readonly #handles = new Map<string, number>();
  #client: ControlClient | undefined;
  #waiting: ((handle: number, event: ServiceEvent) => void) | undefined;

  private constructor(socket: string, child: Deno.ChildProcess, readyAfter: number) {
    this.socket = socket;
    this.#child = child;
    this.readyAfter = readyAfter;
  }

  /** Writes the descriptions into a folder, starts the daemon there and waits until its socket is ready. */
  static async start(
    folder: string,
    descriptions: Readonly<Record<string, string>>,
    options: BenchDaemonOptions = {},
  ): Promise<BenchDaemon> {
    const { host = "native", start = [], flags = DAEMON_FLAGS, program: other } = options;
    writeServices(`${folder}/services`, { boot: "type = internal\n", ...descriptions });
    const socket = `${folder}/socket`;
    const paths = ["--user", "--services-dir", `${folder}/services`, "--socket-path", socket];
    const words = [...paths, "--quiet", "--ready-fd", "1"];
    const services = ["boot", ...start];
    const [program, args] = other === undefined
      ? dinitCommand([...words, `--host=${host}`, ...services], flags)
      : [other, [...words, ...services]];
    const before = performance.now();
    const child = new Deno.Command(program, { args, cwd: folder, stdin: "null", stdout: "piped" }).spawn();
    const reader = child.stdout.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the daemon ended before it was ready");
      if (value.includes(0)) break;
    }
    const readyAfter = performance.now() - before;
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return new BenchDaemon(socket, child, readyAfter);
  }

  /** The daemon's process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** A client of the control socket, which receives the events of every service for which it has a handle. */
  async client(): Promise<ControlClient> {
    if (this.#client !== undefined) return this.#client;
    const client = await ControlClient.connect(this.socket);
    await client.handshake();
    client.onEvent = ({ handle, event }) => this.#waiting?.(handle, event as ServiceEvent);
    return this.#client = client;
  }

  /** The handle of a service; loads the service if necessary. */
  async handle(name: string): Promise<number> {
    const known = this.#handles.get(name);
    if (known !== undefined) return known;
    const reply = await (await this.client()).request({ type: Request.LOADSERVICE, name });
    if (reply.type !== Reply.SERVICERECORD) throw new Error(`service ${name} cannot be loaded`);
    this.#handles.set(name, reply.handle);
    return reply.handle;
  }

  /** Commands the start or the release of a service, without waiting for it. */
  async order(what: "start" | "release", name: string): Promise<void> {
    const type = what === "start" ? Request.STARTSERVICE : Request.RELEASESERVICE;
    const reply = await (await this.client()).request({ type, flags: 0, handle: await this.handle(name) });
    if (reply.type === Reply.ALREADYSS) return; // it is already done
    if (reply.type !== Reply.ACK) throw new Error(`${what} ${name}: reply of type ${reply.type}`);
  }

  /** Resolves at the next event of this kind of a service. */
  async next(name: string, event: ServiceEvent): Promise<void> {
    const wanted = await this.handle(name);
    await new Promise<void>((resolve) => {
      this.#waiting = (handle, kind) => {
        if (handle === wanted && kind === event) resolve();
      };
    });
  }

  /** The overview of all services. */
  async overview(): Promise<Overview> {
    return await (await this.client()).query("overview") as Overview;
  }

  /** The state of one service: the smallest question to the daemon. */
  async statusOf(name: string): Promise<void> {
    const handle = await this.handle(name);
    await (await this.client()).request({ type: Request.SERVICESTATUS5, handle });
  }

  /** The number of automatic restarts so far. */
  async restarts(): Promise<number> {
    return (await this.overview()).services.reduce((sum, { restarts }) => sum + restarts, 0);
  }

  /** Tells the daemon to stop everything; resolves when it has exited. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.close();
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has already exited
    }
    await this.#child.status;
  }
}
