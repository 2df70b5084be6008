/** What `logs` can show of a daemon without extensions. */

import type { ControlClient } from "../../../client/mod.ts";
import { ctlFailure } from "../../shared/failure.ts";
import { bufferedLog } from "../catlog.ts";
import { findService } from "../services.ts";
import { lastLines, type LogSource } from "./log_source.ts";

/** The buffers of a daemon without extensions, which does not tell where log files are. */
export async function oldSources(
  client: ControlClient,
  words: readonly string[],
  loaded: readonly { readonly name: string }[],
): Promise<LogSource[]> {
  const sources: LogSource[] = [];
  for (const { name } of loaded) {
    const record = await findService(client, name);
    const log = record && await bufferedLog(client, record.handle, false);
    if (log !== undefined) sources.push(new ReadSource(name, log));
    else if (words.includes(name)) {
      throw ctlFailure(
        `service '${name}' has no buffer, and this daemon does not tell where its log file is`,
      );
    }
  }
  if (sources.length === 0) {
    throw ctlFailure("no service has a log buffer, and this daemon does not tell where log files are");
  }
  return sources;
}

/** A buffer that was read as a whole. */
class ReadSource implements LogSource {
  readonly service: string;
  readonly place = "its buffer";
  readonly #bytes: Uint8Array;

  constructor(service: string, bytes: Uint8Array) {
    this.service = service;
    this.#bytes = bytes;
  }

  async *history(lines: number): AsyncIterable<Uint8Array> {
    yield lastLines(this.#bytes, lines);
  }

  next(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  [Symbol.dispose](): void {}
}
