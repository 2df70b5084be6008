/**
 * Reports of faults: one JSON file for each, in the folder `crashes` beside the main log. A fault is rare, so this is
 * loaded after one.
 */

import { PRODUCT_VERSION } from "../../model/mod.ts";
import type { FaultRecord } from "./fault_record.ts";

/** How many reports to keep. */
const KEPT = 20;
const MODE = { file: 0o600, folder: 0o700 } as const;

/** What a report says. */
export interface CrashFacts {
  readonly fault: FaultRecord;
  /** Milliseconds since the daemon was started for the first time. */
  readonly uptime: number;
  /** The faults within the limit's time, with this one. */
  readonly faults: number;
  /** The last facts of the engine before the fault, oldest first. */
  readonly recent: readonly unknown[];
}

/** Writes a report, and removes the oldest ones. Returns its path. Throws the system's error. */
export async function writeCrashReport(folder: string, facts: CrashFacts, now = new Date()): Promise<string> {
  await Deno.mkdir(folder, { recursive: true, mode: MODE.folder });
  const path = `${folder}/${now.toISOString().replaceAll(":", "-")}.json`;
  const { fault, uptime, faults, recent } = facts;
  const report = {
    time: now.toISOString(),
    fault: fault.words,
    signal: fault.signal,
    uptime,
    faults,
    pid: Deno.pid,
    version: PRODUCT_VERSION,
    runtime: Deno.version,
    system: `${Deno.build.os} ${Deno.build.arch}`,
    recent,
  };
  await Deno.writeTextFile(path, `${JSON.stringify(report, undefined, 2)}\n`, {
    createNew: true,
    mode: MODE.file,
  });
  await removeOldest(folder);
  return path;
}

async function removeOldest(folder: string): Promise<void> {
  const reports: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && /^\d{4}-\d\d-\d\dT[\d.-]+Z\.json$/.test(name)) reports.push(name);
  }
  for (const name of reports.sort().slice(0, -KEPT)) await Deno.remove(`${folder}/${name}`);
}
