/** What follows when services fail for good: `on-failure`, `--exit-on-failure` and `kill-mode`, with real daemons. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { until } from "../_patience.ts";
import { type Dinit, isRunning } from "./_dinit.ts";
import { awaitFile, both, enter, internal, native, process, scripted, type Services } from "./_hosts.ts";

/** A service that writes what it was started with to `told`, and ends. */
function teller(...settings: string[]): string {
  const script = "{ echo $DINIT_FAILED_SERVICE $DINIT_REASON $DINIT_EXIT; cat; echo end; } >>../told";
  return process(script, "restart = no", ...settings);
}

const RUNNING: Services = {
  boot: internal("waits-for = store", "waits-for = web"),
  store: process(`${enter("store")}; exec sleep 1000`),
  tell: teller(),
};

/** Waits until the file `told` has so many reports; returns them. */
async function told(dinit: Dinit, count = 1): Promise<string[]> {
  const reports = () => dinit.read("told").split("end\n").slice(0, -1);
  await dinit.until(() => reports().length >= count, `${count} reports in ${dinit.read("told")}`);
  return reports();
}

/** Waits until a service is stopped. */
async function stopped(dinit: Dinit, service: string): Promise<void> {
  const isStopped = async () => (await dinit.ctl("status", service)).stdout.includes("STOPPED");
  await until(isStopped, `the end of ${service}`);
}

/** Another program continues the daemon. */
const REPLACEMENTS: readonly [what: string, replace: (dinit: Dinit) => Promise<unknown>][] = [
  ["an upgrade", (dinit) => dinit.upgrade()],
  ["a fault", async (dinit) => {
    const { faults } = dinit;
    dinit.kill("SIGSEGV");
    await dinit.until(() => dinit.faults > faults, "the other program");
  }],
];

both("on-failure starts its service once, with the reason and the last lines of output", async (start) => {
  const lines = "n=0; while [ $n -lt 30 ]; do n=$((n+1)); echo line $n; done; ";
  await using dinit = start({
    ...RUNNING,
    web: process(`${lines} exit 7`, "restart = no", "log-type = buffer", "@meta on-failure = tell"),
  });
  const [report] = await told(dinit);
  const expected = Array.from({ length: 20 }, (_, index) => `line ${index + 11}\n`).join("");
  assertEquals(report, `web terminated 7\n${expected}`);
  await stopped(dinit, "tell");
  await dinit.ctl("start", "--no-wait", "web");
  assertEquals((await told(dinit, 2))[1], `web terminated 7\n${expected}`);
  assertEquals((await dinit.stop()).code, 0);
  assertEquals((await told(dinit, 2)).length, 2);
});

both("on-failure reports a reached restart limit, a failed start and a missing program", async (start) => {
  await using dinit = start({
    ...RUNNING,
    web: process(
      "echo restarted >>../log; exit 3",
      "restart-limit-count = 2",
      "restart-delay = 0",
      "on-failure = tell",
    ),
    script: scripted("exit 4", "on-failure = tell"),
    missing: "type = process\ncommand = /no/such/program\nrestart = no\non-failure = tell\n",
    needy: internal("depends-on = missing", "on-failure = tell"),
  });
  assertEquals(await told(dinit), ["web restart-limit 3\n"]);
  await stopped(dinit, "tell");
  await dinit.ctl("start", "script");
  assertEquals((await told(dinit, 2))[1], "script start-failed 4\n");
  await stopped(dinit, "tell");
  await dinit.ctl("start", "needy");
  assertEquals((await told(dinit, 4)).slice(2).sort(), [
    "missing exec-failed\n",
    "needy dependency-failed\n",
  ]);
});

both("a stop, a shutdown and a success start nothing", async (start) => {
  await using dinit = start({
    ...RUNNING,
    web: process(`${enter("web")}; exec sleep 1000`, "on-failure = tell"),
    good: "type = scripted\ncommand = true\non-failure = tell\n",
  });
  await dinit.printed("[  OK  ] boot");
  await dinit.ctl("stop", "web");
  await dinit.ctl("start", "good");
  await dinit.ctl("start", "web");
  await dinit.stop();
  assertEquals(dinit.read("told"), "");
});

