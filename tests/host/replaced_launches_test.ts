/** The program of a native host is replaced while processes are being made, as by a fault: nothing of them is lost. */

import { assert, assertEquals } from "@std/assert";
import { exitedWith, killedBy } from "../../src/model/mod.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { until } from "../_patience.ts";
import { plan, type TestHost } from "./_host.ts";
import { surviving } from "./_surviving.ts";

const KILL = 9;
const TERM = 15;
/** How often to try to replace the program at the right moment. */
const ROUNDS = 20;
const COUNT = 40;
const IDS: readonly number[] = Array.from({ length: COUNT }, (_, index) => index + 1);
const STAYS = "while :; do sleep 1000; done";

/** Plans of shells that say when they run. */
function plans(folder: string, script: (id: number) => string, changes: Partial<LaunchPlan>): LaunchPlan[] {
  return IDS.map((id) => {
    const shell = `${folder}/shell-${id}`; // the name of a program is all that is left of an ended process
    Deno.symlinkSync("/bin/sh", shell);
    return plan([shell, "-c", `echo ${id} >> ${folder}/made; ${script(id)}`], { ...changes, id });
  });
}

/**
 * Replaces the program during launches, makes those again that are not known, and checks that each was made once.
 * Returns those that the next program has found or made.
 */
async function replacedMeanwhile(
  host: TestHost,
  script: (id: number) => string,
  changes: Partial<LaunchPlan> = {},
): Promise<readonly number[]> {
  const all = plans(host.folder, script, changes);
  await host.faultDuring(all);
  const before = host.reports.length;
  const made: number[] = [];
  for (const again of all) {
    if (await host.processOf(again.id) !== undefined) continue;
    const isOver = host.reports.some(({ event, args }) => event === "exited" && args[0] === again.id);
    if (isOver) continue;
    await host.launch(again);
    made.push(again.id);
  }
  const lines = () =>
    Deno.readTextFileSync(`${host.folder}/made`).trim().split("\n").map(Number).sort((a, b) => a - b);
  await until(() => lines().length >= COUNT, () => `${COUNT} processes; there are ${lines()}`);
  assertEquals(lines(), IDS);
  const found = host.reports.slice(before).filter(({ event }) => event === "launched");
  return [...made, ...found.map(({ args }) => Number(args[0]))];
}

/** Ends all processes. */
async function killed(host: TestHost): Promise<void> {
  for (const id of IDS) {
    assertEquals(await host.signal(id, "main", KILL, true), "sent");
    assertEquals(await host.exit(id), killedBy(KILL));
  }
}

surviving("processes in the making are found, and the others are unknown", async (host) => {
  await replacedMeanwhile(host, () => STAYS);
  await killed(host);
});

surviving("ends of processes in the making are reported once, and nothing is made twice", async (host) => {
  await replacedMeanwhile(host, (id) => `exit ${id}`);
  for (const id of IDS) assertEquals(await host.exit(id), exitedWith(id));
  await host.withoutChildren();
  assertEquals(host.reports.filter(({ event }) => event === "exited"), []);
});

surviving("readiness that processes in the making announce is reported, each once", async (host) => {
  const go = `${host.folder}/go`;
  const script = `while ! [ -e ${go} ]; do sleep 0.2; done; echo ready >&3; ${STAYS}`;
  await replacedMeanwhile(host, () => script, { readiness: { fd: 3, variable: undefined } });
  Deno.writeTextFileSync(go, "");
  for (const id of IDS) await host.report("ready", id);
  await killed(host);
  assertEquals(host.reports.filter(({ event }) => event === "ready" || event === "readinessClosed"), []);
});

surviving("the control connection of a process in the making is served", async (host) => {
  // The socket does not block.
  const answered = "until head -c 6 <&$DINIT_CS_FD >answer.$1 2>/dev/null; do sleep 0.1; done";
  const script = `echo hello >&$DINIT_CS_FD; ${answered}; ${STAYS}`;
  const options = { controlSocket: true, workingDir: host.folder };
  const ids = await replacedMeanwhile(host, (id) => `set -- ${id}; ${script}`, options);
  for (const id of ids) { // the others had connections to the program before
    const answer = () => Deno.readTextFileSync(`${host.folder}/answer.${id}`);
    await until(() => answer() === "HELLO\n", () => `the answer to ${id}; there is ${answer()}`);
  }
  await killed(host);
});

surviving(
  "a failure of the tools in front of a process in the making is a failed execution",
  async (host) => {
    const limits = [{ resource: "nofile", soft: 1n << 40n, hard: 1n << 40n }] as const; // more than any kernel allows
    const all = IDS.map((id) => plan(["/bin/sleep", "1000"], { id, limits }));
    await host.launchAll(all);
    await host.replace({ fault: true });
    for (const again of all) {
      const isKnown = await host.processOf(again.id) !== undefined ||
        host.reports.some(({ event, args }) => event === "execFailed" && args[0] === again.id);
      if (!isKnown) await host.launch(again);
      await host.failure(again.id);
    }
    assertEquals(host.reports.filter(({ event }) => event === "execSucceeded"), []);
    await host.withoutChildren();
  },
);

surviving("a signal that waits for a process in the making is sent to it", async (host) => {
  for (let found = 0, round = 0; found === 0; round += 1) {
    assert(round < ROUNDS, "no program was replaced while a process was being made");
    await host.faultDuring(IDS.map((id) => plan(["/bin/sleep", "1000"], { id })), IDS);
    host.reports.splice(0); // those of the program before
    await host.withoutChildren();
    found = host.reports.filter(({ event }) => event === "launched").length;
    const ends = host.reports.filter(({ event }) => event === "exited").map(({ args }) => args[2]);
    assertEquals(ends.length >= found, true, JSON.stringify(host.reports));
    for (const end of ends) assertEquals(end, killedBy(KILL));
  }
});

surviving("a launch that was under way is found by its command, with its descriptors", async (host) => {
  const go = `${host.folder}/go`;
  const script = `while ! [ -e ${go} ]; do sleep 0.1; done; echo ready >&3; exec sleep 1000`;
  const { pid } = await host.launch(
    plan(["sh", "-c", script], { readiness: { fd: 3, variable: undefined } }),
  );
  await host.executed();
  await host.replace({ forget: true, fault: true });
  await host.executed();
  assertEquals(await host.processOf(1), { pid });
  Deno.writeTextFileSync(go, "");
  await host.report("ready");
  assertEquals(await host.signal(1, "main", TERM, true), "sent");
  assertEquals(await host.exit(), killedBy(TERM));
});
