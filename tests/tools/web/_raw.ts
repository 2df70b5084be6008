/** A real port, and requests as bytes, as no well-behaved client sends them. */

import type { WebAddress } from "../../../src/tools/web/address.ts";
import { listen } from "../../../src/tools/web/listening.ts";
import { soon } from "../../_patience.ts";
import type { WebScene } from "./_web.ts";

export const NO_TLS = { tlsCert: undefined, tlsKey: undefined };

/** An address with a free port. */
export const FREE: WebAddress = { kind: "tcp", hostname: "127.0.0.1", port: 0, loopback: true };

/** A server on a free port. */
export class RawServer implements AsyncDisposable {
  readonly port: number;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  static async start(
    { handler }: Pick<WebScene, "handler">,
    options: Parameters<typeof listen>[4] = {},
  ): Promise<RawServer> {
    const broken = (error: Error) => {
      throw error;
    };
    const { port, close } = await listen(FREE, NO_TLS, handler, broken, options);
    return new RawServer(port!, close); // a port has a number
  }

  /** A connection on which a text was sent; each character is a byte. */
  async send(text: string): Promise<RawConnection> {
    const connection = new RawConnection(await Deno.connect({ port: this.port }));
    await connection.send(text);
    return connection;
  }

  /** The statuses of the answers to a text, or `closed` if the server ends the connection without one. */
  async told(text: string, answers = 1): Promise<string> {
    using connection = await this.send(text);
    const statuses: string[] = [];
    while (statuses.length < answers) statuses.push(await connection.status());
    return statuses.join(" ");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await soon(this.#close(), "the end of the server");
  }
}

/** One connection. */
export class RawConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #text = "";

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Sends as much as the server takes: it may have closed the connection because of the first part. */
  async send(text: string): Promise<void> {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    try {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  /** The status of the next answer, whose body is skipped; `closed` at the end of the connection. */
  async status(): Promise<string> {
    const head = await this.#until(() => this.#text.indexOf("\r\n\r\n"));
    if (head === undefined) return "closed";
    const length = Number(/content-length: (\d+)/i.exec(this.#text.slice(0, head))?.[1] ?? 0);
    const status = this.#text.slice(9, 12);
    await this.#until(() => this.#text.length >= head + 4 + length ? 0 : -1);
    this.#text = this.#text.slice(head + 4 + length);
    return status;
  }

  /** Reads until a text comes. False: the connection has ended before. */
  async reads(text: string): Promise<boolean> {
    return await this.#until(() => {
      const at = this.#text.indexOf(text);
      if (at === -1) this.#text = this.#text.slice(-text.length); // what was looked at is not kept
      return at;
    }) !== undefined;
  }

  /** Reads until a place is found; `undefined`: the connection has ended before. */
  async #until(place: () => number): Promise<number | undefined> {
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const found = place();
      if (found !== -1) return found;
      try {
        const count = await soon(this.#connection.read(buffer), "an answer");
        if (count === null) return undefined;
        this.#text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
      } catch (error) {
        if (error instanceof Deno.errors.ConnectionReset) return undefined;
        throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
