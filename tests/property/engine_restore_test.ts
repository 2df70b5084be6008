/**
 * Random engines whose state is saved at every step: no change is forgotten, and an engine that continues from saved
 * data behaves like one that was never saved, in every phase.
 */

import { assertEquals } from "@std/assert";
import { EFFORT, fc } from "../random.ts";
import { PHASE_STATES } from "../../src/engine/lifecycle/phase.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import {
  describe,
  graphs,
  type Happening,
  happenings,
  LIVELY,
  RandomWorld,
  type ServicePlan,
} from "./engine_model.ts";

/** What a world shows after an event: its timers, and what its engine has done since the last look. */
function look({ world }: RandomWorld): string {
  const { host, console, log, clock, startActions } = world;
  const launches = host.launches.splice(0).map(({ id, role, argv }) => [id, role, argv]);
  const killed = [...host.killedAll].sort((a, b) => a - b);
  const timers = [...clock.timers.values()].map(({ id, purpose, at }) => `${id} ${purpose} ${at}`).sort();
  // A restored engine asks for the console again.
  const asked = console.calls.splice(0).filter((call) => call !== "request");
  const done = [host.signals, host.inactive, log.messages, log.services, startActions];
  return JSON.stringify([launches, killed, timers, asked, done.map((list) => list.splice(0))]);
}

/** Plays the same events twice, in one world with a new engine and host after each; notes the phases of services. */
function playTwice(plans: ServicePlan[], steps: Happening[], phases = new Set<string>()): void {
  const [steady, restored] = [new RandomWorld(plans), new RandomWorld(plans)];
  const compare = () => {
    const [expected, found] = [look(steady), look(restored)];
    if (found === expected) return;
    assertEquals(JSON.parse(found), JSON.parse(expected), describe(plans, steady.history));
  };
  try {
    for (const step of steps) {
      if (step.what === "restore" || step.what === "lose") continue;
      for (const random of [steady, restored]) {
        random.world.store.outside.length = 0;
        random.happen(step);
        assertEquals(random.world.store.outside, [], "there are changes outside of a step");
        random.world.checkSaved();
      }
      for (const { phase } of restored.services) phases.add(phase.kind);
      restored.world.restore();
      compare();
    }
    for (const random of [steady, restored]) {
      random.world.manager.shutdown(ShutdownType.POWEROFF);
      random.windDown();
      random.checkAllDown();
    }
    compare();
  } catch (error) {
    throw new Error(`${describe(plans, restored.history)}\n${error}`, { cause: error });
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
    { numRuns: Math.ceil(90 * EFFORT) },
  );
  if (EFFORT < 1) return; // too few runs for every phase
  assertEquals([...phases].sort(), Object.keys(PHASE_STATES).sort());
});

Deno.test("an engine that is restored after every event of any kind behaves like one that is not", () => {
  fc.assert(fc.property(graphs(8), happenings(40), (plans, steps) => playTwice(plans, steps)), {
    numRuns: Math.ceil(150 * EFFORT),
  });
});
