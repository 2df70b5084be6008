/**
 * Holds a lease, and lets a service run exactly as long. The service is down before another machine can get the lease:
 * the time is counted from the moment at which a renewal was sent, and by a clock that goes on while the machine is
 * suspended. docs/lease.md.
 */

import { type Coordinator, CoordinatorError, type Held } from "./coordinator.ts";

/** The service that runs while the lease is held. */
export interface Led {
  /** Waits for its trigger from now on, whatever an earlier program has left. */
  arm(): Promise<void>;
  /** Lets it start; `token`: see `Held`. */
  raise(token: string): Promise<void>;
  /** Stops it, and what depends on it. Resolves when all their processes have ended. */
  lower(): Promise<void>;
  /** Kills their processes. There is no time left for anything else. */
  kill(): void;
}

/** What a holder is given. */
export interface HolderContext {
  readonly coordinator: Coordinator;
  readonly led: Led;
  /** Milliseconds that go on while the machine is suspended. */
  now(): number;
  /** Resolves after this many milliseconds, or when the holder ends. */
  pause(milliseconds: number): Promise<void>;
  /** Writes a line for people. */
  say(text: string): void;
  /** The service waits for the lease: from now on what it depends on may run. */
  ready(): void;
  /** The program is alive: for a watchdog. */
  alive(): void;
  /** How often to try to get the lease, in milliseconds. */
  readonly tryInterval: number;
  /** How often to look at the clock, in milliseconds. */
  readonly lookInterval: number;
}

/** A lease is renewed when this part of its time is over; after a renewal without an answer, sooner. */
const RENEWAL = 1 / 5;
const RETRY = 1 / 20;
/** At this part of its time, without a renewal, the service is stopped. */
const STOP_AT = 0.6;
/** At this part of its time, processes that are left are killed. */
const KILL_AT = 0.9;

interface Term extends Held {
  /** When the renewal that counts was sent. */
  from: number;
  lowering: Promise<void> | undefined;
}

/** Holds a lease as long as possible. */
export class LeaseHolder {
  readonly #context: HolderContext;
  #term: Term | undefined;
  #isEnding = false;
  #trouble: string | undefined;

  constructor(context: HolderContext) {
    this.#context = context;
  }

  /** Whether the service may run. */
  get holds(): boolean {
    return this.#term !== undefined && this.#term.lowering === undefined;
  }

  /** Works until `end`. Rejects if the daemon does not take orders any more. */
  async run(): Promise<void> {
    await this.#context.led.arm();
    this.#context.ready();
    await Promise.all([this.#keep(), this.#guard()]);
  }

  /** Stops the service, gives the lease back, and lets `run` resolve. */
  end(): void {
    this.#isEnding = true;
  }

  /** Gets the lease, and renews it. */
  async #keep(): Promise<void> {
    const { pause, tryInterval } = this.#context;
    while (!this.#isEnding) {
      const term = this.#term;
      if (term === undefined) {
        await this.#try();
        if (this.#term === undefined) await pause(tryInterval);
      } else if (term.lowering !== undefined) {
        await this.#over(term, term.lowering);
      } else {
        await pause(term.ttl * (this.#trouble === undefined ? RENEWAL : RETRY));
        if (this.#term === term && term.lowering === undefined) await this.#renew(term);
      }
    }
    const term = this.#term;
    if (term !== undefined) await this.#over(term, this.#lower(term, "this program ends"));
  }

  async #try(): Promise<void> {
    const { coordinator, now, led, say } = this.#context;
    const from = now();
    const held = await this.#ask(() => coordinator.acquire());
    if (held === undefined || held === "unknown") return;
    // The answer may have taken long, or the machine may have been suspended.
    if (now() - from >= held.ttl * RENEWAL || this.#isEnding) {
      await this.#ask(() => coordinator.release());
      return;
    }
    this.#term = { ...held, from, lowering: undefined };
    say(`holds the lease (token ${held.token})`);
    await led.raise(held.token);
  }

  async #renew(term: Term): Promise<void> {
    const { coordinator, now } = this.#context;
    const from = now();
    const renewed = await this.#ask(() => coordinator.renew());
    if (renewed === true && term.lowering === undefined) term.from = from;
    if (renewed === false) void this.#lower(term, "another machine may have the lease");
  }

  /** The service has stopped: another machine may have the lease. */
  async #over(term: Term, lowering: Promise<void>): Promise<void> {
    const { coordinator, led } = this.#context;
    await lowering;
    if (this.#term === term) this.#term = undefined;
    await this.#ask(() => coordinator.release());
    if (!this.#isEnding) await led.arm();
  }

  /** Looks at the clock, whatever else waits for an answer. */
  async #guard(): Promise<void> {
    const { now, pause, lookInterval, led, alive } = this.#context;
    while (!this.#isEnding || this.#term !== undefined) {
      alive();
      const term = this.#term;
      if (term !== undefined) {
        const age = now() - term.from;
        if (age >= term.ttl * STOP_AT && term.lowering === undefined) {
          void this.#lower(term, `it could not be renewed for ${(age / 1000).toFixed(1)} s`);
        }
        if (age >= term.ttl * KILL_AT) led.kill();
      }
      await pause(lookInterval);
    }
  }

  #lower(term: Term, why: string): Promise<void> {
    if (term.lowering === undefined) {
      this.#context.say(`stops the service: ${why}`);
      const { led } = this.#context;
      term.lowering = led.lower().catch((error) => {
        led.kill(); // the daemon does not obey
        throw error;
      });
      term.lowering.catch(() => {}); // `#over` throws it
    }
    return term.lowering;
  }

  /** The answer of the coordinator; `"unknown"` without one, which is said once. */
  async #ask<T>(question: () => Promise<T>): Promise<T | "unknown"> {
    const { say } = this.#context;
    try {
      const answer = await question();
      if (this.#trouble !== undefined) say("the coordinator answers again");
      this.#trouble = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof CoordinatorError)) throw error;
      if (this.#trouble === undefined) say(error.message);
      this.#trouble = error.message;
      return "unknown";
    }
  }
}
