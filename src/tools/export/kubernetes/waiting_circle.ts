/** Pods that wait for each other never start: their init containers wait for ports that no pod opens before. */

import { isOrdering } from "../../../model/mod.ts";
import { ExportError } from "../service_set.ts";
import { awaitedPorts } from "./other_pods.ts";
import type { Pod } from "./pods.ts";

/** A pod waits for another one because of a dependency. */
interface Wait {
  readonly from: Pod;
  readonly service: string;
  readonly to: Pod;
  readonly dependency: string;
}

/** Throws `ExportError` if pods would wait for each other in a circle. */
export function refuseCircles(pods: readonly Pod[]): void {
  const circle = circleIn(waitsOf(pods));
  if (circle.length === 0) return;
  const steps = circle.map(({ from, service, to, dependency }) =>
    `'${service}' in the pod ${from.name} depends on '${dependency}' in the pod ${to.name}`
  );
  const roots = circle.flatMap(({ from: { root } }) => root === undefined ? [] : [`'${root}'`]);
  throw new ExportError(
    `Cannot split: no pod would start, since each waits for another one: ${steps.join(", and ")}: ` +
      `leave ${roots.join(" or ")} out of --split, or replace one of these dependencies by waits-for`,
  );
}

/** All waits of init containers. */
function waitsOf(pods: readonly Pod[]): Wait[] {
  const owners = new Map(pods.flatMap((pod) => pod.members.map(({ name }) => [name, pod])));
  return pods.flatMap((from) =>
    from.members.flatMap(({ name: service, description }) =>
      description.dependencies.flatMap(({ kind, name: dependency }) => {
        const to = owners.get(dependency);
        const isAwaited = to !== undefined && to !== from && !isOrdering(kind) &&
          awaitedPorts(kind, dependency, to).length > 0;
        return isAwaited ? [{ from, service, to, dependency }] : [];
      })
    )
  );
}

/** The waits of one circle; none if there is no circle. */
function circleIn(waits: readonly Wait[]): readonly Wait[] {
  // A pod whose waits all end is in no circle, and neither are the waits for it.
  let left = waits;
  for (let before = Infinity; left.length < before;) {
    before = left.length;
    const waiting = new Set(left.map(({ from }) => from));
    left = left.filter(({ to }) => waiting.has(to));
  }
  if (left.length === 0) return [];
  // Each pod that is left waits for another one that is left, so this path comes back to itself.
  const next = new Map(left.map((wait) => [wait.from, wait]));
  const path: Wait[] = [];
  for (let wait = next.get(left[0].from); wait !== undefined; wait = next.get(wait.to)) {
    const begin = path.indexOf(wait);
    if (begin !== -1) return path.slice(begin);
    path.push(wait);
  }
  return path;
}
