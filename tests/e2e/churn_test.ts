/** Upgrades and faults while services of all types start, stop and are killed: nobody notices, and nothing grows. */

import { assert, assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { SCALE } from "../_scale.ts";
import { Churn, services, type Usage, usageOf } from "./_churn.ts";
import { Dinit } from "./_dinit.ts";

/** How many upgrades and how many faults: 200 of each with a scale of 50. */
const ROUNDS = 4 * SCALE;
/** How many services nobody disturbs: 200 with a scale of 10. */
const STILL = Math.min(200, 20 * SCALE);

Deno.test("services do not notice upgrades and faults while others come and go (native host)", async () => {
  await using dinit = new Dinit({});
  for (const [name, text] of Object.entries(services(STILL, dinit.directory))) {
    dinit.write(`sd/${name}`, text);
  }
  await outputOf("mkfifo", { args: [`${dinit.directory}/pipe`] });
  dinit.start({ args: ["--host", "native", "--fault-limit=0"] });
  using _ = { [Symbol.dispose]: () => dinit.write("end", "") }; // or the service never stops
  await dinit.until(() => dinit.has("socket"), "the start");
  using churn = await Churn.begin(dinit);
  const { starting, stopping, delayed } = await churn.states();
  assertEquals([starting, stopping, delayed], ["starting", "stopping", "starting"]);
  const usage: Usage[] = [];
  const pauses = { upgrade: [] as number[], fault: [] as number[] };
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const moved = churn.move(round);
    const begin = performance.now();
    if (round % 2 === 0) await churn.upgrade();
    else {
      dinit.kill("SIGSEGV");
      await churn.states();
    }
    pauses[round % 2 === 0 ? "upgrade" : "fault"].push(performance.now() - begin);
    await moved;
    const { before, now } = await churn.check();
    assertEquals(now, before, `round ${round}`);
    usage.push(usageOf(dinit.pid));
  }
  const faults = dinit.lines.filter((line) => line.includes("dinit had a fault")).length;
  assertEquals(faults, ROUNDS);
  report(usage, pauses);
  // The first program was not replaced yet, and the second was upgraded: compare like with like.
  const [, first] = usage;
  const last = usage.at(-1)!;
  assert(
    last.descriptors <= first.descriptors + 2,
    `${last.descriptors} of ${first.descriptors} descriptors`,
  );
  assert(last.threads <= first.threads + 1, `${last.threads} of ${first.threads} threads`);
  for (const file of ["go", "end"]) dinit.write(file, "");
  assertEquals((await dinit.stop()).code, 0);
});

/** Prints what a large run has measured. */
function report(usage: readonly Usage[], pauses: Readonly<Record<string, readonly number[]>>): void {
  if (SCALE < 10) return;
  for (const index of [1, 2, Math.floor(usage.length / 2), usage.length - 2, usage.length - 1]) {
    console.log(`round ${index}: ${JSON.stringify(usage[index])}`);
  }
  for (const [kind, times] of Object.entries(pauses)) {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(sorted[Math.floor(part * (sorted.length - 1))]);
    console.log(`${kind}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`);
  }
}
