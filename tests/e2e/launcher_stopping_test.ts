/**
 * The rows of section 16 of the lifecycle specification about stopping, ends and restarts. Where the reference
 * implementation has a defect (L53 to L59), the row asks for what its documentation promises.
 */

import { assert, assertEquals } from "@std/assert";
import { type Dinit, isRunning } from "./_dinit.ts";
import { awaitFile, both, enter, internal, native, process, scripted, untilTerm } from "./_hosts.ts";

/** How often a word is in the journal. */
const count = (dinit: Dinit, word: string) =>
  dinit.read("journal").split("\n").filter((line) => line === word).length;

const isStarted = async (dinit: Dinit, service: string) =>
  (await dinit.ctl("is-started", service)).stdout.trim();

/** What has been stopped, in order. */
const stopped = (dinit: Dinit) =>
  dinit.lines.filter((line) => line.startsWith("[STOPPD]")).map((line) => line.split(" ")[1]);

/** Runs until it receives the stop signal, and then ends only when a file `go` exists. */
const SLOW = untilTerm(`${enter("stopping")}; ${awaitFile("go")}`);

both("L51: a shutdown stops in the order of dependencies, and removes the socket", async (start) => {
  await using dinit = start({
    boot: internal("depends-on = web"),
    web: process("exec sleep 1000", "depends-on = store"),
    store: process("exec sleep 1000"),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("shutdown")).code, 0);
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(stopped(dinit), ["boot", "web", "store"]);
  // On a slow machine the daemon also has had the time to keep its start.
  const left = [...Deno.readDirSync(dinit.directory)].map(({ name }) => name);
  assertEquals(left.filter((name) => name !== "socket.starts"), ["sd"]);
});

both("L52: the daemon exits when its last service has stopped", async (start) => {
  await using dinit = start({ boot: process(awaitFile("go"), "restart = no") });
  await dinit.printed("[  OK  ] boot");
  dinit.write("go", "");
  const { code, signal } = await dinit.ended();
  assertEquals([code, signal], [0, null]);
  assertEquals(stopped(dinit), ["boot"]);
});

both("L53: a service that several others need stops after the slowest of them", async (start) => {
  await using dinit = start({
    boot: internal("depends-on = quick", "depends-on = slow"),
    store: process(untilTerm(enter("store"))),
    quick: internal("depends-on = store"),
    slow: process(SLOW, "depends-on = store"),
  });
  await dinit.printed("[  OK  ] boot");
  await dinit.until(() => count(dinit, "up") === 2, "the processes");
  dinit.kill("SIGTERM");
  await dinit.until(() => count(dinit, "stopping") === 1, "the slow service");
  await dinit.printed("[STOPPD] quick");
  assertEquals(count(dinit, "store"), 0);
  dinit.write("go", "");
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(stopped(dinit), ["boot", "quick", "slow", "store"]);
});

both(
  "L54: a killed process restarts once, even if a dependent stops slowly",
  async (start) => {
    await using dinit = start({
      boot: internal("waits-for = dependent"),
      store: process(`${enter("store")}; exec sleep 1000`, "restart-delay = 0"),
      dependent: process(untilTerm("sleep 0.1"), "depends-on = store", "restart = yes", "restart-delay = 0"),
    });
    await dinit.printed("[  OK  ] boot");
    await dinit.until(() => count(dinit, "up") === 1, "the dependent");
    Deno.kill(await dinit.pidOf("store"), "SIGKILL");
    await dinit.until(() => count(dinit, "up") === 2, "the dependent's return");
    assertEquals(await isStarted(dinit, "store"), "STARTED");
    assertEquals(count(dinit, "store"), 2);
    assert(isRunning(await dinit.pidOf("store")));
  },
);

/** A service that stops slowly, and a dependency that only it needs. */
const SLOW_ON_STORE = {
  boot: internal(),
  slow: process(SLOW, "depends-on = store"),
  store: process(`${enter("store")}; exec sleep 1000`),
};

/** Starts `slow` and `store`, and stops `slow` until it is on its way. */
async function stoppingSlow(dinit: Dinit): Promise<void> {
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "slow")).code, 0);
  await dinit.until(() => count(dinit, "up") === 1, "the slow service");
  assertEquals((await dinit.ctl("stop", "--no-wait", "slow")).code, 0);
  await dinit.until(() => count(dinit, "stopping") === 1, "its stop");
}

both("L55: a service that is started while it stops restarts, with its dependencies", async (start) => {
  await using dinit = start(SLOW_ON_STORE);
  await stoppingSlow(dinit);
  assertEquals((await dinit.ctl("start", "--no-wait", "slow")).code, 0);
  dinit.write("go", "");
  await dinit.until(() => count(dinit, "up") === 2, "its return");
  assertEquals((await dinit.ctl("start", "slow")).code, 0);
  assertEquals([await isStarted(dinit, "slow"), await isStarted(dinit, "store")], ["STARTED", "STARTED"]);
});

both("L56: a dependency that is started while its dependent stops keeps its process", async (start) => {
  await using dinit = start(SLOW_ON_STORE);
  await stoppingSlow(dinit);
  const pid = await dinit.pidOf("store");
  assertEquals((await dinit.ctl("start", "store")).code, 0);
  dinit.write("go", "");
  await dinit.printed("[STOPPD] slow");
  assertEquals(await isStarted(dinit, "store"), "STARTED");
  assertEquals([await dinit.pidOf("store"), count(dinit, "store")], [pid, 1]);
});

both("L58: a pinned start that fails releases its dependencies", async (start) => {
  await using dinit = start({
    boot: internal(),
    failing: scripted("exit 1", "depends-on = store"),
    store: process("exec sleep 1000"),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "--pin", "failing")).code, 1);
  await dinit.printed("[STOPPD] store");
  assertEquals((await dinit.ctl("shutdown")).code, 0);
  assertEquals((await dinit.ended()).code, 0);
});

// The command host refuses `ready-notification` (see `tests/host/rows_test.ts`).
native("L59: a smoothly replaced process stays after it has announced its readiness", async (start) => {
  await using dinit = start({
    boot: internal("waits-for = dependent"),
    store: process(
      `${enter("store")}; echo ready >&4; exec sleep 1000`,
      "ready-notification = pipefd:4",
      "smooth-recovery = yes",
      "restart-delay = 0",
      "start-timeout = 0.3",
    ),
    dependent: internal("depends-on = store"),
    longer: scripted("sleep 0.5"),
  });
  await dinit.printed("[  OK  ] boot");
  Deno.kill(await dinit.pidOf("store"), "SIGKILL");
  await dinit.until(() => count(dinit, "store") === 2, "its replacement");
  const pid = await dinit.pidOf("store");
  assertEquals((await dinit.ctl("start", "longer")).code, 0); // longer than a start may take
  assertEquals([await isStarted(dinit, "store"), await isStarted(dinit, "dependent")], [
    "STARTED",
    "STARTED",
  ]);
  assertEquals([await dinit.pidOf("store"), isRunning(pid)], [pid, true]);
  assertEquals(stopped(dinit), []);
});