both(
  "a service that fails when on-failure has started it starts nothing, and a missing one is logged",
  async (start) => {
    await using dinit = start({
      ...RUNNING,
      web: process("exit 1", "restart = no", "on-failure = bad", "on-failure += nosuch"),
      bad: process("echo bad >>../told; exit 1", "restart = no", "on-failure = worse"),
      worse: process("echo worse >>../told; exit 1", "restart = no", "on-failure = bad"),
    });
    await dinit.until(() => dinit.read("told") === "bad\n", "the failing service");
    await dinit.until(() => dinit.lines.some((line) => line.includes("nosuch")), "the missing service");
    await stopped(dinit, "bad");
    assertEquals(dinit.read("told"), "bad\n");
  },
);

both("the daemon ends after the service of on-failure, if nothing else runs", async (start) => {
  await using dinit = start({
    boot: process("exit 9", "restart = no", "on-failure = tell"),
    tell: teller(),
  });
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(await told(dinit), ["boot terminated 9\n"]);
});

both("failures at the same time get one run each", async (start) => {
  await using dinit = start({
    boot: internal("waits-for = one", "waits-for = two", "waits-for = store"),
    store: RUNNING.store,
    one: process(`${awaitFile("go")}; exit 1`, "restart = no", "on-failure = tell"),
    two: process(`${awaitFile("go")}; exit 2`, "restart = no", "on-failure = tell"),
    tell: teller(),
  });
  await dinit.printed("[  OK  ] boot");
  dinit.write("go", "");
  assertEquals((await told(dinit, 2)).sort(), ["one terminated 1\n", "two terminated 2\n"]);
});

for (const [what, replace] of REPLACEMENTS) {
  native(`${what} while a failure waits for its turn neither loses nor repeats it`, async (start) => {
    await using dinit = start({
      ...RUNNING,
      web: process(`${enter("web")}; exit 1`, "restart = no", "on-failure = slow"),
      slow: process(
        `echo $DINIT_FAILED_SERVICE >>../told; ${awaitFile("go")}`,
        "restart = no",
      ),
      other: process("exit 2", "restart = no", "on-failure = slow"),
    });
    await dinit.until(() => dinit.read("told") === "web\n", "the first run");
    await dinit.ctl("start", "--no-wait", "other");
    await stopped(dinit, "other");
    await replace(dinit);
    assertEquals(dinit.read("told"), "web\n");
    dinit.write("go", "");
    await dinit.until(() => dinit.read("told") === "web\nother\n", "the second run");
    await stopped(dinit, "slow");
    assertEquals(dinit.read("told"), "web\nother\n");
    assertEquals((await dinit.stop()).code, 0);
  });
}

// ---- --exit-on-failure -----------------------------------------------------------------------------------------

const FAILURES: readonly [what: string, web: string, args: string[], status: number][] = [
  ["is missing", "", ["--exit-on-failure"], 1],
  ["has a mistake", "type = process\nnonsense = 1\n", ["--exit-on-failure=5"], 5],
  ["fails to start", "type = scripted\ncommand = false\n", ["--exit-on-failure=6"], 6],
  ["ends with an error", process("exit 3", "restart = no"), ["--exit-on-failure=255"], 255],
  ["restarts too often", process("exit 0", "restart-delay = 0"), ["--exit-on-failure=9"], 9],
  ["loses what it needs", internal("depends-on = base", "restart = no"), ["--exit-on-failure"], 1],
];
for (const [what, web, args, status] of FAILURES) {
  both(`--exit-on-failure: a service that ${what}`, async (start) => {
    const base = process("sleep 0.1; exit 3", "restart = no");
    const services = { store: RUNNING.store, base, ...(web === "" ? {} : { web }) };
    await using dinit = start(services, ...args, "store", "web");
    assertEquals((await dinit.ended()).code, status);
  });
}

