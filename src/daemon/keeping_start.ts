/** Collects what is known of the daemon's start, and writes it into a file of the state folder. */

import type { EventRing, ServiceManager } from "../engine/mod.ts";
import { kernelTime } from "../insight/kernel_time.ts";
import { EARLIER_STARTS, type KeptStart, packedStart } from "../model/kept_start.ts";
import { reasonText, type ServiceTimes } from "../model/mod.ts";

const MODE = { file: 0o600, folder: 0o700 } as const;
/** How many services to keep, so that a file has about a megabyte at most. */
const MOST_SERVICES = 10_000;
/** How many edges to keep. With more, nothing is said about a start without its longest link. */
const MOST_EDGES = 50_000;

/**
 * The start of a daemon, as far as its engine knows it now.
 *
 * @param checked the services with a health check
 * @param began when the daemon began, in milliseconds since 1970
 */
export function collectedStart(
  manager: ServiceManager,
  ring: EventRing,
  checked: readonly string[],
  began: number,
): KeptStart {
  const written = Date.now();
  const times = mostImportant(manager.times());
  const names = new Set(times.map(({ name }) => name));
  const phases: KeptStart["phases"][number][] = [];
  for (const fact of ring.saved()) {
    if (fact.kind === "phase" && names.has(fact.service)) {
      phases.push({ service: fact.service, to: fact.to, at: Math.trunc(fact.at) });
    }
  }
  const edges = edgesOf(manager, names);
  return {
    began,
    written,
    kernel: kernelTime({ pid: Deno.pid, uptime: written - began }),
    times,
    edges: edges.length > MOST_EDGES ? [] : edges,
    phases,
    checked: checked.filter((name) => names.has(name)),
  };
}

/** Of very many services, those that decided when the first ones were up, and others as far as there is room. */
function mostImportant(all: readonly ServiceTimes[]): readonly ServiceTimes[] {
  if (all.length <= MOST_SERVICES) return all;
  const byName = new Map(all.map((times) => [times.name, times]));
  const kept = new Set<ServiceTimes>();
  const first = byName.get("boot") ?? all[0];
  for (let next: ServiceTimes | undefined = first; next !== undefined && !kept.has(next);) {
    kept.add(next);
    next = next.decidedBy === undefined ? undefined : byName.get(next.decidedBy);
  }
  for (const times of all) {
    if (kept.size >= MOST_SERVICES) break;
    kept.add(times);
  }
  return [...kept];
}

function edgesOf(manager: ServiceManager, names: ReadonlySet<string>): KeptStart["edges"][number][] {
  const edges: KeptStart["edges"][number][] = [];
  for (const { name, dependencies } of manager.services()) {
    if (!names.has(name)) continue;
    for (const { to, kind } of dependencies) {
      if (names.has(to.name)) edges.push({ from: name, to: to.name, kind });
    }
  }
  return edges;
}

/** What `keepStart` calls. */
export interface KeepingContext {
  /** The number that the start has already. @default undefined, it gets the next one */
  readonly own: number | undefined;
  /** The number is chosen. Comes before the file has its name, so that nobody takes it for an earlier start. */
  numbered(number: number): void;
  warn(text: string): void;
}

/** Writes a start, and removes the oldest ones. A failure costs one warning. */
export async function keepStart(
  folder: string,
  start: KeptStart,
  { own, numbered, warn }: KeepingContext,
): Promise<void> {
  let unfinished: string | undefined;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: MODE.folder });
    const numbers = await numbersIn(folder);
    const number = own ?? Math.max(0, ...numbers) + 1;
    const path = `${folder}/${number}.json`;
    unfinished = `${path}.new`;
    await Deno.writeTextFile(unfinished, `${JSON.stringify(packedStart(start))}\n`, { mode: MODE.file });
    numbered(number);
    await Deno.rename(unfinished, path);
    for (const old of numbers) {
      // What cannot be removed does no harm.
      if (old < number - EARLIER_STARTS) await Deno.remove(`${folder}/${old}.json`).catch(() => {});
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (unfinished !== undefined) await Deno.remove(unfinished).catch(() => {}); // part of a file, or none
    warn(`cannot keep this start in ${folder} for dinitctl analyze: ${reasonText(error)}`);
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const [, number] = /^(\d{1,9})\.json$/.exec(name) ?? [];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers;
}
