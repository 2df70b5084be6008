/** The end of what a service has written to its log. */

import type { ServiceRecord } from "../engine/mod.ts";
import type { DaemonHost } from "../host/mod.ts";
import { logFileTail } from "../host/output/log_file_tail.ts";
import { decodeBytes } from "../model/mod.ts";
import { settled } from "./settled.ts";

/** How long to wait for the rest of the output, in milliseconds: children of the process may keep its pipe open. */
const READ_LIMIT = 500;
/** The same for a kept log, in milliseconds: its keeper may just be starting. */
const KEPT_LIMIT = 5000;
const RESTARTED = "(dinit: note: service restarted)\n";

/** From where the output of services is read. */
export interface OutputContext {
  readonly host: Pick<DaemonHost, "bufferedLog" | "outputRead">;
  /** The path of the service's log file; `undefined` if it has none. */
  logFile(service: ServiceRecord): string | undefined;
}

/** Which part to read. */
export interface OutputPart {
  /** At most this many bytes. */
  readonly bytes: number;
  /** A log file counts only if it was written after this time, in milliseconds since 1970. */
  readonly notBefore: number;
}

/** The end of the output of the last process, as lossless text. Empty if the service keeps none. */
export async function endOfOutput(
  { host, logFile }: OutputContext,
  service: ServiceRecord,
  { bytes, notBefore }: OutputPart,
): Promise<string> {
  const { logType } = service.description;
  const limit = logType === "kept" ? KEPT_LIMIT : logType === "buffer" ? READ_LIMIT : undefined;
  if (limit !== undefined && host.outputRead !== undefined) {
    await settled(host.outputRead(service.id), limit);
  }
  if (logType === "buffer") {
    const all = host.bufferedLog(service, {})?.bytes ?? new Uint8Array(0);
    const runs = decodeBytes(all.subarray(-bytes)).split(RESTARTED);
    // The next process may have started meanwhile and has written nothing yet.
    return (runs.at(-1) || runs.at(-2)) ?? "";
  }
  const path = logFile(service);
  return path === undefined ? "" : decodeBytes(await logFileTail(path, { bytes, notBefore }));
}
