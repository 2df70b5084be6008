/** What the machines agree through: etcd, or the API of Kubernetes. docs/lease.md. */

/** A lease that this machine holds. */
export interface Held {
  /** How long the coordinator keeps it after a renewal, in milliseconds. */
  readonly ttl: number;
  /** A number that grows with each holder, for programs that refuse the orders of an earlier one. */
  readonly token: string;
}

/** Grants a lease to one machine at a time. All methods reject with `CoordinatorError` if it does not answer. */
export interface Coordinator {
  /** Takes the lease if nobody holds it; `undefined`: somebody does. */
  acquire(): Promise<Held | undefined>;
  /** Renews the lease. False: it is lost. */
  renew(): Promise<boolean>;
  /** Gives the lease back, so that another machine need not wait for its end. */
  release(): Promise<void>;
}

/** The coordinator did not answer, or not as expected. The message names it. */
export class CoordinatorError extends Error {
  override readonly name = "CoordinatorError";
}

/** Sends a request, and returns the status and the JSON document of the answer. Rejects with `CoordinatorError`. */
export async function askJson(
  url: string,
  init: RequestInit & { readonly client?: Deno.HttpClient },
  limit: number,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(limit) });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { origin } = new URL(url);
    const isLate = error.name === "TimeoutError";
    throw new CoordinatorError(`${origin}: ${isLate ? `no answer within ${limit / 1000} s` : error.message}`);
  }
}

/** The field of a document at a path; `undefined` if it is not there. */
export function fieldOf(document: unknown, ...path: readonly string[]): unknown {
  let at = document;
  for (const name of path) at = (at as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return at;
}
