/**
 * Why a start took as long as it did: the chain of services that decided it, as the daemon has recorded it, and what
 * would bound the start without the longest link of this chain. Pure.
 */

import type { Graph } from "../client/mod.ts";
import { DependencyKind, type ServiceTimes } from "../model/mod.ts";
import { type PhaseStep, type Segment, segmentsOf } from "./start_segments.ts";

/** One service of the deciding chain. All times are in milliseconds since 1970, lengths in milliseconds. */
export interface ChainLink {
  readonly service: string;
  /** When it no longer waited for dependencies. */
  readonly begin: number;
  /** When the service behind it could go on: it was started, or its start had failed. */
  readonly end: number;
  readonly length: number;
  /** How it ended. `running`: it has not ended yet. */
  readonly outcome: "started" | "failed" | "running";
  /** What the time was used for, in order, without gaps. */
  readonly segments: readonly Segment[];
}

/** The start without its longest link. */
export interface NextBound {
  /** The link that is left out. */
  readonly without: string;
  /** How long the start would take, in milliseconds. */
  readonly total: number;
  /** The chain that would decide then, first service first. */
  readonly chain: readonly string[];
}

/** The analysis of the last start of a service. */
export interface StartAnalysis {
  /** The service whose start is analysed. */
  readonly target: string;
  /** When it was asked for. */
  readonly begin: number;
  /** When it was started; `undefined`: it has not been. */
  readonly end: number | undefined;
  /** From `begin` to `end`, or to now. */
  readonly total: number;
  /** The deciding chain; the first service first, the target last. */
  readonly chain: readonly ChainLink[];
  /** The service before the chain, whose record is of a later start. @default absent, the chain is complete */
  readonly lost?: string;
  /** @default absent, the start is not complete, or all links take no time */
  readonly next?: NextBound;
}

/** What the daemon tells. */
export interface StartRecords {
  readonly times: readonly ServiceTimes[];
  /** The edges of the service graph. @default none, so there is no next bound */
  readonly edges?: Graph["edges"];
  /** The phases of services that the daemon still remembers. @default none, so segments are coarse */
  readonly phases?: readonly PhaseStep[];
  /** The services with a health check, whose readiness is the first good result. @default none */
  readonly checked?: ReadonlySet<string>;
}

/** The service that most starts begin with. */
const BOOT = "boot";

/**
 * The service whose start people usually mean: `boot`, or the first service that was loaded and started. `undefined` if
 * nothing was ever started.
 */
export function usualTarget(times: readonly ServiceTimes[]): string | undefined {
  return (times.find(({ name }) => name === BOOT) ?? times[0])?.name;
}

/** Two times that the engine took at the same moment may differ by this, in milliseconds, because of fractions. */
const SAME_MOMENT = 0.5;

/**
 * Analyses the last start of a service; `undefined` if it was never started.
 *
 * @param now milliseconds since 1970, the end of what has not ended
 */
export function analyseStart(records: StartRecords, target: string, now: number): StartAnalysis | undefined {
  const byName = new Map(records.times.map((times) => [times.name, times]));
  const asked = byName.get(target);
  if (asked === undefined) return undefined;
  const chain: ChainLink[] = [];
  const seen = new Set<string>();
  let lost: string | undefined;
  for (let times: ServiceTimes | undefined = asked, until = now; times !== undefined;) {
    seen.add(times.name);
    const link = linkOf(times, times === asked ? undefined : until, now, records);
    chain.unshift(link);
    const decider: string | undefined = times.decidedBy;
    if (decider === undefined || seen.has(decider)) break;
    const next = byName.get(decider);
    if (next === undefined || next.asked > link.begin + SAME_MOMENT) {
      lost = decider;
      break;
    }
    until = link.begin;
    times = next;
  }
  const end = asked.ready;
  const begin = asked.asked;
  const next = end === undefined ? undefined : nextBound(byName, records.edges, chain, target);
  return {
    target,
    begin,
    end,
    total: (end ?? now) - begin,
    chain,
    ...(lost === undefined ? {} : { lost }),
    ...(next === undefined ? {} : { next: { ...next, total: next.total - begin } }),
  };
}

