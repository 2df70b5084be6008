import type { ServiceDescription } from "../../model/mod.ts";
import { limitedLog } from "../output/in_place_support.ts";

/** The limits of one log file. */
export interface LogLimits {
  /** May be relative to the daemon's working directory. */
  readonly path: string;
  /** In bytes; 0: no limit. */
  readonly maxSize: number;
  /** In milliseconds; 0: no limit. */
  readonly maxAge: number;
  readonly keep: number;
  /** In bytes; 0: no limit. */
  readonly keepSize: number;
  readonly compress: boolean;
  /** The user that the service gives the file to. */
  readonly owner: number | undefined;
}

/** The limits of the log file of a service; `undefined` if it has none. */
export function logLimits(description: ServiceDescription): LogLimits | undefined {
  const path = limitedLog(description);
  if (path === undefined) return undefined;
  return {
    path,
    maxSize: description.logMaxSize,
    maxAge: description.logMaxAge,
    keep: description.logKeep,
    keepSize: description.logKeepSize,
    compress: description.logCompress,
    owner: description.logFileUid,
  };
}