both("--exit-on-failure: a success, a stop and a shutdown are none", async (start) => {
  await using dinit = start(
    {
      store: RUNNING.store,
      once: process("exit 0", "restart = no"),
      soft: internal("waits-for = broken"),
      broken: "type = scripted\ncommand = false\n",
    },
    "--exit-on-failure=4",
    "store",
    "once",
    "soft",
  );
  await dinit.printed("[STOPPD] once");
  await dinit.ctl("stop", "soft");
  assertEquals((await dinit.ctl("is-started", "store")).code, 0);
  assertEquals((await dinit.stop()).code, 0);
});

both("--exit-on-failure: the service of on-failure runs before the others stop", async (start) => {
  await using dinit = start(
    {
      store: RUNNING.store,
      web: process("exit 3", "restart = no", "on-failure = tell"),
      tell: teller(),
    },
    "--exit-on-failure=8",
    "store",
    "web",
  );
  assertEquals((await dinit.ended()).code, 8);
  assertEquals(dinit.read("told"), "web terminated 3\nend\n");
});

for (const [what, replace] of REPLACEMENTS) {
  native(`--exit-on-failure: the status survives ${what}, before and after the failure`, async (start) => {
    await using dinit = start(
      {
        store: process(
          `trap '${awaitFile("stop")}; exit 0' TERM; ${enter("store")}; while :; do sleep 0.05; done`,
        ),
        web: process(`${enter("web")}; ${awaitFile("go")}; exit 3`, "restart = no"),
      },
      "--exit-on-failure=8",
      "store",
      "web",
    );
    await dinit.until(
      () => /web/.test(dinit.read("journal")) && /store/.test(dinit.read("journal")),
      "services",
    );
    await replace(dinit);
    dinit.write("go", "");
    await dinit.until(() => dinit.lines.some((line) => line.includes("exit code 3")), "the failure");
    await replace(dinit);
    dinit.write("stop", "");
    assertEquals((await dinit.ended()).code, 8);
  });
}

// ---- kill-mode -------------------------------------------------------------------------------------------------

native("kill-mode = all: a restart waits until a daemon that the service has left is gone", async (start) => {
  const left =
    `setsid sh -c 'echo $$ >../left.new; mv ../left.new ../left; trap : TERM; while :; do sleep 0.1; done'`;
  await using dinit = start({
    boot: internal("waits-for = store", "waits-for = web"),
    store: RUNNING.store,
    web: process(
      `if [ -e ../left ]; then if kill -0 $(cat ../left); then echo together >../wrong; fi; exec sleep 1000; fi; (${left} &); ${
        awaitFile("left")
      }; exit 1`,
      "kill-mode = all",
      "stop-timeout = 0.2",
      "restart-delay = 0",
    ),
  });
  await dinit.printed("[  OK  ] web", 2);
  assert(!isRunning(Number(dinit.read("left"))));
  assert(!dinit.has("wrong"));
  assertStringIncludes(dinit.lines.join("\n"), "which its main process has left");
});

native("after a fault, the daemon goes on to end the remaining processes of a service", async (start) => {
  await using dinit = start({
    boot: internal("waits-for = store", "waits-for = web"),
    store: RUNNING.store,
    web: process(
      `(sh -c 'trap : TERM; echo $$ >../left.new; mv ../left.new ../left; while :; do sleep 0.1; done' &); ${
        awaitFile("left")
      }; ${awaitFile("go")}; exit 1`,
      "kill-mode = group",
      "stop-timeout = 0",
      "restart = no",
    ),
  });
  await dinit.printed("[  OK  ] boot");
  const left = async () => {
    await dinit.until(() => dinit.has("left"), "what is left");
    return Number(dinit.read("left"));
  };
  const pid = await left();
  dinit.write("go", "");
  await dinit.until(() => dinit.lines.some((line) => line.includes("has left")), "its end");
  dinit.kill("SIGSEGV");
  await dinit.until(() => dinit.faults > 0, "the other program");
  assertStringIncludes((await dinit.ctl("status", "--long", "web")).stdout, "remaining-processes");
  assert(isRunning(pid));
  Deno.kill(pid, "SIGKILL");
  await stopped(dinit, "web");
  assertEquals((await dinit.stop()).code, 0);
});
