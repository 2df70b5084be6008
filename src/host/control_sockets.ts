/** The control socket and its connections as descriptors, which outlive the program. */

import type { LastingStream, OwnListener, OwnSockets } from "../control/mod.ts";
import {
  ByteCounts,
  type ConnectionCounts,
  DescriptorStream,
  type Files,
  Interest,
  type Library,
  type Poller,
  type Sockets,
  SystemCallError,
  type Watch,
} from "../system/mod.ts";
import { OwnDescriptors } from "../system/surviving.ts";

/** How many connections may wait to be accepted, for example while the program is replaced. */
const BACKLOG = 1024;

/** How many connections are accepted before the event loop turns. */
const ACCEPTED_AT_ONCE = 16;

/** What `ControlSockets` is given. */
export interface ControlSocketsContext {
  readonly library: Library;
  readonly files: Files;
  readonly sockets: Sockets;
  readonly poller: Poller;
}

/** Makes and takes control sockets. */
export class ControlSockets implements OwnSockets {
  readonly #library: Library;
  readonly #files: Files;
  readonly #sockets: Sockets;
  readonly #poller: Poller;
  /** The open connections. */
  readonly #connections = new Set<number>();
  #counts: ByteCounts | undefined;
  /** The system has refused memory for counts: connections end with the program. */
  #isWithoutCounts = false;

  constructor({ library, files, sockets, poller }: ControlSocketsContext) {
    this.#library = library;
    this.#files = files;
    this.#sockets = sockets;
    this.#poller = poller;
  }

  get counts(): number | undefined {
    return this.#counts?.descriptor;
  }

  takeCounts(descriptor: number): void {
    try {
      this.#counts = new ByteCounts(this.#library, descriptor);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error; // without them, no connection is taken
    }
  }

  listen(path: string): OwnListener {
    const descriptor = this.#sockets.create();
    try {
      this.#sockets.bind(descriptor, path);
      this.#sockets.listen(descriptor, BACKLOG);
    } catch (error) {
      this.#files.close(descriptor);
      throw error;
    }
    return this.#listener(descriptor);
  }

  takeListener(descriptor: number): OwnListener | undefined {
    return this.#isSocket(descriptor) ? this.#listener(descriptor) : undefined;
  }

  takeConnection(descriptor: number, counts: number): LastingStream | undefined {
    const taken = this.#isSocket(descriptor) ? this.#counts?.take(counts) : undefined;
    return taken && this.#stream(descriptor, taken);
  }

  takeStrays(path: string, listener: number): LastingStream[] {
    const inherited = new OwnDescriptors(this.#library).list().filter(({ fd, passesExec }) =>
      passesExec && fd !== listener && !this.#connections.has(fd)
    );
    const strays = inherited.filter(({ fd }) => this.#isSocket(fd) && this.#sockets.pathOf(fd) === path);
    return strays.map(({ fd }) => this.connection(fd));
  }

  get connections(): readonly number[] {
    return [...this.#connections];
  }

  end(descriptor: number): void {
    this.#sockets.shutdown(descriptor);
  }

  #stream(descriptor: number, counts: ConnectionCounts | undefined): DescriptorStream {
    this.#connections.add(descriptor);
    return new DescriptorStream(descriptor, this.#files, this.#poller, {
      counts,
      closing: () => this.#connections.delete(descriptor),
    });
  }

  #listener(descriptor: number): OwnListener {
    return new Listener(descriptor, {
      files: this.#files,
      poller: this.#poller,
      accept: () => this.#sockets.accept(descriptor),
      stream: (connection) => this.connection(connection),
    });
  }

  /** A new connection. */
  connection(descriptor: number): DescriptorStream {
    return this.#stream(descriptor, this.#newCounts());
  }

  #newCounts(): ConnectionCounts | undefined {
    if (this.#isWithoutCounts) return undefined;
    try {
      this.#counts ??= new ByteCounts(this.#library);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#isWithoutCounts = true;
    }
    return this.#counts?.open();
  }

  #isSocket(descriptor: number): boolean {
    try {
      return this.#files.kindOf(descriptor) === "socket";
    } catch (error) {
      if (error instanceof SystemCallError) return false;
      throw error;
    }
  }
}

interface ListenerContext {
  readonly files: Files;
  readonly poller: Poller;
  /** `undefined`: no connection waits. */
  readonly accept: () => number | undefined;
  readonly stream: (descriptor: number) => LastingStream;
}

class Listener implements OwnListener {
  readonly descriptor: number;
  readonly #context: ListenerContext;
  #watch: Watch | undefined;
  #resume: (() => void) | undefined;
  #isClosed = false;
  /** How many connections were accepted in this turn of the event loop. */
  #accepted = 0;

  constructor(descriptor: number, context: ListenerContext) {
    this.descriptor = descriptor;
    this.#context = context;
  }

  async accept(): Promise<LastingStream> {
    const { poller, accept, stream } = this.#context;
    while (!this.#isClosed) {
      if (this.#accepted === ACCEPTED_AT_ONCE) {
        await new Promise((resolve) => setImmediate(resolve));
        this.#accepted = 0;
        continue;
      }
      const connection = accept();
      if (connection !== undefined) {
        this.#accepted += 1;
        return stream(connection);
      }
      this.#accepted = 0;
      await new Promise<void>((resume) => {
        this.#resume = resume;
        this.#watch ??= poller.watch(this.descriptor, Interest.ARRIVAL, () => this.#wake());
      });
    }
    throw new Deno.errors.BadResource("the listener is closed");
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch?.end();
    this.#context.files.close(this.descriptor);
    this.#wake();
  }

  #wake(): void {
    this.#resume?.();
    this.#resume = undefined;
  }
}
