/** `logs -f`: the lines of all selected services as they come, and what happens to the services. */

import { ControlError } from "../../../client/mod.ts";
import { type ClientEvent, EventStream, type Handles } from "../../../client/event_steps.ts";
import type { CtlIo } from "../../shared/io.ts";
import { showHistory } from "./history.ts";
import type { LineFilter } from "./line_filter.ts";
import type { LinePrinter } from "./line_printer.ts";
import { LineSplitter } from "./line_splitter.ts";
import { sourceOf } from "./buffer_source.ts";
import type { LogSource } from "./log_source.ts";
import { ServiceMarks } from "./service_marks.ts";
import { timeOfLine } from "./times.ts";

/** The pause between two reads: short after new output, then twice as long each time, in milliseconds. */
const SHORTEST_PAUSE = 20;
const LONGEST_PAUSE = 200;
/** How many pieces of one log to show before the next log has its turn. */
const PIECES_IN_A_ROW = 16;

/** What to follow. */
export interface FollowOptions {
  readonly handles: Handles;
  /** The logs of the services that are loaded. */
  readonly sources: () => Promise<LogSource[]>;
  readonly isSelected: (name: string) => boolean;
  readonly lines: number;
  readonly filter: LineFilter;
  readonly printer: LinePrinter;
  readonly io: CtlIo;
}

/** Follows until the daemon ends or nobody reads the output. Returns the exit status. */
export async function follow(options: FollowOptions): Promise<number> {
  // The events begin before the history: nothing can happen between them.
  const stream = new EventStream(options.handles, { facts: true });
  await stream.ready;
  const follower = new Follower(options);
  try {
    return await follower.run(stream);
  } finally {
    follower[Symbol.dispose]();
    await stream.close();
  }
}

/** A followed log, and the beginning of its next line. */
interface Followed {
  readonly source: LogSource;
  readonly splitter: LineSplitter;
}

class Follower implements Disposable {
  readonly #options: FollowOptions;
  readonly #logs = new Map<string, Followed>();
  readonly #marks: ServiceMarks;
  readonly #events: ClientEvent[] = [];
  #wake: () => void = () => {};
  #ended = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#marks = new ServiceMarks((mark) => options.printer.mark(mark));
  }

  async run(stream: EventStream): Promise<number> {
    const sources = await this.#options.sources();
    for (const source of sources) this.#logs.set(source.service, { source, splitter: new LineSplitter() });
    if (!await showHistory(sources, this.#options)) return 0;
    const listening = this.#listen(stream);
    for (let pause = SHORTEST_PAUSE;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const ended = this.#ended;
      const news = await this.#round();
      if (news === undefined) return 0;
      if (news) pause = SHORTEST_PAUSE / 2;
      else if (ended) break;
      await this.#rest(pause);
    }
    await listening;
    return 0;
  }

  [Symbol.dispose](): void {
    for (const { source } of this.#logs.values()) source[Symbol.dispose]();
  }

  /** Reads all logs, and then tells what has happened. `undefined` if nobody reads the output. */
  async #round(): Promise<boolean | undefined> {
    const events = this.#events.splice(0);
    let news = events.length > 0;
    for (const log of [...this.#logs.values()]) {
      const more = await this.#show(log);
      if (more === undefined) return undefined;
      news ||= more;
    }
    for (const event of events) {
      if (event.kind === "gap" || event.service === undefined || !this.#options.isSelected(event.service)) {
        continue;
      }
      if (event.kind === "fact" && LOADS.has(event.fact)) await this.#attend(event.service);
      if (!this.#marks.take(event, this.#options.io.now())) return undefined;
    }
    return this.#marks.settle(this.#options.io.now()) ? news : undefined;
  }

  async #show({ source, splitter }: Followed): Promise<boolean | undefined> {
    const { printer, filter } = this.#options;
    const { service } = source;
    for (let count = 0; count < PIECES_IN_A_ROW; count++) {
      const added = await source.next().catch((error) => {
        if (error instanceof ControlError && error.kind === "closed") return undefined;
        throw error;
      });
      if (added === undefined) return false;
      const { bytes, lost } = added;
      if (lost > 0 && !printer.mark({ service, event: "lost", detail: `${lost} bytes` })) return undefined;
      if (bytes.length === 0) return count > 0;
      for (const text of splitter.add(bytes)) {
        const time = timeOfLine(text);
        if (!filter.has(text, time)) continue;
        if (!printer.line({ service, text, ...(time === undefined ? {} : { time }) })) return undefined;
      }
    }
    return true;
  }

  /** A service was loaded, perhaps again: its log may be another one. */
  async #attend(service: string): Promise<void> {
    const { handles, printer } = this.#options;
    const document = await handles.read(service, false, ({ id }) => handles.client.query(`service ${id}`))
      .catch(() => undefined) as { readonly logFile?: string } | undefined;
    const source = await sourceOf({ name: service, ...document }, handles).catch(() => undefined);
    const known = this.#logs.get(service);
    if (source === undefined || source.place === known?.source.place) return source?.[Symbol.dispose]();
    known?.source[Symbol.dispose]();
    printer.expect(service);
    this.#logs.set(service, { source, splitter: new LineSplitter() });
    await showHistory([source], this.#options);
  }

  async #listen(stream: EventStream): Promise<void> {
    try {
      for await (const event of stream) {
        this.#events.push(event);
        this.#wake();
      }
    } catch (error) {
      // When the daemon exits, there are no more events.
      if (!(error instanceof ControlError && error.kind === "closed")) throw error;
    } finally {
      this.#ended = true;
      this.#wake();
    }
  }

  #rest(pause: number): Promise<void> {
    if (this.#events.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pause);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const LOADS: ReadonlySet<string> = new Set(["loaded", "reloaded"]);
