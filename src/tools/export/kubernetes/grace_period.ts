/** How long the services of a pod may take to stop: the longest chain of stop timeouts. Pure functions. */

import { isOrdering } from "../../../model/mod.ts";
import type { ServiceSet } from "../service_set.ts";

/** What a service without a limit gets, in milliseconds. */
const WITHOUT_LIMIT = 600_000;
/** For the daemon itself, in seconds. */
const RESERVE = 5;

/** The seconds of the longest chain: dependents stop before their dependencies. */
export function gracePeriod(set: ServiceSet): number {
  const longest = new Map<string, number>();
  for (const start of set.keys()) measure(start, set, longest);
  return Math.ceil(Math.max(0, ...longest.values()) / 1000) + RESERVE;
}

/** Enters the chain below a service, with an explicit stack because chains may be long. */
function measure(start: string, set: ServiceSet, longest: Map<string, number>): void {
  const stack = [start];
  const open = new Set<string>();
  while (stack.length > 0) {
    const name = stack[stack.length - 1];
    const service = set.get(name);
    if (service === undefined || longest.has(name)) {
      stack.pop();
      continue;
    }
    const below = service.description.dependencies.filter(({ kind }) => !isOrdering(kind)).map((one) =>
      one.name
    );
    const missing = below.filter((one) => set.has(one) && !longest.has(one) && !open.has(one));
    if (missing.length > 0 && !open.has(name)) {
      open.add(name);
      stack.push(...missing);
      continue;
    }
    const { stopTimeout, command } = service.description;
    const own = command.length === 0 ? 0 : stopTimeout === 0 ? WITHOUT_LIMIT : stopTimeout;
    longest.set(name, own + Math.max(0, ...below.map((one) => longest.get(one) ?? 0)));
    stack.pop();
  }
}
