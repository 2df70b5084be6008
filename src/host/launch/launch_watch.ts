/** What a process says about its own launch: that its command is being executed, and that it is ready. */

import { decodeBytes, type LaunchFailure } from "../../model/mod.ts";
import { chainFailure } from "./chain_failure.ts";
import type { ChainLink } from "./exec_chain.ts";
import { type Files, Interest, type Poller, SystemCallError, type Watch } from "../../system/mod.ts";

/** How much is read at once, in bytes. What is said is short. */
const CHUNK = 4096;
/** The tools of a chain say a line or two; what goes beyond this many bytes is not kept. */
const MAX_COMPLAINT = 4096;

/**
 * How long the end of a readiness descriptor may wait for the end of a process that is on its way out, in
 * milliseconds: a busy system or a slow file holds it up.
 */
const ENDING_PATIENCE = 10_000;

/** All watches read one after the other. */
const chunk = new Uint8Array(CHUNK);

/** The process of a launch. */
export interface WatchedProcess {
  /** Whether it has ended or is on its way out. */
  isEnding(): boolean;
  /** How long to wait for its end before it counts as one that lives on, in milliseconds. */
  readonly endPatience: number;
}

/** What is told. */
export interface LaunchWatchEvents {
  executed(): void;
  failed(failure: LaunchFailure): void;
  ready(): void;
  /** The end of the descriptor came before a word, and the process goes on. */
  readinessClosed(): void;
}

/** Follows a launch, first through its chain of tools and then to readiness. */
export class LaunchWatch {
  readonly #files: Files;
  readonly #poller: Poller;
  readonly #events: LaunchWatchEvents;
  readonly #process: WatchedProcess;
  #chain: { readonly fd: number; readonly watch: Watch; readonly links: readonly ChainLink[] } | undefined;
  #complaint = "";
  #readiness: { readonly fd: number; readonly watch: Watch } | undefined;
  #announced = false;
  #closedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(files: Files, poller: Poller, events: LaunchWatchEvents, process: WatchedProcess) {
    this.#files = files;
    this.#poller = poller;
    this.#events = events;
    this.#process = process;
  }

  /** Waits for the tools to be done. Takes the descriptor over, even if it throws `SystemCallError`. */
  followChain(fd: number, links: readonly ChainLink[]): void {
    this.#chain = { fd, links, watch: this.#attend(fd, () => this.#readChain()) };
  }

  /** Waits for the process to be ready. Takes the descriptor over, even if it throws `SystemCallError`. */
  followReadiness(fd: number): void {
    this.#readiness = { fd, watch: this.#attend(fd, () => this.#readReadiness()) };
  }

  #attend(fd: number, handler: () => void): Watch {
    try {
      return this.#poller.watch(fd, Interest.READ, handler);
    } catch (error) {
      this.#files.close(fd);
      throw error;
    }
  }

  /**
   * The process has ended: what it said before that is told first. That it said nothing is told by its end. Its
   * children may go on writing without a pause, so nothing is read behind an announcement.
   */
  catchUp(): void {
    while (this.#chain !== undefined && this.#readChain());
    while (this.#readiness !== undefined && !this.#announced && this.#readReadiness());
  }

  /** Stops listening. */
  close(): void {
    this.#endChain();
    this.#endReadiness();
    clearTimeout(this.#closedTimer);
  }

  /** Takes what the tools say; false if that is all for now. */
  #readChain(): boolean {
    const chain = this.#chain;
    if (chain === undefined) return false;
    const count = this.#read(chain.fd);
    if (count === undefined) return false;
    if (count > 0) {
      const room = MAX_COMPLAINT - this.#complaint.length;
      this.#complaint += decodeBytes(chunk.subarray(0, Math.min(count, Math.max(room, 0))));
      return true;
    }
    this.#endChain();
    if (this.#complaint === "") this.#events.executed();
    else this.#events.failed(chainFailure(this.#complaint, chain.links));
    return false;
  }

  /** Takes an announcement; what follows the first byte is of no interest. False if that is all for now. */
  #readReadiness(): boolean {
    while (this.#chain !== undefined && this.#readChain()); // it was executed before it was ready
    const readiness = this.#readiness;
    if (readiness === undefined) return false;
    const count = this.#read(readiness.fd);
    if (count === undefined) return false;
    const first = !this.#announced;
    this.#announced = true;
    if (count === 0) this.#endReadiness();
    if (first) {
      if (count > 0) this.#events.ready();
      else this.#awaitEnd(performance.now() + ENDING_PATIENCE);
    }
    return count > 0;
  }

  /** Tells that readiness will not come, unless the process ends meanwhile: then `close` is called. */
  #awaitEnd(deadline: number): void {
    this.#closedTimer = setTimeout(() => {
      if (this.#process.isEnding() && performance.now() < deadline) this.#awaitEnd(deadline);
      else this.#events.readinessClosed();
    }, this.#process.endPatience);
  }

  /** How many bytes there were; 0 at the end, and for an error, which comes to the same. */
  #read(fd: number): number | undefined {
    try {
      return this.#files.read(fd, chunk);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return 0;
    }
  }

  #endChain(): void {
    if (this.#chain === undefined) return;
    this.#chain.watch.end();
    this.#files.close(this.#chain.fd);
    this.#chain = undefined;
  }

  #endReadiness(): void {
    if (this.#readiness === undefined) return;
    this.#readiness.watch.end();
    this.#files.close(this.#readiness.fd);
    this.#readiness = undefined;
  }
}
