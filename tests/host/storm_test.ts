/** Very many processes at once, each with another fate. `DINIT_TEST_SCALE=50` makes 5,000 of them. */

import { assertEquals } from "@std/assert";
import { exitedWith, killedBy, LaunchStage, Signal } from "../../src/model/mod.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { SCALE } from "../_scale.ts";
import { plan } from "./_host.ts";
import { leavingNothing } from "./_leaving_nothing.ts";

const ENOENT = 2;
const COUNT = 100 * SCALE;

/** The fates of ten processes: two are not executed, one is killed while it is being made, the others end at once. */
const FATES = [
  "fails",
  "fails",
  "is killed",
  "ends",
  "ends",
  "ends",
  "ends",
  "ends",
  "ends",
  "ends",
] as const;
const COMMANDS = {
  "fails": ["/no/such/program"],
  "is killed": ["sleep", "1000"],
  "ends": ["sh", "-c", "exit 3"],
} as const;

leavingNothing("in a storm of launches, every end is told once", async (host) => {
  const fateOf = (id: number) => FATES[id % FATES.length];
  const plans = Array.from({ length: COUNT }, (_, index): LaunchPlan => {
    const id = index + 1;
    const output = id % 7 === 0 ? { to: "buffer", size: 10 } as const : { to: "null" } as const;
    return { ...plan(COMMANDS[fateOf(id)]), id, output };
  });
  const killed = plans.map(({ id }) => id).filter((id) => fateOf(id) === "is killed");
  await host.launchAll(plans, killed);
  const ends = new Map<number, unknown>();
  while (ends.size < COUNT) {
    const { event, args } = await host.next();
    if (event !== "exited" && event !== "execFailed") continue;
    const id = args[0] as number;
    assertEquals(ends.has(id), false, `the end of ${id} is told again`);
    ends.set(id, event === "exited" ? args[2] : args.slice(2));
  }
  for (const { id } of plans) {
    const expected = {
      "fails": [LaunchStage.EXECUTE, ENOENT],
      "is killed": killedBy(Signal.KILL),
      "ends": exitedWith(3),
    };
    assertEquals(ends.get(id), expected[fateOf(id)], `${id}`);
  }
}, { kinds: ["native"] });
