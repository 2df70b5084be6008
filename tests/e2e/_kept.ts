/** What tests of kept logs need: the process of the keeper, and the whole log of a service. */

import { assert } from "@std/assert";
import { archivesOf } from "../../src/rotation/mod.ts";
import { until } from "../_patience.ts";

/** The keepers of a daemon: there is at most one. */
export function keepersOf(daemon: number): number[] {
  const children = Deno.readTextFileSync(`/proc/${daemon}/task/${daemon}/children`).trim().split(" ");
  return children.filter((pid) => pid !== "" && isKeeper(pid)).map(Number);
}

function isKeeper(pid: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").includes("log-keeper");
  } catch (error) {
    if (error instanceof Error) return false; // it has just ended
    throw error;
  }
}

/** A keeper that keeps all logs. */
export async function workingKeeper(daemon: number, logs: number, other?: number): Promise<number> {
  let found: number | undefined;
  await until(() => {
    found = keepersOf(daemon).find((pid) => pid !== other && stagesOf(pid) === logs);
    return found !== undefined;
  }, () => "a keeper of logs");
  return found!; // `until` has waited for it
}

/** How many logs a keeper has begun to keep. */
function stagesOf(pid: number): number {
  try {
    const targets = Array.from(Deno.readDirSync(`/proc/${pid}/fd`), ({ name }) => {
      return Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
    });
    return targets.filter((target) => target.startsWith("/memfd:dinit log stage")).length;
  } catch (error) {
    if (error instanceof Error) return 0; // it has just ended, or has closed a descriptor
    throw error;
  }
}

/** The parts of a log as texts: the archives from the oldest on, then the file. */
export async function logParts(path: string): Promise<string[]> {
  const parts: string[] = [];
  for (const { path: archive, compressed } of archivesOf(path).reverse()) {
    const file = await Deno.open(archive);
    const stream = compressed ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable;
    parts.push(await new Response(stream).text());
  }
  return [...parts, Deno.readTextFileSync(path)];
}

/** The parts of a kept log. All but the file itself end with a whole line. */
export async function keptParts(path: string): Promise<string[]> {
  const parts = await logParts(path);
  for (const part of parts.slice(0, -1)) {
    assert(part.endsWith("\n"), `an archive of ${path} ends inside a line`);
  }
  return parts;
}
