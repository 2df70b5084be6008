/** The output of a service in the memory of the daemon. */

import type { Handles } from "../../../client/event_steps.ts";
import { LogReader } from "../../../client/steps.ts";
import { type Candidate, FileSource, lastLines, type LogAddition, type LogSource } from "./log_source.ts";

/** The log of a loaded service; `undefined` if it has none. */
export async function sourceOf(
  { name, logFile }: Candidate,
  handles: Handles,
): Promise<LogSource | undefined> {
  if (logFile !== undefined) return new FileSource(name, logFile);
  const probe = await handles.read(name, false, ({ id }) => handles.client.query(`log ${id}`))
    .catch((error) => {
      if (error instanceof Error && error.name === "NotLoadedError") return undefined;
      throw error;
    });
  return probe === undefined ? undefined : new BufferSource(name, handles);
}

/** A buffer of the daemon. It holds no handle between two reads, so others can reload the service. */
class BufferSource implements LogSource {
  readonly service: string;
  readonly place = "its buffer";
  readonly #handles: Handles;
  readonly #reader: LogReader;

  constructor(service: string, handles: Handles) {
    this.service = service;
    this.#handles = handles;
    this.#reader = new LogReader(handles.client);
  }

  async *history(lines: number): AsyncIterable<Uint8Array> {
    const { bytes = new Uint8Array(0) } = await this.next() ?? {};
    yield lastLines(bytes, lines);
  }

  async next(): Promise<LogAddition | undefined> {
    return await this.#handles.read(this.service, false, ({ id }) => this.#reader.next(id)).catch((error) => {
      if (error instanceof Error && error.name === "NotLoadedError") return undefined;
      throw error;
    });
  }

  [Symbol.dispose](): void {}
}
