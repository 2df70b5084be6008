/** Watches the launch of a process: whether its command was executed, and whether it is ready. */

import { decodeBytes, type LaunchFailure } from "../../model/mod.ts";
import { chainFailure } from "./chain_failure.ts";
import type { ChainLink } from "./exec_chain.ts";
import { type Files, Interest, type Poller, SystemCallError, type Watch } from "../../system/mod.ts";

/** How much to read at once, in bytes. Messages are short. */
const CHUNK = 4096;
/** The tools of a chain write a line or two; the rest beyond this many bytes is dropped. */
const MAX_COMPLAINT = 4096;

/**
 * How long to wait for the exit of a process that is already exiting, in milliseconds: a busy system or a slow file
 * delays it.
 */
const ENDING_PATIENCE = 10_000;

/** Watches read one after the other, so they can share this. */
const chunk = new Uint8Array(CHUNK);

/** The process of a launch. */
export interface WatchedProcess {
  /** Whether it has ended or is exiting. */
  isEnding(): boolean;
  /** How long to wait for its end before it counts as alive, in milliseconds. */
  readonly endPatience: number;
}

/** Callbacks of a watch. */
export interface LaunchWatchEvents {
  executed(): void;
  failed(failure: LaunchFailure): void;
  ready(): void;
  /** The descriptor was closed without an announcement, and the process is alive. */
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

  /** Waits until the tools are done. Takes ownership of the descriptor, even if it throws `SystemCallError`. */
  followChain(fd: number, links: readonly ChainLink[]): void {
    this.#chain = { fd, links, watch: this.#attend(fd, () => this.#readChain()) };
  }

  /** Waits until the process is ready. Takes ownership of the descriptor, even if it throws `SystemCallError`. */
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
   * The process has ended: first reports its earlier messages. If it announced nothing, its end says so. Its children
   * may keep writing without a pause, so nothing after an announcement is read.
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

  /** Reads messages of the tools; false if there are no more for now. */
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

  /** Reads an announcement; bytes after the first one are ignored. False if there is nothing more for now. */
  #readReadiness(): boolean {
    while (this.#chain !== undefined && this.#readChain()); // execution comes before readiness
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

  /** Reports that readiness will not come, unless the process ends meanwhile: then `close` is called. */
  #awaitEnd(deadline: number): void {
    this.#closedTimer = setTimeout(() => {
      if (this.#process.isEnding() && performance.now() < deadline) this.#awaitEnd(deadline);
      else this.#events.readinessClosed();
    }, this.#process.endPatience);
  }

  /** The number of bytes; 0 at the end and for an error, which have the same effect. */
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
