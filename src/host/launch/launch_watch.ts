/** Watches the launch of a process: whether its command was executed, and whether it is ready. */

import { decodeBytes, type LaunchFailure } from "../../model/mod.ts";
import type { Plain } from "../../model/saving.ts";
import { chainFailure } from "./chain_failure.ts";
import { type NamedLink, namedLinks } from "./exec_chain.ts";
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

/** What a watch of an earlier program was doing. Its pipes are open. */
export interface WatchedLaunch {
  /** `said`: what the tools have said so far; `undefined`: nothing. */
  readonly chain:
    | { readonly fd: number; readonly links: readonly NamedLink[]; readonly said?: string }
    | undefined;
  readonly readiness: { readonly fd: number; readonly announced: boolean } | undefined;
  /** The process has closed its readiness descriptor without an announcement, and its end may explain that. */
  readonly closing: boolean;
}

/** Callbacks of a watch. */
export interface LaunchWatchEvents {
  /** What `describe` says has changed. */
  changed(): void;
  /** Does work whose changes become valid together. */
  step(work: () => void): void;
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
  #chain: { readonly fd: number; readonly watch: Watch; readonly links: readonly NamedLink[] } | undefined;
  /** What the tools have said so far; `undefined`: nothing has arrived. */
  #complaint: string | undefined;
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
  followChain(fd: number, links: readonly NamedLink[]): void {
    this.#chain = { fd, links, watch: this.#attend(fd, () => this.#readChain()) };
  }

  /** Waits until the process is ready. Takes ownership of the descriptor, even if it throws `SystemCallError`. */
  followReadiness(fd: number): void {
    this.#readiness = { fd, watch: this.#attend(fd, () => this.#readReadiness()) };
  }

  /** Continues what the watch of an earlier program was doing. Throws `SystemCallError`. */
  resume({ chain, readiness, closing }: WatchedLaunch): void {
    this.#announced = closing || (readiness?.announced ?? false);
    this.#complaint = chain?.said;
    if (closing) this.#awaitEnd(performance.now() + ENDING_PATIENCE);
    if (readiness !== undefined) this.followReadiness(readiness.fd);
    if (chain !== undefined) this.followChain(chain.fd, chain.links);
  }

  /** Writes what is watched into the document of the process. */
  describe(document: { [key: string]: Plain }): void {
    if (this.#chain !== undefined) {
      const { fd, links } = this.#chain;
      const said = this.#complaint;
      const chain = { fd, inode: this.#inode(fd), links: namedLinks(links).map((link) => ({ ...link })) };
      document.chain = { ...chain, ...(said === undefined ? {} : { said }) };
    }
    if (this.#readiness !== undefined) {
      const { fd } = this.#readiness;
      document.readiness = { fd, inode: this.#inode(fd), announced: this.#announced };
    }
    if (this.#closedTimer !== undefined) document.closing = true;
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    return [this.#chain, this.#readiness].flatMap((pipe) => pipe === undefined ? [] : [pipe.fd]);
  }

  #inode(fd: number): number {
    return this.#files.inodeOf(fd, "pipe") ?? 0;
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

  /** Reads messages of the tools; false if no more are available. */
  #readChain(): boolean {
    const chain = this.#chain;
    if (chain === undefined) return false;
    if (this.#complaint === undefined && this.#isWaiting(chain.fd)) {
      this.#complaint = ""; // saved before it is read, so that a fault does not make a failure a success
      this.#events.changed();
    }
    const count = this.#read(chain.fd);
    if (count === undefined) return false;
    if (count > 0) {
      const said = this.#complaint ?? "";
      const room = MAX_COMPLAINT - said.length;
      this.#complaint = said + decodeBytes(chunk.subarray(0, Math.min(count, Math.max(room, 0))));
      this.#events.changed();
      return true;
    }
    this.#events.step(() => {
      this.#endChain();
      if (this.#complaint === undefined) this.#events.executed();
      else this.#events.failed(chainFailure(this.#complaint, chain.links));
    });
    return false;
  }

  /** Reads an announcement; bytes after the first one are ignored. False if nothing more is available. */
  #readReadiness(): boolean {
    while (this.#chain !== undefined && this.#readChain()); // execution comes before readiness
    const readiness = this.#readiness;
    if (readiness === undefined) return false;
    // Reported before it is read, so that a fault does not lose it.
    if (!this.#announced && this.#isWaiting(readiness.fd)) {
      this.#events.step(() => {
        this.#announced = true;
        this.#events.changed();
        this.#events.ready();
      });
    }
    const count = this.#readiness === readiness ? this.#read(readiness.fd) : 0;
    if (count === undefined) return false;
    if (count === 0) this.#endReadiness();
    if (count === 0 && !this.#announced) {
      this.#announced = true;
      this.#awaitEnd(performance.now() + ENDING_PATIENCE);
    }
    if (count === 0) this.#events.changed();
    return count > 0;
  }

  #isWaiting(fd: number): boolean {
    try {
      return this.#files.waitingIn(fd) > 0;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return false; // reading it fails, too
    }
  }

  /** Reports that readiness will not come, unless the process ends meanwhile: then `close` is called. */
  #awaitEnd(deadline: number): void {
    this.#closedTimer = setTimeout(() => {
      if (this.#process.isEnding() && performance.now() < deadline) return this.#awaitEnd(deadline);
      this.#events.step(() => {
        this.#closedTimer = undefined;
        this.#events.changed();
        this.#events.readinessClosed();
      });
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
