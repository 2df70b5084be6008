/** What the analysis of a start says is true of the engine: changing what it names changes the start, and nothing else. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { analyseStart, type StartAnalysis } from "../../src/insight/mod.ts";
import { DependencyKind, ServiceType } from "../../src/model/mod.ts";
import { World } from "../engine/_world.ts";
import { EFFORT, fc } from "../random.ts";

const { REGULAR, WAITS_FOR, MILESTONE } = DependencyKind;
const BOOT = "boot";

interface Plan {
  /** The time until it is up, in milliseconds. */
  readonly time: number;
  readonly edges: readonly { readonly to: number; readonly kind: DependencyKind }[];
}

/** Times are such that no two different sums are equal: otherwise two chains could decide together. */
const plans: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    time: fc.integer({ min: 5, max: 60 }),
    edges: fc.array(
      fc.record({ to: fc.nat(100), kind: fc.constantFrom<DependencyKind>(REGULAR, WAITS_FOR, MILESTONE) }),
      { maxLength: 3 },
    ),
  }),
  { minLength: 1, maxLength: 11 },
).map((found) =>
  found.map(({ time, edges }, index) => ({
    time: time + 2 ** index / 4096,
    edges: index === 0 ? [] : edges.map(({ to, kind }) => ({ to: to % index, kind })),
  }))
);

const nameOf = (index: number) => `s${index}`;

/** Lets an engine start everything, and analyses it. */
function started(plans: readonly Plan[], timeOf: (index: number) => number): StartAnalysis {
  const world = new World();
  const { graph } = world.manager;
  const services = plans.map((_, index) => world.add(nameOf(index), ServiceType.PROCESS));
  const boot = world.add(BOOT, ServiceType.INTERNAL);
  for (const service of services) graph.connect(boot, service, WAITS_FOR);
  for (const [index, { edges }] of plans.entries()) {
    const kinds = new Map(edges.map(({ to, kind }) => [to, kind]));
    for (const [to, kind] of kinds) graph.connect(services[index], services[to], kind);
  }
  world.manager.start(boot);
  const begun = new Map<string, number>();
  for (;;) {
    for (const { name } of world.host.launches) {
      if (!begun.has(name)) begun.set(name, world.clock.time + timeOf(Number(name.slice(1))));
    }
    const [next] = [...begun].filter(([, at]) => at !== Infinity).sort(([, a], [, b]) => a - b);
    if (next === undefined) break;
    const [name, at] = next;
    begun.set(name, Infinity);
    world.advance(Math.max(0, at - world.clock.time));
    world.execSucceeded(name);
  }
  const edges = [...world.manager.services()].flatMap(({ name, dependencies }) =>
    dependencies.map(({ to, kind }) => ({ from: name, to: to.name, kind }))
  );
  const analysis = analyseStart({ times: world.manager.times(), edges }, BOOT, world.clock.time);
  if (analysis === undefined) throw new Error("nothing was started");
  return analysis;
}

Deno.test("shortening a deciding service shortens the start, shortening any other one does not, and the next bound is right", () => {
  const checked = { deciding: 0, others: 0, bounds: 0 };
  fc.assert(
    fc.property(plans, (plans) => {
      const { total, chain, next, lost, end } = started(plans, (index) => plans[index].time);
      assertEquals([lost, end === undefined], [undefined, false]);
      assertAlmostEquals(chain.reduce((sum, { length }) => sum + length, 0), total, 1e-6);
      const deciding = new Set(chain.map(({ service }) => service));
      for (const index of plans.keys()) {
        const shorter = (other: number) => other === index ? plans[other].time * 0.9 : plans[other].time;
        const changed = started(plans, shorter).total;
        if (deciding.has(nameOf(index))) {
          checked.deciding += 1;
          assert(changed < total - 1e-6, `${nameOf(index)} decides`);
        } else {
          checked.others += 1;
          assertAlmostEquals(changed, total, 1e-6, `${nameOf(index)} does not decide`);
        }
      }
      const without = Number(next?.without.slice(1));
      const bound = started(plans, (index) => index === without ? 0 : plans[index].time);
      assertAlmostEquals(bound.total, next?.total ?? NaN, 1e-6);
      if (bound.total > 0) checked.bounds += 1;
    }),
    { numRuns: Math.ceil(20 * EFFORT) },
  );
  assert(
    Object.values(checked).every((count) => count > 0),
    `too little was checked: ${JSON.stringify(checked)}`,
  );
});
