/**
 * Keeps a server up. A server of the runtime ends when it cannot accept a connection, such as while somebody holds so
 * many connections that no descriptor is free. Its connections end with it, so the next one can accept again.
 */

/** How long to wait before the next server begins, in milliseconds. */
const PAUSE = 250;
/** A server that ends again within this time is not reported again, in milliseconds. */
const QUIET = 60_000;

/** What a `LastingServer` needs. */
export interface LastingServerContext {
  /** Begins to listen; the server ends at the signal. Throws if that is not possible. */
  begin(): Pick<Deno.HttpServer, "finished">;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** A server has ended because of an error. Called once a minute at most. */
  broken(error: Error): void;
  /** @default 250 */
  readonly pause?: number;
}

/** Begins a server, and another one whenever it ends. */
export class LastingServer {
  readonly #context: LastingServerContext;
  #reported = -Infinity;
  /** Resolves when the signal has ended everything. */
  readonly finished: Promise<void>;

  /** Throws what the first `begin` throws. */
  constructor(context: LastingServerContext) {
    this.#context = context;
    this.finished = this.#keep(context.begin());
  }

  async #keep(first: ReturnType<LastingServerContext["begin"]>): Promise<void> {
    const { begin, signal } = this.#context;
    for (let server: typeof first | undefined = first; !signal.aborted;) {
      try {
        await server?.finished;
      } catch (error) {
        if (!signal.aborted) this.#report(error);
      }
      await this.#rest();
      if (signal.aborted) return;
      try {
        server = begin();
      } catch (error) {
        this.#report(error); // still no descriptor is free
        server = undefined;
      }
    }
  }

  #report(error: unknown): void {
    if (!(error instanceof Error)) throw error;
    const now = performance.now();
    if (now - this.#reported >= QUIET) this.#context.broken(error);
    this.#reported = now;
  }

  async #rest(): Promise<void> {
    const { signal, pause = PAUSE } = this.#context;
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, pause);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}
