import { assert, assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { Dinit, dinitCommand, isRunning } from "./_dinit.ts";

/** A process service that runs until it is stopped. */
const lasting = (...settings: string[]) =>
  ["type = process", "command = sleep 1000", ...settings, ""].join("\n");
const internal = (...settings: string[]) => ["type = internal", ...settings, ""].join("\n");

Deno.test("dependencies start first, and stop last", async () => {
  await using dinit = new Dinit({
    boot: internal("depends-on = web"),
    web: lasting("depends-on = store"),
    store: lasting(),
  }).start();
  await dinit.printed("[  OK  ] boot");
  const status = await dinit.stop("SIGTERM");
  assertEquals(dinit.lines, [
    "[  OK  ] store",
    "[  OK  ] web",
    "[  OK  ] boot",
    "[STOPPD] boot",
    "[STOPPD] web",
    "[STOPPD] store",
  ]);
  assertEquals([status.code, status.signal], [0, null]);
});

Deno.test("independent services start in parallel", async () => {
  await using dinit = new Dinit({
    boot: internal("depends-on = one", "depends-on = two"),
    // Each of them ends only when it sees that the other has begun.
    one: "type = scripted\ncommand = sh -c 'touch ../a; while [ ! -e ../b ]; do sleep 0.01; done'\n"
      .replaceAll("'", '"'),
    two: "type = scripted\ncommand = sh -c 'touch ../b; while [ ! -e ../a ]; do sleep 0.01; done'\n"
      .replaceAll("'", '"'),
  }).start();
  await dinit.printed("[  OK  ] boot");
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} stops everything, with status 0, and leaves nothing running`, async () => {
    await using dinit = new Dinit({
      boot: internal("waits-for = a", "waits-for = stubborn"),
      a: lasting(),
      stubborn: [
        "type = process",
        'command = sh -c "trap : TERM; while :; do sleep 0.05; done"',
        "stop-timeout = 0.3",
        "",
      ].join("\n"),
    }).start();
    await dinit.printed("[  OK  ] boot");
    const pids = [await dinit.pidOf("a"), await dinit.pidOf("stubborn")];
    const { code } = await dinit.stop(signal);
    assertEquals(code, 0);
    assertEquals(pids.map(isRunning), [false, false]);
    const killed = /^dinit: Service stubborn with pid \d+ exceeded allowed stop time; killing\.$/;
    assert(dinit.lines.some((line) => killed.test(line)));
  });
}

Deno.test("when a process dies its dependents stop first, and all restart", async () => {
  await using dinit = new Dinit({
    boot: internal("waits-for = web"),
    web: lasting("depends-on = store"),
    store: lasting("restart-delay = 0"),
  }).start();
  await dinit.printed("[  OK  ] boot");
  const before = [await dinit.pidOf("store"), await dinit.pidOf("web")];
  Deno.kill(before[0], "SIGKILL");
  await dinit.printed("[  OK  ] web", 2);
  const after = [await dinit.pidOf("store"), await dinit.pidOf("web")];
  assert(before.every((pid) => !isRunning(pid)) && after.every(isRunning));
  const story = dinit.lines.slice(dinit.lines.indexOf("[  OK  ] boot") + 1);
  assertEquals(story[0], "dinit: Service store terminated due to signal 9");
  assert(story.indexOf("[STOPPD] web") < story.indexOf("[  OK  ] web"));
});

Deno.test("a service that keeps failing is given up after three restarts", async () => {
  await using dinit = new Dinit({
    boot: internal("waits-for = flaky"),
    flaky: "type = process\ncommand = false\nrestart-delay = 0.01\n",
  }).start();
  await dinit.printed("dinit: Service flaky restarting too quickly; stopping.");
  await dinit.printed("[STOPPD] flaky", 4);
  assertEquals(dinit.lines.filter((line) => line === "[  OK  ] flaky").length, 4);
  assertEquals((await dinit.ctl("is-started", "boot")).stdout, "STARTED\n");
});

Deno.test("smooth recovery replaces the process and no other service notices", async () => {
  await using dinit = new Dinit({
    boot: internal("depends-on = store"),
    store: lasting("smooth-recovery = yes", "restart-delay = 0"),
  }).start();
  await dinit.printed("[  OK  ] boot");
  const before = await dinit.pidOf("store");
  Deno.kill(before, "SIGKILL");
  await dinit.printed("dinit: Service store terminated due to signal 9");
  await dinit.until(() => !isRunning(before), "the old process's end");
  let after = before;
  await until(async () => {
    after = await dinit.pidOf("store").catch(() => before);
    return after !== before;
  }, "the new process");
  assert(isRunning(after));
  assertEquals(dinit.lines.filter((line) => line.startsWith("[STOPPD]")), []);
});

Deno.test("a scripted service runs its commands when it starts and stops", async () => {
  await using dinit = new Dinit({
    boot: internal("depends-on = disk"),
    disk: [
      "type = scripted",
      'command = sh -c "echo up >> ../journal"',
      'stop-command = sh -c "echo down >> ../journal"',
      "",
    ].join("\n"),
  }).start();
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("stop", "boot")).code, 0);
  await dinit.printed("[STOPPD] disk");
  await dinit.ended();
  assertEquals(dinit.read("journal"), "up\ndown\n");
});

Deno.test("a start that takes too long is interrupted", async () => {
  await using dinit = new Dinit({
    boot: internal("waits-for = slow"),
    slow: "type = scripted\ncommand = sleep 1000\nstart-timeout = 0.1\n",
  }).start();
  await dinit.printed("[FAILED] slow");
  await dinit.printed("[  OK  ] boot");
  assert(
    dinit.lines.some((line) => /^dinit: Service slow with pid \d+ exceeded allowed start time/.test(line)),
  );
  assertEquals(
    (await dinit.ctl("status", "slow")).stdout,
    "Service: slow\n    State: STOPPED (start timed out)\n",
  );
});

Deno.test("the daemon ends with 0 when no service is active any more", async () => {
  await using dinit = new Dinit({ boot: "type = process\ncommand = true\nrestart = no\n" }).start();
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(dinit.lines, ["[  OK  ] boot", "[STOPPD] boot"]);
});

Deno.test("a service asks the daemon over the connection that it was given", async () => {
  const command = dinitCommand(["ctl", "--use-passed-cfd", "list"]).join(" ");
  await using dinit = new Dinit({ boot: internal("depends-on = asks") });
  const settings = [`command = ${command}`, "options = pass-cs-fd", `logfile = ${dinit.directory}/said`];
  dinit.write("sd/asks", ["type = scripted", ...settings, ""].join("\n"));
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  assertEquals(dinit.read("said").replace(/\d+/g, "N"), "[[ ]<<   ] boot\n[{ }<<   ] asks (pid: N)\n");
});
