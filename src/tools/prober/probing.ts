/** One check that needs a look-up of a name, or TLS. */

import { exchange, requestFor } from "../../health/http_exchange.ts";
import type { ProbeOrder, ProbeSaying } from "../../host/probing/orders.ts";
import {
  addressBytes,
  type CheckAddress,
  checkAddress,
  errnoOf,
  errnoText,
  httpTarget,
} from "../../model/mod.ts";
import type { Names } from "./names.ts";

/** What came of a check. */
export type ProbeOutcome = Pick<ProbeSaying, "healthy" | "how">;
type TcpAddress = CheckAddress & { readonly kind: "tcp" };

/** The longest text about an error, in characters: a server chooses a part of it. */
const LONGEST_TEXT = 300;

/** An error that a user can understand: its message is the result of the check. */
class ProbeError extends Error {}

/**
 * Performs a check, with its limit of time. Never rejects. When the limit is over, or the signal of `abort` is aborted,
 * everything that the check uses is closed.
 */
export async function probed(order: ProbeOrder, names: Names, abort: AbortController): Promise<ProbeOutcome> {
  const { limit } = order;
  const check = new ProbeRun(names, abort.signal);
  const over = Promise.withResolvers<ProbeOutcome>();
  abort.signal.addEventListener("abort", () => over.resolve({ healthy: false, how: "given up" }), {
    once: true,
  });
  const timer = setTimeout(
    () => over.resolve({ healthy: false, how: `nothing within ${limit / 1000} s, ${check.doing}` }),
    limit,
  );
  try {
    const { healthy, how } = await Promise.race([check.run(order), over.promise]);
    return { healthy, how: printable(how) };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** The steps of one check. */
class ProbeRun {
  readonly #names: Names;
  readonly #signal: AbortSignal;
  /** What it does now, for people. */
  doing = "before it began";

  constructor(names: Names, signal: AbortSignal) {
    this.#names = names;
    this.#signal = signal;
  }

  async run({ way, target }: ProbeOrder): Promise<ProbeOutcome> {
    try {
      return way === "http" ? await this.#http(target) : await this.#tcp(target);
    } catch (error) {
      return { healthy: false, how: error instanceof Error ? textOf(error) : String(error) };
    }
  }

  async #tcp(text: string): Promise<ProbeOutcome> {
    const address = checkAddress(text);
    if (address?.kind !== "tcp") throw new ProbeError(`bad address '${text}'`);
    const connection = await this.#connect(address);
    connection.close();
    return { healthy: true, how: "connected" };
  }

  async #http(url: string): Promise<ProbeOutcome> {
    const target = httpTarget(url);
    if (target === undefined) throw new ProbeError(`bad URL '${url}'`);
    const plain = await this.#connect(target.address);
    const connection = target.secure ? await this.#secure(plain, target.address.host) : plain;
    try {
      this.doing = "while waiting for the answer";
      return await exchange(requestFor(target), {
        read: (buffer) => readOf(connection, buffer),
        write: (bytes) => connection.write(bytes),
      });
    } finally {
      close(connection);
    }
  }

  /** Connects to the first address of the host that accepts. */
  async #connect({ host, port }: TcpAddress): Promise<Deno.TcpConn> {
    let last: unknown;
    for (const hostname of await this.#addresses(host)) {
      this.doing = `while connecting to ${hostname}`;
      try {
        const connection = await Deno.connect({ hostname, port, signal: this.#signal });
        return this.#kept(connection);
      } catch (error) {
        last = error;
        if (this.#signal.aborted) break;
      }
    }
    throw last;
  }

  async #addresses(host: string): Promise<readonly string[]> {
    if (addressBytes(host) !== undefined && host !== "localhost") return [host];
    this.doing = `while looking up ${host}`;
    try {
      return await this.#names.addresses(host);
    } catch (error) {
      throw new ProbeError(lookupText(host, error));
    }
  }

  async #secure(plain: Deno.TcpConn, hostname: string): Promise<Deno.TlsConn> {
    this.doing = "during the TLS handshake";
    try {
      const connection = this.#kept(await Deno.startTls(plain, { hostname, alpnProtocols: ["http/1.1"] }));
      await connection.handshake();
      return connection;
    } catch (error) {
      close(plain);
      throw new ProbeError(`TLS: ${error instanceof Error ? textOf(error) : error}`);
    }
  }

  /** The connection, which is closed when the check is over. */
  #kept<T extends Deno.Conn>(connection: T): T {
    if (this.#signal.aborted) close(connection);
    else this.#signal.addEventListener("abort", () => close(connection), { once: true });
    return connection;
  }
}

/** Reads. Many servers close a connection with TLS without the message that announces it: that is an end, too. */
async function readOf(connection: Deno.Conn, buffer: Uint8Array): Promise<number | null> {
  try {
    return await connection.read(buffer);
  } catch (error) {
    if (error instanceof Deno.errors.UnexpectedEof) return null;
    throw error;
  }
}

/** Closes a connection, unless it is closed, or was replaced by one with TLS. */
function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function lookupText(host: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === "ENOTFOUND") return `${host}: unknown host`;
  return `${host}: the look-up failed: ${code ?? (error instanceof Error ? error.message : error)}`;
}

/** The system's text for an error number; or else the message of the runtime. */
function textOf(error: Error): string {
  const hasNumber = "code" in error || /\(os error \d+\)/.test(error.message);
  return hasNumber ? errnoText(errnoOf(error)) : error.message;
}

/** A text that changes nothing on a terminal. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters that must not remain
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").slice(0, LONGEST_TEXT);
}
