/** An engine that continues from saved data behaves like one that was never saved, in every phase. */

import { assertEquals } from "@std/assert";
import { EFFORT, fc } from "../random.ts";
import { PHASE_STATES } from "../../src/engine/lifecycle/phase.ts";
import { snapshot } from "../../src/engine/mod.ts";
import {
  describe,
  graphs,
  type Happening,
  happenings,
  LIVELY,
  RandomWorld,
  type ServicePlan,
} from "./engine_model.ts";

/** What a world shows after an event: the state of its engine, and what this has done since the last look. */
function look({ world }: RandomWorld): string {
  const { host, console, log } = world;
  const launches = host.launches.splice(0).map(({ id, role, argv }) => [id, role, argv]);
  const done = [host.signals, host.inactive, console.calls, log.messages, log.services];
  return JSON.stringify([snapshot(world.manager), launches, done.map((list) => list.splice(0))]);
}

/** Plays the same events twice, in one world with a new engine and host after each; notes the phases of services. */
function playTwice(plans: ServicePlan[], steps: Happening[], phases: Set<string>): void {
  const [steady, restored] = [new RandomWorld(plans), new RandomWorld(plans)];
  for (const step of steps) {
    steady.happen(step);
    restored.happen(step);
    for (const { phase } of restored.services) phases.add(phase.kind);
    restored.world.saveAndRestore();
    const [expected, found] = [look(steady), look(restored)];
    if (found !== expected) {
      assertEquals(JSON.parse(found), JSON.parse(expected), describe(plans, steady.history));
    }
  }
}

Deno.test("an engine that is saved and restored after every event behaves like one that is not, in every phase", () => {
  const phases = new Set<string>();
  fc.assert(
    fc.property(
      fc.noBias(graphs(8)),
      fc.noBias(happenings(250, LIVELY)),
      (plans, steps) => playTwice(plans, steps, phases),
    ),
    { numRuns: Math.ceil(60 * EFFORT) },
  );
  if (EFFORT < 1) return; // too few runs for every phase
  assertEquals([...phases].sort(), Object.keys(PHASE_STATES).sort());
});
