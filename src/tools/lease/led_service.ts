/** A service of this machine's daemon that runs while the lease is held, and everything that depends on it. */

import { ControlClient, type Graph, Reply, Request, StartStopFlag } from "../../client/mod.ts";
import { Client } from "../../client/library.ts";
import { DependencyKind, ServiceState } from "../../model/mod.ts";
import type { Led } from "./holder.ts";

/** How long to wait for one answer of the daemon, in milliseconds. */
const LIMIT = 10_000;
/** How often to look whether all processes have ended, in milliseconds. */
const LOOK = 50;

/** Which service, and where. */
export interface LedOptions {
  readonly socketPath: string;
  /** A service of the type `triggered`. */
  readonly name: string;
  /** The variable that services find the token in. */
  readonly variable: string;
}

/** The daemon cannot do what the lease asks for. The message has the remedy. */
export class LedServiceError extends Error {
  override readonly name = "LedServiceError";
}

/** The service, by the control socket. */
export class LedService implements Led {
  readonly #options: LedOptions;
  #control: ControlClient | undefined;
  #client: Client | undefined;
  /** The handle of the service while it runs, on this connection. */
  #handle: { readonly id: number; readonly control: ControlClient } | undefined;
  /** The processes of the service, and of what depends on it. */
  #pids = new Set<number>();

  constructor(options: LedOptions) {
    this.#options = options;
  }

  async arm(): Promise<void> {
    const { name } = this.#options;
    const client = await this.#connect();
    const { state, type } = await within(client.service(name).load(), "the description");
    if (type !== undefined && type !== "triggered") {
      throw new LedServiceError(`the service ${name} is of the type ${type}: it must be 'type = triggered'`);
    }
    // An earlier program may have left the trigger set.
    await within(client.service(name).trigger(false), `the trigger of ${name}`);
    if (state === "started") await this.lower();
    else if (state === "stopped") {
      await within(client.service(name).start({ wait: false }), `the start of ${name}`);
    }
  }

  async raise(token: string): Promise<void> {
    const { name, variable } = this.#options;
    const client = await this.#connect();
    await within(client.setEnvironment(variable, token), "the environment");
    await this.#hold();
    await within(client.service(name).trigger(true), `the trigger of ${name}`);
    void this.#follow();
  }

  async lower(): Promise<void> {
    const { id, control } = await this.#hold();
    // Both are sent at once: a daemon that was stopped, and goes on, has both before it sees what has ended meanwhile.
    const orders = Promise.all([
      control.request({ type: Request.SETTRIGGER, handle: id, value: 0 }),
      // A restart, unlike a stop, keeps what depends on the service waiting for it. Refused: it is not started.
      control.request({ type: Request.STOPSERVICE, flags: StartStopFlag.RESTART, handle: id }),
    ]);
    await within(orders, "the stop");
    while (await this.#look() > 0) await new Promise((resolve) => setTimeout(resolve, LOOK));
    this.#handle = undefined; // while it is open, nobody can load the service again
    await within(control.request({ type: Request.CLOSEHANDLE, handle: id }), "the service");
  }

  kill(): void {
    for (const pid of this.#pids) {
      for (const target of [-pid, pid]) { // first its process group
        try {
          Deno.kill(target, "SIGKILL");
        } catch (error) {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
      }
    }
  }

  close(): void {
    this.#client?.close();
  }

  /** Notes the processes as they come. */
  async #follow(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    try {
      for await (const _ of client.events()) {
        if (client !== this.#client) return;
        await this.#look();
      }
    } catch {
      // the connection has ended; the next order opens another one
    }
  }

  /** A handle, which is known without an answer of the daemon once the service runs. */
  async #hold(): Promise<{ readonly id: number; readonly control: ControlClient }> {
    await this.#connect();
    const control = this.#control!; // `#connect` has made it
    if (this.#handle?.control !== control) {
      const { name } = this.#options;
      const reply = await within(control.request({ type: Request.LOADSERVICE, name }), "the service");
      if (reply.type !== Reply.SERVICERECORD) {
        throw new LedServiceError(`the daemon cannot load ${name} any more`);
      }
      this.#handle = { id: reply.handle, control };
    }
    return this.#handle;
  }

  /** How many of the service and of what depends on it are up, or not yet down. Notes their processes. */
  async #look(): Promise<number> {
    await this.#connect();
    const graph = await within(this.#control!.query("graph"), "the services"); // `#connect` has made it
    if (graph === undefined) {
      throw new LedServiceError("the daemon does not provide the graph of its services");
    }
    const { nodes, edges } = graph as Graph; // the daemon has this form
    const names = new Set([this.#options.name]);
    for (let size = 0; size < names.size;) {
      size = names.size;
      for (const { from, to, kind } of edges) {
        if (kind === DependencyKind.REGULAR && names.has(to)) names.add(from);
      }
    }
    const own = nodes.filter(({ name }) => names.has(name));
    this.#pids = new Set(own.map(({ pid }) => pid).filter((pid) => pid !== undefined));
    const isUp = (state: number) => state === ServiceState.STARTED || state === ServiceState.STOPPING;
    return own.filter(({ state, pid }) => isUp(state) || pid !== undefined).length;
  }

  async #connect(): Promise<Client> {
    const known = this.#client;
    const isOpen = known !== undefined && await Promise.race([known.closed.then(() => false), true]);
    if (isOpen) return known;
    this.#control = await within(ControlClient.connect(this.#options.socketPath), "the daemon");
    await within(Promise.all([this.#control.handshake(), this.#control.extensions()]), "the daemon");
    return this.#client = new Client(this.#control);
  }
}

/** The result, or an error that names what took too long. */
async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `the daemon did not answer within ${LIMIT / 1000} s: ${what}`;
    timer = setTimeout(() => reject(new LedServiceError(text)), LIMIT);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
