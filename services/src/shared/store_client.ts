/** The client's half of the store's protocol; `store.ts` explains the lines. */

import { receivedLines, sendLine } from "./lines.ts";
import { Failure, pause, setting } from "./program.ts";

/**
 * How long to try to reach the store, in milliseconds. Long enough for a store that is restarting, short enough to
 * notice a store that is gone.
 */
const PATIENCE = 10_000;

/** The first and the longest pause between two attempts, in milliseconds. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 500;

/** The file that contains the port of the store. */
export function portFile(): string {
  return `${setting("DATA_DIR")}/store.port`;
}

/** The port of the store; `undefined` if the store has not written it yet. */
export function storePort(): number | undefined {
  try {
    return Number(Deno.readTextFileSync(portFile()));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

/** A connection to the store. */
export class StoreClient {
  readonly #connection: Deno.TcpConn;
  readonly #lines: AsyncGenerator<string, void>;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#lines = receivedLines(connection);
  }

  /** Connects. Throws the error of `Deno.connect` if the store does not answer. */
  static async connect(port: number): Promise<StoreClient> {
    return new StoreClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Connects, and tries again with growing pauses for some seconds if the store does not answer yet. */
  static async reach(findPort: () => number | undefined = storePort): Promise<StoreClient> {
    const end = performance.now() + PATIENCE;
    for (let wait = FIRST_PAUSE;; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      const port = findPort();
      try {
        if (port !== undefined) return await StoreClient.connect(port);
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      }
      if (performance.now() > end) {
        throw new Failure(
          port === undefined ? "the store has no port" : `the store does not answer on port ${port}`,
        );
      }
      await pause(wait);
    }
  }

  async set(key: string, value: string): Promise<void> {
    await this.#ask(`SET ${key} ${value}`, "OK");
  }

  async get(key: string): Promise<string | undefined> {
    await sendLine(this.#connection, `GET ${key}`);
    const answer = await this.#nextLine();
    return answer.startsWith("VALUE ") ? answer.slice("VALUE ".length) : undefined;
  }

  async list(): Promise<[key: string, value: string][]> {
    await sendLine(this.#connection, "LIST");
    const items: [string, string][] = [];
    for (let line = await this.#nextLine(); line !== "END"; line = await this.#nextLine()) {
      items.push(keyAndValue(line));
    }
    return items;
  }

  /** Every change from now on, until the store exits. */
  async *watch(): AsyncGenerator<[key: string, value: string], void> {
    await this.#ask("WATCH", "OK");
    for await (const line of this.#lines) yield keyAndValue(line);
  }

  close(): void {
    this.#connection.close();
  }

  async #ask(question: string, expected: string): Promise<void> {
    await sendLine(this.#connection, question);
    const answer = await this.#nextLine();
    if (answer !== expected) throw new Failure(`the store answered '${answer}' to '${question}'`);
  }

  async #nextLine(): Promise<string> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Deno.errors.UnexpectedEof("the store closed the connection");
    return value;
  }
}

/**
 * Uses the store while the program runs. When the connection ends, because the store was stopped or restarted, it
 * connects again and calls `use` again.
 */
export async function keepUsing(use: (store: StoreClient) => Promise<void>): Promise<never> {
  for (;;) {
    const store = await StoreClient.reach();
    console.log("connected to the store");
    try {
      await use(store);
    } catch (error) {
      if (!connectionEnded(error)) throw error;
    } finally {
      store.close();
    }
    console.log("the connection to the store ended");
    // This also limits attempts to two per second for a store that closes every connection at once.
    await pause(LONGEST_PAUSE);
  }
}

function connectionEnded(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
}

/** The parts of `ITEM key value` and `CHANGED key value`. */
function keyAndValue(line: string): [key: string, value: string] {
  const [, key, ...words] = line.split(" ");
  return [key, words.join(" ")];
}
