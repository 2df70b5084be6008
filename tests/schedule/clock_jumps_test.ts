/** Schedules while somebody sets the clock at random, and the machine sleeps. */

import { assert, assertEquals } from "@std/assert";
import { EFFORT, fc } from "../random.ts";
import { DAY, HOUR, MINUTE, Scene, SECOND } from "./_scene.ts";

const EVERY = 10 * MINUTE;
/** A run that is later than this was missed, and does not begin. */
const MISSED = MINUTE;
/** How soon it is noticed that somebody has set the clock. */
const NOTICED = 20 * SECOND;
const SIZES = [30 * SECOND, 5 * MINUTE, HOUR, DAY];

/** One thing that happens: time passes, the machine sleeps, or somebody sets the clock. */
type Step = { readonly kind: "pass" | "freeze" | "set"; readonly time: number };

const hours = fc.integer({ min: 0, max: 3 * HOUR });
const passing = hours.map((time): Step => ({ kind: "pass", time }));
const freezing = hours.map((time): Step => ({ kind: "freeze", time }));
const setting = fc.tuple(fc.constantFrom(...SIZES), fc.boolean()).map(
  ([size, isBack]): Step => ({ kind: "set", time: isBack ? -size : size }),
);
/** Not more jumps than the schedules remember. */
const history = fc.array(
  fc.tuple(passing, fc.oneof(freezing, setting), passing).map((steps) => [...steps]),
  { minLength: 1, maxLength: 5 },
).map((parts) => parts.flat());

/** The slots of the runs so far: each begins at a slot, or up to a minute later. */
function slotsOf(scene: Scene, name: string): number[] {
  return scene.begun.filter(({ service }) => service === name).map(({ wall }) => Math.floor(wall / EVERY));
}

/** The slots from one time to another. */
function slotsBetween(from: number, to: number): number[] {
  const first = Math.ceil(Math.min(from, to) / EVERY);
  const last = Math.floor(Math.max(from, to) / EVERY);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

Deno.test("however the clock is set, no slot runs twice, and each one that time passes runs", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      await using scene = new Scene();
      const job = scene.add("job", { cron: ["*/10 * * * *"], timezone: "UTC" });
      const zone = scene.add("zone", { cron: ["*/10 * * * *"], timezone: "America/New_York" });
      await scene.start(job, zone);
      /** Time did not pass them: it is not said whether they run. */
      const jumped = new Set<number>();
      for (const { kind, time } of steps) {
        const before = scene.wall;
        if (kind === "set") scene.setClock(time);
        if (kind === "freeze") scene.freeze(time);
        if (kind !== "pass") {
          for (const slot of slotsBetween(before, scene.wall)) jumped.add(slot);
          continue;
        }
        await scene.pass(NOTICED);
        const from = scene.wall;
        await scene.pass(time);
        const ran = new Set(slotsOf(scene, "job"));
        for (const slot of slotsBetween(from, scene.wall - MISSED)) {
          if (scene.wall - MISSED < from || jumped.has(slot) || ran.has(slot)) continue;
          throw new Error(`${new Date(slot * EVERY).toISOString()} has not run`);
        }
      }
      for (const name of ["job", "zone"]) {
        const slots = slotsOf(scene, name);
        assertEquals(slots.length, new Set(slots).size, name);
      }
      for (const { wall } of scene.begun) {
        assert(wall % EVERY < MISSED + NOTICED, new Date(wall).toISOString());
      }
    }),
    { numRuns: Math.max(1, Math.round(20 * EFFORT)) },
  );
});
