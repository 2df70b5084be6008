/** The connection to the daemon. When it is lost, it is made again, with growing pauses. */

import { ControlClient, ControlError } from "../../client/mod.ts";
import { Client, type ClientEvent, type EventPosition } from "../../client/library.ts";
import type { EventLog } from "./event_log.ts";
import { RequestFailure } from "./failure.ts";

/** An open connection. */
export interface Connection {
  readonly control: ControlClient;
  readonly client: Client;
}

/** The first pause before another attempt and the longest one, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

/** Keeps a connection, and passes its facts to a log. */
export class DaemonLink {
  readonly path: string;
  readonly #log: EventLog;
  #connection: Connection | undefined;
  #position: EventPosition | undefined;
  #closed = Promise.withResolvers<void>();
  #isClosed = false;
  #life: Promise<void> = Promise.resolve();

  /** @param path the control socket */
  constructor(path: string, log: EventLog) {
    this.path = path;
    this.#log = log;
  }

  /** Makes the first connection. Rejects with `ControlError` if that fails. */
  async open(): Promise<void> {
    const connection = await connectTo(this.path);
    this.#life = this.#keep(connection);
  }

  /** Whether there is a connection now. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** The connection. Throws `RequestFailure` while there is none. */
  get connection(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    throw new RequestFailure(503, "no-daemon", `the daemon at ${this.path} cannot be reached`, {
      "retry-after": "1",
    });
  }

  /** Ends the connection and further attempts. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closed.resolve();
    this.#connection?.client.close();
    await this.#life;
  }

  async #keep(first: Connection): Promise<void> {
    let connection: Connection | undefined = first;
    for (let pause = FIRST_PAUSE; !this.#isClosed; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      if (connection !== undefined) {
        await this.#use(connection);
        pause = FIRST_PAUSE;
      }
      await this.#rest(pause);
      if (this.#isClosed) return;
      connection = await connectTo(this.path).catch((error) => {
        if (error instanceof ControlError) return undefined;
        throw error;
      });
    }
    connection?.client.close();
  }

  /** Uses a connection until it ends. */
  async #use(connection: Connection): Promise<void> {
    const { client } = connection;
    this.#connection = connection;
    this.#log.wake();
    try {
      const since = this.#position ?? (this.#hasNumbers(connection) ? { origin: 0, seq: 0 } : undefined);
      const stream = client.events({ facts: true, ...(since === undefined ? {} : { since }) });
      for await (const event of stream) {
        this.#position = stream.position;
        this.#note(event, stream.position.origin);
      }
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
    } finally {
      this.#connection = undefined;
      client.close();
      this.#log.wake();
    }
  }

  #hasNumbers({ control }: Connection): boolean {
    return control.extensionsVersion >= 2;
  }

  #note(event: ClientEvent, origin: number): void {
    const { seq } = event;
    if (event.kind === "gap") {
      return this.#log.add({ kind: "gap", seq, origin, document: { kind: "gap", first: seq + 1 } });
    }
    const document = event.document ?? plainDocument(event);
    this.#log.add({ kind: "fact", seq, origin, document });
  }

  async #rest(milliseconds: number): Promise<void> {
    let timer;
    const over = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
    await Promise.race([over, this.#closed.promise]);
    clearTimeout(timer);
  }
}

/** The document of an event of dinit, which sends none. */
function plainDocument(event: ClientEvent): Readonly<Record<string, unknown>> {
  if (event.kind !== "service") return { ...event };
  const kind = event.event === "start-failed" ? "failed" : event.event;
  return { seq: event.seq, kind, service: event.service };
}

async function connectTo(path: string): Promise<Connection> {
  const control = await ControlClient.connect(path);
  try {
    // Both queries are sent together. Streams of events have to know the extensions from their first moment on.
    await Promise.all([control.handshake(), control.extensions()]);
    return { control, client: new Client(control) };
  } catch (error) {
    control.close();
    throw error;
  }
}
