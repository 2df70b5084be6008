import { decodeBytes, encodeBytes } from "../model/mod.ts";
import type { Files } from "./files.ts";
import { SystemCallError } from "./library.ts";
import { Interest, type Poller, type Watch } from "./poller.ts";

const NEWLINE = 10;
const CHUNK = 65_536;

/** What happens on a channel. */
export interface ChannelEvents {
  /** A line has arrived. */
  line(text: string): void;
  /** The other end is closed, and everything that it has sent was read. */
  closed(): void;
}

/** Lines of text in both directions over one end of a socket pair. Sending never waits. */
export class LineChannel {
  readonly fd: number;
  readonly #files: Files;
  readonly #events: ChannelEvents;
  readonly #watch: Watch;
  readonly #chunk = new Uint8Array(CHUNK);
  /** The beginning of a line whose end has not arrived. */
  #begun = "";
  /** What the socket does not take yet. */
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #isOpen = true;

  /** @param fd non-blocking; the channel closes it. Throws `SystemCallError` */
  constructor(fd: number, files: Files, poller: Poller, events: ChannelEvents) {
    this.fd = fd;
    this.#files = files;
    this.#events = events;
    this.#watch = poller.watch(fd, Interest.READ, () => this.#ready());
  }

  /** Sends a line, as soon as the other end has room for it. It is lost if the other end is closed. */
  send(text: string): void {
    if (!this.#isOpen) return;
    this.#pending.push(encodeBytes(`${text}\n`));
    if (this.#pending.length === 1) this.#flush();
  }

  /** Closes this end. Nothing is reported any more. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.end();
    this.#files.close(this.fd);
    this.#pending = [];
  }

  #ready(): void {
    if (this.#pending.length > 0) this.#flush();
    const count = this.#read();
    if (count === undefined) return;
    if (count === 0) {
      this.close();
      this.#events.closed();
      return;
    }
    const bytes = this.#chunk.subarray(0, count);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = (this.#begun + decodeBytes(bytes.subarray(0, end))).split("\n");
    this.#begun = (end === 0 ? lines.join("\n") : "") + decodeBytes(bytes.subarray(end));
    if (end === 0) return;
    for (const line of lines) if (line !== "" && this.#isOpen) this.#events.line(line);
  }

  /** How many bytes have arrived; 0 if the other end is closed. */
  #read(): number | undefined {
    try {
      return this.#isOpen ? this.#files.read(this.fd, this.#chunk) : undefined;
    } catch (error) {
      if (error instanceof SystemCallError) return 0; // closed while something was on its way to it
      throw error;
    }
  }

  #flush(): void {
    try {
      for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
        const count = this.#files.write(this.fd, next) ?? 0;
        if (count < next.length) {
          this.#pending[0] = next.subarray(count);
          return this.#watch.change(Interest.BOTH);
        }
        this.#pending.shift();
      }
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#pending = []; // the other end is closed; reading reports that
    }
    if (this.#isOpen) this.#watch.change(Interest.READ);
  }
}
