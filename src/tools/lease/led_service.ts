/** A service of this machine's daemon that runs while the lease is held, and everything that depends on it. */

import { ControlClient, type Graph } from "../../client/mod.ts";
import { Client, RefusedError } from "../../client/library.ts";
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
    await within(client.service(name).trigger(true), `the trigger of ${name}`);
    void this.#follow();
  }

  async lower(): Promise<void> {
    const service = (await this.#connect()).service(this.#options.name);
    await within(service.trigger(false), "the trigger");
    try {
      // A restart, unlike a stop, keeps what depends on the service waiting for it.
      await within(service.restart({ force: true, wait: false }), "the stop");
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error; // it is not started
    }
    while (await this.#look() > 0) await new Promise((resolve) => setTimeout(resolve, LOOK));
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
