/** Faults and kills while many services are being started: each has one process afterwards. docs/surviving.md. */

import { assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
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

/** How many faults the daemon has reported. */
function faults(dinit: Dinit): number {
  return dinit.lines.filter((line) => line.includes("had a fault")).length;
}

/** Waits until some services have been started. */
async function started(dinit: Dinit, count: number): Promise<void> {
  await dinit.until(() => dinit.read("journal").split("\n").length > count, `${count} services`);
}

/** Waits until everything is started. */
async function checkStarted(dinit: Dinit): Promise<void> {
  await dinit.until(() => dinit.has("socket"), "the socket");
  await until(async () => (await dinit.ctl("is-started", "boot")).code === 0, "the start of boot");
}

/** Checks that each service has one process, which is the only one that runs, and that a stop leaves none. */
async function checkEach(dinit: Dinit): Promise<Map<string, number[]>> {
  await checkStarted(dinit);
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
    for (const [round, count] of [1, 10, 25].entries()) {
      await started(dinit, count);
      dinit.kill("SIGSEGV");
      await dinit.until(() => faults(dinit) > round, "a word about the fault");
    }
    const all = await checkEach(dinit);
    // A program that is recognised is not started a second time.
    if (script === STAYS) { for (const [name, pids] of all) assertEquals(pids.length, 1, name); }
  });
}

native(
  "readiness that services announce after a fault is heard, although they were being started",
  async (start) => {
    const names = NAMES.slice(0, 16); // as many as are made at the same time
    const script = `${enter("run")}; until [ -e ../go ]; do sleep 0.3; done; echo ready >&3; ${STAYS}`;
    const settings = ["ready-notification = pipefd:3", "start-timeout = 0", "restart = no"];
    await using dinit = start({
      ...Object.fromEntries(names.map((name) => [name, process(script, ...settings)])),
      boot: internal(...names.map((name) => `waits-for = ${name}`)),
    });
    await started(dinit, 1);
    dinit.kill("SIGSEGV"); // the others are being made, or not yet
    await dinit.until(() => faults(dinit) > 0, "a word about the fault");
    dinit.write("go", "");
    await checkStarted(dinit);
  },
);

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
