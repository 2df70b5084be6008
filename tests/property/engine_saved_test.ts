/** Random engines whose state is saved at every step: no change is forgotten, and a restored engine does the same. */

import { assertEquals } from "@std/assert";
import { EFFORT, fc } from "../random.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import {
  describe,
  graphs,
  type Happening,
  happenings,
  RandomWorld,
  type ServicePlan,
} from "./engine_model.ts";

/** Everything that the engine has asked of its ports, besides what a restored engine asks again. */
function calls({ world }: RandomWorld): unknown {
  const { host, log, console, clock, startActions } = world;
  return {
    launches: host.launches.map(({ id, role, argv }) => [id, role, ...argv]),
    signals: host.signals,
    inactive: host.inactive,
    killed: [...host.killedAll].sort((a, b) => a - b),
    messages: log.messages,
    services: log.services,
    console: console.calls.filter((call) => call !== "request"),
    timers: [...clock.timers.values()].map(({ id, purpose, at }) => `${id} ${purpose} ${at}`).sort(),
    startActions,
  };
}

/** Plays the same in two worlds, and restores the engine of the second one after every step. */
function playTwice(plans: ServicePlan[], steps: Happening[]): void {
  const lasting = new RandomWorld(plans);
  const restored = new RandomWorld(plans);
  try {
    for (const step of steps) {
      if (step.what === "restore" || step.what === "lose") continue;
      for (const random of [lasting, restored]) {
        random.world.store.outside.length = 0;
        random.happen(step);
        assertEquals(random.world.store.outside, [], "changes outside of a step");
        random.world.checkSaved();
      }
      restored.world.restore();
      assertEquals(calls(restored), calls(lasting));
    }
    for (const random of [lasting, restored]) {
      random.world.manager.shutdown(ShutdownType.POWEROFF);
      random.windDown();
      random.checkAllDown();
    }
    assertEquals(calls(restored), calls(lasting));
  } catch (error) {
    throw new Error(`${describe(plans, restored.history)}\n${error}`, { cause: error });
  }
}

Deno.test("an engine that is restored after every step does the same as one that goes on", () => {
  fc.assert(fc.property(graphs(8), happenings(40), playTwice), { numRuns: Math.ceil(150 * EFFORT) });
});