/** @param released when the next link went on; `undefined` for the target */
function linkOf(
  times: ServiceTimes,
  released: number | undefined,
  now: number,
  { phases = [], checked }: StartRecords,
): ChainLink {
  const { name: service, asked, ready, ended } = times;
  const begin = times.unblocked ?? asked;
  const isUp = ready !== undefined && (released === undefined || ready <= released + SAME_MOMENT);
  const outcome = isUp ? "started" : released !== undefined || ended !== undefined ? "failed" : "running";
  const end = isUp ? ready : Math.max(begin, released ?? ended ?? now);
  return {
    service,
    begin,
    end,
    length: end - begin,
    outcome,
    segments: segmentsOf(times, { begin, end }, phases, checked?.has(service) ?? false),
  };
}

/** Starts in the same order, in which the longest link takes no time. */
function nextBound(
  byName: ReadonlyMap<string, ServiceTimes>,
  edges: Graph["edges"] | undefined,
  chain: readonly ChainLink[],
  target: string,
): NextBound | undefined {
  const longest = chain.reduce<ChainLink | undefined>(
    (best, link) => best === undefined || link.length > best.length ? link : best,
    undefined,
  );
  if (longest === undefined || longest.length <= 0 || edges === undefined) return undefined;
  const waitsFor = recordedWaits(byName, edges);
  const finished = new Map<string, { readonly at: number; readonly by: string | undefined }>();
  const open = [target];
  while (open.length > 0) {
    const name = open[open.length - 1];
    const others = waitsFor.get(name) ?? [];
    const missing = finished.has(name) ? [] : others.filter((other) => !finished.has(other));
    if (missing.length > 0) {
      open.push(...missing);
      continue;
    }
    open.pop();
    const times = byName.get(name);
    if (times === undefined || finished.has(name)) continue;
    let at = times.asked;
    let by: string | undefined;
    for (const other of others) {
      const done = finished.get(other)?.at ?? 0;
      if (done > at) [at, by] = [done, other];
    }
    finished.set(name, { at: at + (name === longest.service ? 0 : ownTime(times)), by });
  }
  const names: string[] = [];
  for (let name: string | undefined = target; name !== undefined; name = finished.get(name)?.by) {
    names.unshift(name);
  }
  return { without: longest.service, total: finished.get(target)?.at ?? 0, chain: names };
}

/** When the start of a service was over, well or not. */
function overAt({ ready, ended, unblocked, asked }: ServiceTimes): number {
  return ready ?? ended ?? unblocked ?? asked;
}

function ownTime(times: ServiceTimes): number {
  return Math.max(0, overAt(times) - (times.unblocked ?? times.asked));
}

/** The services that each service has waited for. The order of their times excludes circles. */
function recordedWaits(
  byName: ReadonlyMap<string, ServiceTimes>,
  edges: Graph["edges"],
): ReadonlyMap<string, string[]> {
  const order = new Map(
    Array.from(byName.values()).sort((a, b) =>
      overAt(a) - overAt(b) || (a.unblocked ?? a.asked) - (b.unblocked ?? b.asked)
    ).map(({ name }, index) => [name, index]),
  );
  const waits = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = edge.kind === DependencyKind.BEFORE ? [edge.to, edge.from] : [edge.from, edge.to];
    const waiting = byName.get(from);
    const awaited = byName.get(to);
    if (waiting === undefined || awaited === undefined) continue;
    const wasAwaited = overAt(awaited) <= (waiting.unblocked ?? waiting.asked) + SAME_MOMENT;
    const isEarlier = order.get(to)! < order.get(from)!; // both are in `byName`
    // A dependency is asked for together with its dependent, or is already up. Otherwise the record is of a later start.
    const isSameStart = awaited.asked <= waiting.asked + SAME_MOMENT || waiting.decidedBy === to;
    if (!wasAwaited || !isEarlier || !isSameStart) continue;
    const others = waits.get(from);
    if (others === undefined) waits.set(from, [to]);
    else others.push(to);
  }
  return waits;
}
