/** The state of all services at one moment, for requests that come at the same time. */

import { type KnownSystem, readKnownSystem } from "../../client/steps.ts";
import type { DaemonLink } from "./daemon_link.ts";

/**
 * Asks the daemon for snapshots. At any number of requests, at most one query is under way and one waits. Each request gets
 * a snapshot that was taken after it came.
 */
export class Snapshots {
  readonly #link: DaemonLink;
  #running: Promise<KnownSystem> | undefined;
  #next: Promise<KnownSystem> | undefined;

  constructor(link: DaemonLink) {
    this.#link = link;
  }

  /** A snapshot that is not older than this call. Rejects with `ControlError` or `RequestFailure`. */
  take(): Promise<KnownSystem> {
    if (this.#running === undefined) return this.#ask();
    return this.#next ??= this.#afterwards(this.#running);
  }

  async #afterwards(running: Promise<KnownSystem>): Promise<KnownSystem> {
    await running.catch(() => {});
    this.#next = undefined;
    return await this.#ask();
  }

  #ask(): Promise<KnownSystem> {
    const asked = this.#question();
    this.#running = asked;
    const done = () => {
      if (this.#running === asked) this.#running = undefined;
    };
    asked.then(done, done);
    return asked;
  }

  async #question(): Promise<KnownSystem> {
    return await readKnownSystem(this.#link.connection.control);
  }
}
