/** A lease in etcd, by its JSON gateway: a key that exists as long as the lease of its holder. */

import { askJson, type Coordinator, CoordinatorError, fieldOf, type Held } from "./coordinator.ts";

/** Which lease, and where. */
export interface EtcdOptions {
  /** The addresses of etcd's servers, such as `http://10.0.0.1:2379`; the next one is asked if one does not answer. */
  readonly urls: readonly string[];
  /** The name of the lease. */
  readonly name: string;
  /** Who this is, for people. */
  readonly identity: string;
  /** In milliseconds; etcd counts in whole seconds. */
  readonly ttl: number;
  /** How long to wait for one answer, in milliseconds. */
  readonly limit: number;
}

/** A lease in etcd. */
export class EtcdLease implements Coordinator {
  readonly #options: EtcdOptions;
  readonly #key: string;
  /** The server that answered last. */
  #server = 0;
  #lease: string | undefined;
  /** The revision at which this machine made the key. */
  #revision = "";

  constructor(options: EtcdOptions) {
    this.#options = options;
    this.#key = base64(`dinit/lease/${options.name}`);
  }

  async acquire(): Promise<Held | undefined> {
    const { ttl, identity } = this.#options;
    if (fieldOf(await this.#ask("kv/range", { key: this.#key }), "kvs", "0") !== undefined) return undefined;
    const granted = await this.#ask("lease/grant", { TTL: Math.ceil(ttl / 1000) });
    const lease = String(fieldOf(granted, "ID"));
    const put = { request_put: { key: this.#key, value: base64(identity), lease } };
    const compare = [{ key: this.#key, target: "CREATE", create_revision: "0" }];
    const result = await this.#ask("kv/txn", { compare, success: [put] });
    if (fieldOf(result, "succeeded") !== true) {
      await this.#ask("lease/revoke", { ID: lease });
      return undefined;
    }
    this.#lease = lease;
    this.#revision = String(fieldOf(result, "header", "revision"));
    return { ttl: Number(fieldOf(granted, "TTL")) * 1000, token: this.#revision };
  }

  async renew(): Promise<boolean> {
    if (this.#lease === undefined) return false;
    const renewed = await this.#ask("lease/keepalive", { ID: this.#lease });
    if (Number(fieldOf(renewed, "result", "TTL") ?? 0) <= 0) return false;
    // Somebody may have removed the key, and another machine may have made it again.
    const found = fieldOf(await this.#ask("kv/range", { key: this.#key }), "kvs", "0", "create_revision");
    return found === this.#revision;
  }

  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease !== undefined) await this.#ask("lease/revoke", { ID: lease });
  }

  /** Asks one server after the other, beginning with the one that answered last. */
  async #ask(path: string, question: unknown): Promise<unknown> {
    const { urls, limit } = this.#options;
    let problem: unknown;
    for (let tried = 0; tried < urls.length; tried++) {
      const url = `${urls[this.#server].replace(/\/+$/, "")}/v3/${path}`;
      try {
        const { status, body } = await askJson(
          url,
          { method: "POST", body: JSON.stringify(question) },
          limit,
        );
        if (status === 200) return body;
        // A lease that has ended is an answer, too.
        if (path === "lease/keepalive" || path === "lease/revoke") return undefined;
        throw new CoordinatorError(`${url}: status ${status}: ${String(fieldOf(body, "message") ?? "")}`);
      } catch (error) {
        if (!(error instanceof CoordinatorError)) throw error;
        problem = error;
        this.#server = (this.#server + 1) % urls.length;
      }
    }
    throw problem;
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
