/**
 * Random services, random orders, random processes, random time. DINIT_PROPERTY_RUNS multiplies how much is tried
 * (1 takes some seconds).
 */

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

/** Events that give no service that is up a reason to stop. */
const HARMLESS = new Set(["start", "wake", "enable", "add"]);

/** Performs the events and then `end`; a failure shows them. */
function play(plans: ServicePlan[], steps: Happening[], end: (random: RandomWorld) => void): void {
  const random = new RandomWorld(plans);
  try {
    for (const step of steps) {
      const settled = random.settledServices();
      random.happen(step);
      random.check();
      if (HARMLESS.has(step.what)) random.checkStillUp(settled);
    }
    end(random);
  } catch (error) {
    throw new Error(`${describe(plans, random.history)}\n${error}`, { cause: error });
  }
}

Deno.test("in all situations the invariants hold, and a shutdown ends everything", () => {
  fc.assert(
    fc.property(graphs(40), happenings(120), (plans, steps) => {
      play(plans, steps, (random) => {
        random.world.manager.shutdown(ShutdownType.POWEROFF);
        random.check();
        random.windDown();
        random.checkAllDown();
      });
    }),
    { numRuns: Math.ceil(2000 * EFFORT) },
  );
});

Deno.test("small graphs with many interactions", () => {
  fc.assert(
    fc.property(graphs(5), happenings(40), (plans, steps) => {
      play(plans, steps, (random) => {
        random.world.manager.shutdown(ShutdownType.POWEROFF);
        random.windDown();
        random.checkAllDown();
      });
    }),
    { numRuns: Math.ceil(8000 * EFFORT) },
  );
});

Deno.test("released services without a pin stop without a shutdown", () => {
  const unchained = graphs(12).map((plans) =>
    plans.map((plan) => ({ ...plan, settings: { ...plan.settings, chainTo: "" } }))
  );
  fc.assert(
    fc.property(unchained, happenings(60), (plans, steps) => {
      play(plans, steps, (random) => {
        for (const service of random.services) {
          random.world.manager.unpin(service);
          random.world.manager.release(service);
          random.check();
        }
        random.windDown();
        random.checkAllDown();
      });
    }),
    { numRuns: Math.ceil(3000 * EFFORT) },
  );
});
