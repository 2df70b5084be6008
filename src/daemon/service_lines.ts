/** The lines of services on the console of a user's daemon at a terminal. Loaded only there. */

import {
  type Fact,
  type FactSink,
  logFilePath,
  type ServiceManager,
  type ServiceRecord,
} from "../engine/mod.ts";
import type { DaemonHost } from "../host/mod.ts";
import { FollowedLog, lookAt } from "../rotation/mod.ts";
import type { StrayErrors } from "./stray_errors.ts";

/** Shows output by whole lines. */
export interface LineDisplay {
  /** Makes room for the name of a service. */
  expect(service: string): void;
  add(service: string, piece: Uint8Array): void;
  /** The output of a service is complete. */
  end(service: string): void;
}

/** What the lines come from, and where they go. */
export interface ServiceLinesContext {
  readonly display: LineDisplay;
  readonly host: Pick<DaemonHost, "bufferedLog">;
  readonly stray: StrayErrors;
  manager(): ServiceManager;
}

/** The pause between two looks at the logs: short after output, then longer, in milliseconds. */
const SHORTEST_PAUSE = 25;
const LONGEST_PAUSE = 400;
/** How many pieces of one log to show before others have their turn. */
const PIECES_IN_A_ROW = 16;

/** The log of a service, from which new output can be read. */
interface Source {
  /** What was added; empty if nothing was. */
  next(): Uint8Array;
  close(): void;
}

/** Follows the logs of all services: files and buffers. */
export class ServiceLines implements FactSink {
  readonly #context: ServiceLinesContext;
  readonly #sources = new Map<string, Source>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = SHORTEST_PAUSE;
  #isOver = false;

  constructor(context: ServiceLinesContext) {
    this.#context = context;
  }

  /** Begins with the services that an earlier program has loaded. */
  begin(): void {
    for (const service of this.#context.manager().services()) this.#follow(service);
    this.#lookIn(SHORTEST_PAUSE);
  }

  fact(fact: Fact): void {
    if (!("id" in fact) || this.#isOver) return;
    switch (fact.kind) {
      case "loaded":
      case "reloaded": {
        const service = this.#context.manager().graph.byId(fact.id); // not yet found by its name
        if (service !== undefined) this.#follow(service);
        break;
      }
      case "unloaded":
        this.#leave(fact.service);
        break;
      case "phase":
        this.#lookIn(SHORTEST_PAUSE);
    }
  }

  /** Shows what is left, and ends. */
  close(): void {
    clearTimeout(this.#timer);
    this.#round();
    this.#isOver = true;
    for (const name of [...this.#sources.keys()]) this.#leave(name);
  }

  #follow(service: ServiceRecord): void {
    const { display } = this.#context;
    this.#leave(service.name);
    const path = logFilePath(service.description);
    const { logType } = service.description;
    const source = path !== undefined
      ? fileSource(path)
      : logType === "buffer"
      ? bufferSource(service, this.#context.host)
      : undefined;
    if (source === undefined) return;
    display.expect(service.name);
    this.#sources.set(service.name, source);
  }

  #leave(name: string): void {
    const source = this.#sources.get(name);
    if (source === undefined) return;
    this.#show(name, source);
    source.close();
    this.#context.display.end(name);
    this.#sources.delete(name);
  }

  #lookIn(pause: number): void {
    this.#pause = pause;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const isNews = this.#round();
      this.#lookIn(isNews ? SHORTEST_PAUSE : Math.min(LONGEST_PAUSE, 2 * this.#pause));
    }, pause);
  }

  #round(): boolean {
    let isNews = false;
    for (const [name, source] of this.#sources) if (this.#show(name, source)) isNews = true;
    return isNews;
  }

  /** False if there is nothing new. */
  #show(name: string, source: Source): boolean {
    for (let count = 0; count < PIECES_IN_A_ROW; count++) {
      const piece = this.#next(name, source);
      if (piece.length === 0) return count > 0;
      this.#context.display.add(name, piece);
    }
    return true;
  }

  /** A log that cannot be read is not followed any further: `dinitctl logs` tells why. */
  #next(name: string, source: Source): Uint8Array {
    try {
      return source.next();
    } catch (error) {
      if (!(error instanceof Error)) this.#context.stray.report(error);
      source.close();
      this.#sources.delete(name);
      return new Uint8Array(0);
    }
  }
}

/** A log file from its present end on: earlier output is of an earlier run. A FIFO and a device are not read. */
function fileSource(path: string): Source | undefined {
  try {
    const found = lookAt(path);
    if (found?.isFile === false) return undefined;
    const log = new FollowedLog(path, found && { inode: found.ino, offset: found.size });
    return { next: () => log.next(), close: () => log[Symbol.dispose]() };
  } catch (error) {
    if (error instanceof Error) return undefined; // it is hidden, or a grant is missing
    throw error;
  }
}

function bufferSource(service: ServiceRecord, host: Pick<DaemonHost, "bufferedLog">): Source {
  let after = host.bufferedLog(service, {})?.end ?? 0;
  return {
    next: () => {
      const found = host.bufferedLog(service, { after });
      after = found?.end ?? after;
      return found?.bytes ?? new Uint8Array(0);
    },
    close: () => {},
  };
}
