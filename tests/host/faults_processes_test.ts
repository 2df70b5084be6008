/**
 * Processes that behave badly. Pid files that come to nothing are in `native_bgprocess_test.ts`, more about readiness
 * is in `native_descriptors_test.ts`.
 */

import { assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { Signal } from "../../src/model/mod.ts";
import { fileOutput, plan, type TestHost } from "./_host.ts";
import { keepingMemory, leavingNothing } from "./_leaving_nothing.ts";

leavingNothing("a child that ends before its launch returns is reported in order", async (host) => {
  for (let id = 1; id <= 50; id++) await host.launch(plan(["true"], { id }));
  for (let id = 1; id <= 50; id++) {
    assertEquals(await host.exit(id), { kind: "exited", code: 0 });
    assertEquals(host.reports.find(({ args }) => args[0] === id)?.event, "execSucceeded");
  }
});

async function flood(host: TestHost): Promise<void> {
  const script = "head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2";
  const exit = await host.run(["sh", "-c", script], { output: { to: "buffer", size: 100 } });
  assertEquals(exit, { kind: "exited", code: 0 });
  assertEquals((await host.log()).length, 100);
}

leavingNothing("a flood of output is dropped, and the process is not blocked", async (host) => {
  await keepingMemory(host, () => flood(host));
});

leavingNothing("a process that floods its log can be ended at any time", async (host) => {
  await host.launch(plan(["yes"], { output: { to: "buffer", size: 100 } }));
  await host.logWith("y\n".repeat(50));
  assertEquals(await host.signal(1, "main", Signal.TERM, true), "sent");
  assertEquals(await host.exit(), { kind: "killed", signal: Signal.TERM, core: false });
});

leavingNothing("a process that closes its output can be ended, and leaves nothing", async (host) => {
  for (const output of [{ to: "buffer", size: 100 }, fileOutput(`${host.folder}/log`)] as const) {
    const go = `${host.folder}/go-${output.to}`;
    const script = 'echo closing; exec >&- 2>&-; : >"$0"; exec sleep 1000';
    await host.launch(plan(["sh", "-c", script, go], { output }));
    await until(() => exists(go), "the end of the output");
    if (output.to === "buffer") await host.logWith("closing\n");
    assertEquals(await host.signal(1, "main", Signal.TERM, true), "sent");
    assertEquals(await host.exit(), { kind: "killed", signal: Signal.TERM, core: false });
  }
});

leavingNothing("a process that ignores TERM is ended by KILL, with its children", async (host) => {
  const script = "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.02; done";
  await host.launch(plan(["sh", "-c", script], { output: { to: "buffer", size: 100 } }));
  const child = Number(await host.logWith("\n"));
  assertEquals(await host.signal(1, "main", Signal.TERM, true), "sent");
  assertEquals(await host.signal(1, "main", Signal.KILL, true), "sent");
  assertEquals(await host.exit(), { kind: "killed", signal: Signal.KILL, core: false });
  await until(() => !exists(`/proc/${child}/fd/0`), "the end of the child");
});

leavingNothing("remaining children of a process do not delay the report of its exit", async (host) => {
  const go = `${host.folder}/go`;
  const script = 'for i in 1 2 3; do { until [ -e "$0" ]; do sleep 0.02; done; echo late; } & done; exit 5';
  const left = plan(["sh", "-c", script, go], { output: { to: "buffer", size: 100 } });
  assertEquals(await host.run(left.argv, left), { kind: "exited", code: 5 });
  assertEquals(await host.signal(1, "main", Signal.TERM, true), "no-process");
  assertEquals(await host.log(), "");
  Deno.writeTextFileSync(go, "");
  await host.logWith("late\n".repeat(3));
});

leavingNothing(
  "half a readiness message counts, also when the process dies while writing it",
  async (host) => {
    const readiness = { fd: 5, variable: undefined };
    const died = await host.run(["sh", "-c", "printf x >&5; kill -KILL $$"], { readiness });
    assertEquals(died, { kind: "killed", signal: Signal.KILL, core: false });
    assertEquals(host.reports.map(({ event }) => event), ["execSucceeded", "ready"]);
  },
  { kinds: ["native"] },
);

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
