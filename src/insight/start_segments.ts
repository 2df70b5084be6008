/** What the time of one start was used for, as far as the daemon's facts say. Pure. */

import type { ServiceTimes } from "../model/mod.ts";

/**
 * What a part of a start was used for:
 *
 * - `console`: waiting for the console
 * - `restart-delay`: waiting until the service may be launched again
 * - `failed-start`: an attempt that failed
 * - `launch`: until the program was executed
 * - `start-up`: the program or start command prepared itself
 * - `check`: until a health check had its first good result
 * - `trigger`: until somebody set the trigger
 * - `before-launch`: one or several of these before the last launch; the daemon no longer knows which
 */
export type SegmentKind =
  | "console"
  | "restart-delay"
  | "failed-start"
  | "launch"
  | "start-up"
  | "check"
  | "trigger"
  | "before-launch";

/** A part of a start. Times are in milliseconds since 1970. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly begin: number;
  readonly end: number;
}

/** A service entered a phase: the fact `phase` of the daemon. */
export interface PhaseStep {
  readonly service: string;
  /** The name of the phase. */
  readonly to: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The facts have whole milliseconds, the times fractions. */
const ROUNDING = 1;

const KINDS: ReadonlyMap<string, SegmentKind> = new Map([
  ["waiting-for-dependencies", "launch"], // it waits no more, and the daemon is busy with others
  ["waiting-for-console", "console"],
  ["restart-delay", "restart-delay"],
  ["launching", "launch"],
  ["awaiting-readiness", "start-up"],
  ["awaiting-launcher", "start-up"],
  ["running-start-command", "start-up"],
  ["awaiting-trigger", "trigger"],
]);

/** The kinds of which only the last attempt was successful. */
const ATTEMPT: ReadonlySet<SegmentKind> = new Set(["launch", "start-up", "check"]);

/**
 * The parts of a start in order, without gaps.
 *
 * @param phases those of any services, in order
 * @param isChecked whether a health check decides about its readiness
 */
export function segmentsOf(
  times: ServiceTimes,
  { begin, end }: { readonly begin: number; readonly end: number },
  phases: readonly PhaseStep[],
  isChecked: boolean,
): Segment[] {
  if (end <= begin) return [];
  const own = phases.filter(({ service, at }) => service === times.name && at < end - ROUNDING);
  // The phase at the begin may have begun before: under load, the next one follows late.
  const first = own.findLastIndex(({ at }) => at <= begin + ROUNDING);
  const steps = own.slice(Math.max(0, first));
  const isWhole = first !== -1;
  return isWhole ? fromPhases(steps, begin, end, isChecked) : fromTimes(times, begin, end, isChecked);
}

function fromPhases(steps: readonly PhaseStep[], begin: number, end: number, isChecked: boolean): Segment[] {
  const firstLaunch = steps.findIndex(({ to }) => to === "launching");
  const lastLaunch = steps.findLastIndex(({ to }) => to === "launching");
  const segments: Segment[] = [];
  for (const [index, { to, at }] of steps.entries()) {
    const known = to === "awaiting-readiness" && isChecked ? "check" : KINDS.get(to);
    const isBefore = firstLaunch === -1 || index < firstLaunch;
    // Everything else, such as the end of a process that took too long, belongs to a failed attempt.
    const isFailed = !isBefore && (known === undefined || (ATTEMPT.has(known) && index < lastLaunch));
    const kind = isFailed ? "failed-start" : known ?? "launch";
    const part = {
      kind,
      begin: index === 0 ? begin : Math.max(begin, at),
      end: Math.min(end, steps[index + 1]?.at ?? end),
    };
    const before = segments.at(-1);
    if (before?.kind === kind) segments[segments.length - 1] = { ...before, end: part.end };
    else if (part.end > part.begin) segments.push(part);
  }
  return segments;
}

function fromTimes({ launched }: ServiceTimes, begin: number, end: number, isChecked: boolean): Segment[] {
  const kind = isChecked ? "check" : "start-up";
  if (launched === undefined || launched <= begin || launched > end) return [{ kind, begin, end }];
  const before: Segment = { kind: "before-launch", begin, end: launched };
  return launched < end ? [before, { kind, begin: launched, end }] : [before];
}
