/** Storms of processes: all are reaped, and nothing is kept of them. */

import { assert, assertEquals } from "@std/assert";
import { SCALE } from "../_scale.ts";
import { fileOutput, plan, type TestHost } from "./_host.ts";
import { keepingMemory, leavingNothing } from "./_leaving_nothing.ts";

const BURST = 250;
/** How many processes one storm starts. */
const STORM = 500 * SCALE;
const FAMILY = 300;
const FAMILIES = 4 * SCALE;

/** Starts processes, a burst at a time, and sees them end. */
async function storm(host: TestHost, count: number): Promise<void> {
  for (let started = 0; started < count; started += BURST) {
    await host.launchMany(plan(["true"]), BURST);
    for (let id = 1; id <= BURST; id++) assertEquals(await host.exit(id), { kind: "exited", code: 0 });
    host.reports.length = 0;
  }
}

leavingNothing("a storm of short-lived processes", async (host) => {
  await keepingMemory(host, () => storm(host, STORM));
});

// The command host does not adopt orphans: they go to the system's init.
leavingNothing("thousands of adopted orphans are reaped", async (host) => {
  // Each shell leaves children behind that end when the shell has ended: they read from a pipe that only the shell can
  // write to.
  const script = `mkfifo "$0"; exec 4<>"$0" 3<"$0"; i=0
    while [ $i -lt ${FAMILY} ]; do { exec 4>&-; read -r x <&3; } & i=$((i+1)); done
    wc -w </proc/$$/task/$$/children`;
  const output = fileOutput(`${host.folder}/count`);
  let pipes = 0;
  const orphans = async () => {
    for (let round = 0; round < FAMILIES; round++) {
      await host.run(["sh", "-c", script, `${host.folder}/pipe${pipes++}`], { output });
    }
    while ((await host.inspect()).children > 0);
  };
  await keepingMemory(host, orphans);
  const counts = Deno.readTextFileSync(`${host.folder}/count`).trim().split("\n").map(Number);
  assert(counts.reduce((sum, count) => sum + count, 0) >= 2 * FAMILIES * FAMILY, `${counts}`);
}, { kinds: ["native"] });
