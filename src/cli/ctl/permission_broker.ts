/** Answers the permission requests of Deno, and records them. Each request is a line of JSON, and so is each answer. */

import type { PermissionRequest } from "./permission_line.ts";

/** A longer line is no request, in bytes. */
const LONGEST_LINE = 65_536;
/** More requests than this are not told apart any more. */
const MOST_REQUESTS = 10_000;

/** One recorded request. */
export interface RecordedRequest extends PermissionRequest {
  /** Milliseconds since the first request. */
  readonly after: number;
  readonly denied: boolean;
}

/** Whether a request is granted. */
export type Decide = (request: PermissionRequest) => boolean | Promise<boolean>;

/** Listens at a path, which must be free. */
export class PermissionBroker {
  /** Each different request once, in the order of the first one. */
  readonly requests = new Map<string, RecordedRequest>();
  readonly #listener: Deno.UnixListener;
  readonly #decide: Decide;
  readonly #connections = new Set<Deno.Conn>();
  readonly #path: string;
  #first: number | undefined;

  /** Throws the runtime's error if it cannot listen. */
  constructor(path: string, decide: Decide) {
    this.#decide = decide;
    this.#path = path;
    this.#listener = Deno.listen({ transport: "unix", path });
    Deno.chmodSync(path, 0o666); // the service may run as another user
    void this.#accept();
  }

  /** Ends all connections, and removes the socket. */
  close(): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      void this.#serve(connection);
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const bytes of connection.readable) {
        text += decoder.decode(bytes, { stream: true });
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        if (text.length > LONGEST_LINE) return;
        for (const line of lines) await writeAll(connection, `${JSON.stringify(await this.#answer(line))}\n`);
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error; // the process has ended, or sent something else
    } finally {
      this.#connections.delete(connection);
    }
  }

  async #answer(line: string): Promise<{ id: unknown; result: "allow" | "deny" }> {
    const { id, permission, value } = JSON.parse(line) as Record<string, unknown>;
    const kind = String(permission);
    const what = typeof value === "string" && value !== "" ? value : undefined;
    const denied = !await this.#decide({ permission: kind, value: what });
    const now = performance.now();
    this.#first ??= now;
    const key = JSON.stringify([kind, what]);
    if (!this.requests.has(key) && this.requests.size < MOST_REQUESTS) {
      this.requests.set(key, { permission: kind, value: what, after: now - this.#first, denied });
    }
    return { id, result: denied ? "deny" : "allow" };
  }
}

async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
