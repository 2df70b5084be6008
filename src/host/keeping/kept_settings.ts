import { logFilePath } from "../../engine/mod.ts";
import { hasProcess, type ServiceDescription } from "../../model/mod.ts";
import type { KeptLogOrder } from "./orders.ts";

/** The part of an order that the description says. */
export type KeptSettings = Omit<KeptLogOrder, "id" | "pipe" | "stage" | "since">;

/** How to keep the log of a service; `undefined`: it is not kept. */
export function keptSettings(description: ServiceDescription): KeptSettings | undefined {
  const isKept = description.logType === "kept" && hasProcess(description.type);
  const path = isKept ? logFilePath(description) : undefined;
  if (path === undefined) return undefined;
  return {
    path,
    permissions: description.logFilePermissions,
    uid: description.logFileUid,
    gid: description.logFileGid,
    maxSize: description.logMaxSize,
    maxAge: description.logMaxAge,
    keep: description.logKeep,
    keepSize: description.logKeepSize,
    compress: description.logCompress,
    stamps: description.logStamps,
    format: description.logFormat,
    rateLimit: description.logRateLimit,
  };
}
