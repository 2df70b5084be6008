/** Faults and kills while many services are being started: each has one process afterwards. docs/surviving.md. */

import { assertEquals } from "@std/assert";
import { type Dinit, isRunning } from "./_dinit.ts";
import { enter, internal, native, process, type Services } from "./_hosts.ts";

const COUNT = 50;
const NAMES: readonly string[] = Array.from({ length: COUNT }, (_, index) => `s${index}`);
/** Waits as the program of the service itself, and executes no other one. */
const STAYS = "while :; do sleep 1000; done";
/** Executes another program, whose command line and environment say nothing about the service. */
const LEAVES = "exec env -i sleep 1000";

/** Services that say when they run: the word is written once by each process. */
function services(script: string): Services {
  const all = NAMES.map((name) => [name, process(`${enter(`${name} $$`)}; ${script}`, "restart = no")]);
  return { ...Object.fromEntries(all), boot: internal(...NAMES.map((name) => `waits-for = ${name}`)) };
}

/** The processes that have ever run, by service. */
function processes(dinit: Dinit): Map<string, number[]> {
  const found = new Map<string, number[]>(NAMES.map((name) => [name, []]));
  for (const line of dinit.read("journal").split("\n").slice(0, -1)) {
    const [name, pid] = line.split(" ");
    found.get(name)!.push(Number(pid));
  }
  return found;
}

/** Waits until some services have been started. */
async function started(dinit: Dinit, count: number): Promise<void> {
  await dinit.until(() => dinit.read("journal").split("\n").length > count, `${count} services`);
}

/** Checks that each service has one process, which is the only one that runs, and that a stop leaves none. */
async function checkEach(dinit: Dinit): Promise<Map<string, number[]>> {
  await dinit.until(() => dinit.has("socket"), "the socket");
  while ((await dinit.ctl("is-started", "boot")).code !== 0) await dinit.ctl("wait", "--timeout=5", "boot");
  const { stdout } = await dinit.ctl("--json", "list");
  const shown = new Map<string, number>(
    JSON.parse(stdout).services.map(({ name, pid }: { name: string; pid: number }) => [name, pid]),
  );
  const all = processes(dinit);
  for (const [name, pids] of all) {
    assertEquals(pids.filter(isRunning), [shown.get(name)], `${name}: ${pids}`);
  }
  assertEquals((await dinit.stop()).code, 0);
  for (const [name, pids] of all) assertEquals(pids.filter(isRunning), [], name);
  return all;
}

for (const [what, script] of [["stay what they are", STAYS], ["execute another one", LEAVES]] as const) {
  native(`a fault while programs that ${what} are started leaves each service one process`, async (start) => {
    await using dinit = start(services(script), "--fault-limit=0");
    const faults = () => dinit.lines.filter((line) => line.includes("had a fault")).length;
    for (const [round, count] of [1, 10, 25].entries()) {
      await started(dinit, count);
      dinit.kill("SIGSEGV");
      await dinit.until(() => faults() > round, "a word about the fault");
    }
    const all = await checkEach(dinit);
    // A program that is recognised is not started a second time.
    if (script === STAYS) { for (const [name, pids] of all) assertEquals(pids.length, 1, name); }
  });
}

native("a kill while services are started leaves each service one process", async (start) => {
  await using dinit = start(services(STAYS));
  for (const count of [1, 10, 25]) {
    await started(dinit, count);
    dinit.kill("SIGKILL");
    await dinit.ended();
    dinit.start({ args: ["--host", "native"] });
  }
  await checkEach(dinit);
});
