/** The view of `dinit up` for a daemon in the same process: `dinit --view`. */

import { ControlClient, ControlError, controlSocketPath, Request } from "../../client/mod.ts";
import { ShutdownType } from "../../model/states.ts";
import { type CtlIo, processIo } from "../shared/io.ts";
import { Terminal } from "./terminal.ts";
import { showView } from "./view.ts";

/** The options of the daemon that matter to the view. */
export interface OwnViewOptions {
  readonly system: boolean;
  readonly socketPath: string | undefined;
  /** The first line of the view; empty for none. */
  readonly view: string | undefined;
}

/** How long to wait until looking again whether the daemon answers, in milliseconds. */
const PAUSE = 15;
/** The most that is kept of what the daemon says before the view begins, in bytes. */
const MOST_KEPT = 1 << 16;

/**
 * Shows the services of a daemon. It takes the lines of the daemon's console, which would disturb the view: they appear
 * only if the daemon ends before the view begins.
 */
export class OwnView {
  readonly #options: OwnViewOptions;
  readonly #io: CtlIo;
  #kept: Uint8Array[] = [];
  #size = 0;
  #isShown = false;

  /** @param io the terminal. @default that of this process */
  constructor(options: OwnViewOptions, io: CtlIo = processIo()) {
    this.#options = options;
    this.#io = io;
  }

  /** Takes a line of the console. */
  write(bytes: Uint8Array): Promise<number> {
    if (!this.#isShown && this.#size < MOST_KEPT) {
      this.#size += bytes.length;
      this.#kept.push(bytes.slice());
    }
    return Promise.resolve(bytes.length);
  }

  /** Shows the services until the daemon ends, and returns its result. */
  async show<End>(daemon: Promise<End>): Promise<End> {
    let hasEnded = false;
    const ended = daemon.finally(() => hasEnded = true);
    ended.catch(() => {}); // it comes out below
    const clients = await this.#connect(() => hasEnded);
    if (clients !== undefined) {
      this.#isShown = true;
      this.#kept = [];
      await this.#view(clients);
    }
    try {
      return await daemon;
    } finally {
      if (!this.#isShown) { for (const bytes of this.#kept) this.#io.out(bytes); }
    }
  }

  async #view(clients: readonly [ControlClient, ControlClient]): Promise<void> {
    const { view } = this.#options;
    if (view) this.#io.out(`${view}\n`);
    const [client] = clients;
    const root = this.#io.env("PWD") ?? "/"; // the permission to ask for the working folder may be missing
    await showView({
      io: this.#io,
      clients,
      root,
      owns: true,
      exitOnFailure: false,
      stop: () => {
        client.request({ type: Request.SHUTDOWN, kind: ShutdownType.HALT }).catch((error) => {
          if (!(error instanceof ControlError)) throw error; // it has just ended
        });
      },
      terminal: new Terminal(),
    });
  }

  /** Two connections to the daemon of this process; `undefined` if it ends before. */
  async #connect(hasEnded: () => boolean): Promise<readonly [ControlClient, ControlClient] | undefined> {
    const path = controlSocketPath(
      { socketPath: this.#options.socketPath, mode: this.#options.system ? "system" : "user" },
      this.#io,
    );
    while (path !== undefined && !hasEnded()) {
      const client = await connected(path);
      if (client !== undefined) {
        const overview = await client.query("overview") as { daemon?: { pid?: unknown } } | undefined;
        const second = overview?.daemon?.pid === Deno.pid ? await connected(path) : undefined;
        if (second !== undefined) return [client, second];
        client.close(); // another daemon has the socket: this one will say so, and end
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return undefined;
  }
}

async function connected(path: string): Promise<ControlClient | undefined> {
  try {
    const client = await ControlClient.connect(path);
    await Promise.all([client.handshake(), client.extensions()]);
    return client;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return undefined;
  }
}
