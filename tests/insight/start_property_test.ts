/** What the analysis of a start says is true of the engine: changing what it names changes the start, and nothing else. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { analyseStart, type PhaseStep, type StartAnalysis } from "../../src/insight/mod.ts";
import { DependencyKind, ServiceType } from "../../src/model/mod.ts";
import { World } from "../engine/_world.ts";
import { EFFORT, fc } from "../random.ts";

const { REGULAR, WAITS_FOR, MILESTONE } = DependencyKind;
const BOOT = "boot";

interface Plan {
  /** The time until it is up, in milliseconds. */
  readonly time: number;
  readonly edges: readonly { readonly to: number; readonly kind: DependencyKind }[];
  /** Its start command fails then. */
  readonly fails: boolean;
}

/** Times are such that no two different sums are equal: otherwise two chains could decide together. */
const plans: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    time: fc.integer({ min: 5, max: 60 }),
    edges: fc.array(
      fc.record({ to: fc.nat(100), kind: fc.constantFrom<DependencyKind>(REGULAR, WAITS_FOR, MILESTONE) }),
      { maxLength: 3 },
    ),
    fails: fc.nat(5).map((number) => number === 0),
  }),
  { minLength: 1, maxLength: 11 },
).map((found) =>
  found.map(({ time, edges, fails }, index) => ({
    fails,
    time: time + 2 ** index / 4096,
    edges: index === 0 ? [] : edges.map(({ to, kind }) => ({ to: to % index, kind })),
  }))
);

const nameOf = (index: number) => `s${index}`;

/** Lets an engine start everything, and analyses it. */
function started(plans: readonly Plan[], timeOf: (index: number) => number): StartAnalysis {
  const world = new World();
  const phases: PhaseStep[] = [];
  world.log.forward = {
    fact(fact) {
      if (fact.kind === "phase") phases.push({ service: fact.service, to: fact.to, at: fact.at });
    },
  };
  const { graph } = world.manager;
  const services = plans.map((_, index) => world.add(nameOf(index), ServiceType.SCRIPTED));
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
    world.ends(name, { exit: plans[Number(name.slice(1))].fails ? 1 : 0 });
  }
  const edges = [...world.manager.services()].flatMap(({ name, dependencies }) =>
    dependencies.map(({ to, kind }) => ({ from: name, to: to.name, kind }))
  );
  const analysis = analyseStart({ times: world.manager.times(), edges, phases }, BOOT, world.clock.time);
  if (analysis === undefined) throw new Error("nothing was started");
  return analysis;
}

Deno.test("shortening a deciding service shortens the start, shortening any other one does not, and the next bound is right", () => {
  const checked = { deciding: 0, failed: 0, long: 0, others: 0, bounds: 0 };
  fc.assert(
    fc.property(plans, (plans) => {
      const { total, chain, next, lost, end } = started(plans, (index) => plans[index].time);
      assertEquals([lost, end === undefined], [undefined, false]);
      assertAlmostEquals(chain.reduce((sum, { length }) => sum + length, 0), total, 1e-6);
      for (const { segments, length } of chain) {
        assertAlmostEquals(segments.reduce((sum, { begin, end }) => sum + end - begin, 0), length, 1e-6);
      }
      if (chain.length > 3) checked.long += 1;
      if (chain.some(({ outcome }) => outcome === "failed")) checked.failed += 1;
      // One that fails with its dependency takes no time.
      const deciding = new Set(chain.filter(({ length }) => length > 0).map(({ service }) => service));
      for (const index of plans.keys()) {
        const decides = deciding.has(nameOf(index));
        // A little is enough where it decides; nothing is enough where it does not.
        const rest = decides ? 0.9 : 0;
        const shorter = (other: number) => plans[other].time * (other === index ? rest : 1);
        const changed = started(plans, shorter).total;
        checked[decides ? "deciding" : "others"] += 1;
        if (decides) assert(changed < total - 1e-6, `${nameOf(index)} decides`);
        else assertAlmostEquals(changed, total, 1e-6, `${nameOf(index)} does not decide`);
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
