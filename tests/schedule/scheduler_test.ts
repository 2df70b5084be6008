/** When services run: regular times, jumps of the clock, pauses of the machine, and what was missed. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ServiceState } from "../../src/model/mod.ts";
import { DAY, HOUR, MINUTE, Scene, SECOND } from "./_scene.ts";

const CRON = (expression: string) => ({ cron: [expression], timezone: "UTC" });

Deno.test("a scheduled service runs at its times, and not when it starts", async () => {
  await using scene = new Scene();
  await scene.start(scene.add("job", CRON("*/15 * * * *")));
  assertEquals(scene.runs, []);
  await scene.pass(HOUR);
  assertEquals(scene.runs, [
    "12:15:00 job schedule",
    "12:30:00 job schedule",
    "12:45:00 job schedule",
    "13:00:00 job schedule",
  ]);
});

Deno.test("an interval counts from start to start, without a drift", async () => {
  await using scene = new Scene();
  await scene.start(scene.add("job", { interval: 10 * MINUTE }));
  await scene.pass(30 * MINUTE);
  assertEquals(scene.runs, ["12:10:00 job schedule", "12:20:00 job schedule", "12:30:00 job schedule"]);
});

Deno.test("a service that is stopped does not run, and runs again after a start", async () => {
  await using scene = new Scene();
  const job = scene.add("job", CRON("* * * * *"));
  await scene.start(job);
  await scene.pass(MINUTE);
  scene.world.manager.stop(job);
  assertEquals(job.state, ServiceState.STOPPED);
  await scene.pass(10 * MINUTE);
  assertEquals(scene.runs.length, 1);
  await scene.start(job);
  await scene.pass(MINUTE);
  assertEquals(scene.runs, ["12:01:00 job schedule", "12:12:00 job schedule"]);
});

Deno.test("a clock that is set back lets no slot run twice, and the schedule goes on", async () => {
  await using scene = new Scene();
  await scene.start(scene.add("job", CRON("0 * * * *")));
  await scene.pass(90 * MINUTE); // 13:30
  scene.setClock(-HOUR); // 12:30
  await scene.pass(2 * HOUR); // 14:30
  assertEquals(scene.runs, ["13:00:00 job schedule", "14:00:00 job schedule"]);
  assertMatch(scene.log[0], /^The clock was set by -3600 s/);
});

Deno.test("a clock that was wrong by a day, and is corrected, keeps no service from running", async () => {
  await using scene = new Scene();
  await scene.start(scene.add("job", CRON("0 * * * *")));
  await scene.pass(90 * MINUTE); // 13:30
  scene.setClock(DAY);
  await scene.pass(HOUR); // 14:30 of the next day
  scene.setClock(-DAY);
  await scene.pass(HOUR); // 15:30
  assertEquals(scene.runs, ["13:00:00 job schedule", "14:00:00 job schedule", "15:00:00 job schedule"]);
  assertEquals(scene.log.filter((line) => line.includes("was missed")).length, 1);
});

Deno.test("a clock that is set a little forward past a time lets the service run at once", async () => {
  await using scene = new Scene();
  await scene.start(scene.add("job", CRON("0 13 * * *")));
  await scene.pass(59 * MINUTE + 50 * SECOND);
  scene.setClock(20 * SECOND);
  await scene.pass(MINUTE);
  assertEquals(scene.runs.length, 1);
  scene.setClock(-30 * SECOND);
  await scene.pass(5 * MINUTE);
  assertEquals(scene.runs.length, 1);
});

Deno.test("daylight saving: a fixed time in the gap runs after it, and a repeated one runs once", async () => {
  const zurich = { cron: ["30 2 * * *"], timezone: "Europe/Zurich" };
  await using spring = new Scene({ at: "2026-03-28T12:00:00Z" });
  await spring.start(spring.add("job", zurich));
  await spring.pass(DAY);
  assertEquals(spring.runs, ["01:00:00 job schedule"]);
  await using autumn = new Scene({ at: "2026-10-24T12:00:00Z" });
  await autumn.start(autumn.add("job", zurich));
  await autumn.pass(DAY);
  assertEquals(autumn.runs, ["00:30:00 job schedule"]);
});

for (const [what, schedule] of [["cron", CRON("0 * * * *")], ["interval", { interval: HOUR }]] as const) {
  Deno.test(`runs that a suspend of the machine has missed are left out, with ${what}`, async () => {
    await using scene = new Scene();
    await scene.start(scene.add("job", schedule));
    await scene.pass(HOUR);
    scene.freeze(5 * HOUR + 30 * MINUTE);
    await scene.pass(10 * SECOND);
    assertEquals(scene.runs.length, 1);
    assertMatch(scene.log[0], /^job: the run of 2026-03-10T14:00:00.000Z was missed/);
    await scene.pass(HOUR);
    assertEquals(scene.runs.length, 2);
  });

  Deno.test(`what a suspend has missed is made up once, after the time of schedule-catch-up, with ${what}`, async () => {
    await using scene = new Scene();
    await scene.start(scene.add("job", { ...schedule, catchUp: 5 * MINUTE }));
    scene.freeze(5 * HOUR + 30 * MINUTE); // 17:30
    await scene.pass(5 * MINUTE + 20 * SECOND);
    assertEquals(scene.runs, ["17:35:00 job catch-up"]);
    await scene.pass(20 * MINUTE);
    assertEquals(scene.runs.length, 1);
  });
}

Deno.test("a daemon that starts again makes up what was missed meanwhile, if the settings say so", async () => {
  for (const [catchUp, expected] of [[-1, []], [5 * MINUTE, ["08:05:00 job catch-up"]]] as const) {
    await using scene = new Scene();
    const job = scene.add("job", { ...CRON("0 3 * * *"), catchUp });
    await scene.start(job);
    await scene.pass(MINUTE);
    await scene.scheduler.close();
    await using later = new Scene({ at: "2026-03-11T08:00:00Z", folder: scene.folder });
    await later.start(later.add("job", { ...CRON("0 3 * * *"), catchUp }));
    await later.pass(HOUR);
    assertEquals(later.runs, [...expected]);
    await later.scheduler.close();
    await using last = new Scene({ at: "2026-03-11T10:00:00Z", folder: scene.folder });
    await last.start(last.add("job", { ...CRON("0 3 * * *"), catchUp }));
    await last.pass(HOUR);
    assertEquals(last.runs, []);
  }
});

Deno.test("a service that has never been started has missed nothing", async () => {
  await using scene = new Scene();
  await scene.start(scene.add("job", { ...CRON("0 * * * *"), catchUp: 0 }));
  await scene.pass(MINUTE);
  assertEquals(scene.runs, []);
});

Deno.test("missed runs of several services do not begin in the same second", async () => {
  await using scene = new Scene();
  const jobs = Array.from(
    { length: 20 },
    (_, index) => scene.add(`job${index}`, { ...CRON("0 * * * *"), catchUp: 0 }),
  );
  await scene.start(...jobs);
  scene.freeze(3 * HOUR + 10 * MINUTE);
  await scene.pass(2 * MINUTE);
  assertEquals(scene.runs.length, 20);
  assertEquals(new Set(scene.runs.map((run) => run.slice(0, 8))).size, 20);
});

Deno.test("jitter delays all runs of a service by the same time, which depends on service and machine", async () => {
  const delays = new Set<string>();
  for (const machine of ["a", "b"]) {
    await using scene = new Scene({ machine });
    const jobs = ["x", "y", "z"].map((name) =>
      scene.add(name, { ...CRON("0 * * * *"), jitter: 10 * MINUTE })
    );
    await scene.start(...jobs);
    await scene.pass(70 * MINUTE);
    const first = scene.runs.map((run) => run.slice(3)).toSorted();
    await scene.pass(HOUR);
    assertEquals(scene.runs.slice(3).map((run) => run.slice(3)).toSorted(), first);
    for (const run of scene.runs.slice(0, 3)) {
      assert(run < "13:10:00", run);
      delays.add(run.slice(3, 8));
    }
  }
  assertEquals(delays.size, 6);
});

Deno.test("a run that is due while another one is in progress is skipped, waits, or replaces it", async () => {
  for (
    const [overlap, expected] of [
      ["skip", ["12:01:00 job schedule"]],
      ["queue", ["12:01:00 job schedule", "12:03:30 job schedule"]],
      ["stop", ["12:01:00 job schedule"]],
    ] as const
  ) {
    await using scene = new Scene();
    await scene.start(scene.add("job", { ...CRON("* * * * *"), overlap }));
    await scene.pass(3 * MINUTE + 30 * SECOND, { runs: "go on" });
    const asked = scene.world.host.signals.map(({ signal }) => signal);
    assertEquals(asked, overlap === "stop" ? [15, 9] : []);
    scene.endRuns();
    await scene.settle();
    assertEquals(
      scene.runs.slice(0, 2),
      overlap === "stop" ? ["12:01:00 job schedule", "12:03:30 job schedule"] : expected,
    );
  }
});

Deno.test("a run that takes longer than schedule-limit is ended and has failed", async () => {
  await using scene = new Scene();
  const job = scene.add("job", { ...CRON("0 * * * *"), limit: 5 * MINUTE });
  await scene.start(job);
  await scene.pass(HOUR + 6 * MINUTE, { runs: "go on" });
  assertEquals(scene.world.host.signals.map(({ signal }) => signal), [15, 9]);
  scene.world.execSucceeded("job");
  scene.world.ends("job", { signal: 9 });
  await scene.settle();
  const [run] = scene.scheduler.runs(job.id)?.runs ?? [];
  assertEquals([run.result, run.signal, run.took, job.state], [
    "overdue",
    9,
    6 * MINUTE,
    ServiceState.STARTED,
  ]);
});

Deno.test("a run that fails does not fail its service, is repeated as the restart settings say, and has consequences", async () => {
  await using scene = new Scene();
  const job = scene.add("job", CRON("0 * * * *"), {
    restart: "on-failure",
    restartDelay: 10_000,
    restartLimitCount: 2,
    restartLimitInterval: HOUR,
    onFailure: ["hook"],
  });
  await scene.start(job);
  await scene.pass(HOUR, { runs: "go on" });
  for (let run = 0; run < 3; run++) {
    scene.endRuns(1);
    assertEquals(job.state, ServiceState.STARTED);
    assertEquals(
      job.hooks,
      run === 2 ? { cause: "terminated", exit: { kind: "exited", code: 1 }, due: ["hook"] } : undefined,
    );
    await scene.pass(10 * SECOND, { runs: "go on" });
  }
  assertEquals(scene.runs, ["13:00:00 job schedule", "13:00:10 job retry", "13:00:20 job retry"]);
  assertEquals(scene.scheduler.runs(job.id)?.runs.map(({ cause }) => cause), ["retry", "retry", "schedule"]);
});

Deno.test("the last twenty runs are kept, also when the daemon starts again", async () => {
  await using scene = new Scene();
  const job = scene.add("job", CRON("* * * * *"));
  await scene.start(job);
  await scene.pass(30 * MINUTE);
  const runs = scene.scheduler.runs(job.id)?.runs ?? [];
  assertEquals([runs.length, runs[0].result, runs[0].status], [20, "success", 0]);
  await scene.scheduler.close();
  await using later = new Scene({ at: "2026-03-10T13:00:00Z", folder: scene.folder });
  const again = later.add("job", CRON("* * * * *"));
  await later.start(again);
  assertEquals(JSON.stringify(later.scheduler.runs(again.id)?.runs), JSON.stringify(runs));
});

Deno.test("the last success is known however many runs fail after it, also when the daemon starts again", async () => {
  await using scene = new Scene();
  const job = scene.add("job", CRON("* * * * *"));
  await scene.start(job);
  assertEquals(scene.scheduler.documents()[0].lastSuccess, undefined);
  await scene.pass(MINUTE);
  const { lastSuccess } = scene.scheduler.documents()[0];
  assert(lastSuccess !== undefined);
  for (let run = 0; run < 45; run++) {
    await scene.pass(MINUTE, { runs: "go on" });
    scene.endRuns(1);
    await scene.settle();
  }
  const [timer] = scene.scheduler.documents();
  assertEquals([timer.last?.result, timer.lastSuccess], ["failed", lastSuccess]);
  const results = scene.scheduler.runs(job.id)?.runs.map(({ result }) => result);
  assertEquals(results, [...Array(19).fill("failed"), "success"]);
  await scene.scheduler.close();
  await using later = new Scene({ at: "2026-03-10T13:00:00Z", folder: scene.folder });
  await later.start(later.add("job", CRON("* * * * *")));
  assertEquals(later.scheduler.documents()[0].lastSuccess, lastSuccess);
});

Deno.test("a file that makes no sense is kept under another name, and said once", async () => {
  await using scene = new Scene();
  Deno.writeTextFileSync(`${scene.folder}/job.json`, '{"dealtWith": "never"}\n');
  await scene.start(scene.add("job", CRON("* * * * *")));
  await scene.pass(MINUTE);
  assertEquals(scene.runs.length, 1);
  assertEquals(Deno.readTextFileSync(`${scene.folder}/job.json.damaged`), '{"dealtWith": "never"}\n');
  assertMatch(scene.log.join("\n"), /job\.json is damaged, and is kept as/);
});

Deno.test("a state folder that cannot be written is said once, and services run", async () => {
  await using scene = new Scene({ folder: "/proc/no-such-folder/schedules" });
  await scene.start(scene.add("job", CRON("* * * * *")));
  await scene.pass(5 * MINUTE);
  await scene.scheduler.close();
  assertEquals(scene.runs.length, 5);
  assertEquals(scene.log.length, 1);
});

Deno.test("another program of the same boot continues: no slot runs twice, and none is lost", async () => {
  await using scene = new Scene();
  const jobs = [
    scene.add("cron", CRON("0 * * * *")),
    scene.add("interval", { interval: HOUR }),
    scene.add("late", { ...CRON("30 12 * * *"), catchUp: 2 * HOUR }),
  ];
  await scene.start(...jobs);
  await scene.pass(20 * MINUTE);
  scene.freeze(35 * MINUTE); // 12:55: `late` is to be made up two hours later
  await scene.pass(5 * MINUTE + 10 * SECOND); // 13:00:10
  const at = new Date(scene.wall + 59 * MINUTE + 55 * SECOND).toISOString();
  const parts = scene.parts();
  scene.freeze(59 * MINUTE + 55 * SECOND); // 14:00:05: the new program begins a little late
  await using next = new Scene({ at, folder: `${scene.folder}/none`, parts, world: scene.world });
  for (const { id } of jobs) await next.scheduler.look(id);
  await next.pass(2 * HOUR);
  assertEquals(scene.runs.toSorted(), ["13:00:00 cron schedule", "13:00:00 interval schedule"]);
  assertEquals(next.runs.toSorted(), [
    "14:00:05 cron schedule",
    "14:00:05 interval schedule",
    "14:55:00 late catch-up",
    "15:00:00 cron schedule",
    "15:00:00 interval schedule",
    "16:00:00 cron schedule",
    "16:00:00 interval schedule",
  ]);
});

Deno.test("a reload changes the times at once", async () => {
  await using scene = new Scene();
  const job = scene.add("job", CRON("0 * * * *"));
  await scene.start(job);
  Object.assign(job, {
    description: { ...job.description, schedule: { ...job.description.schedule, cron: ["5 * * * *"] } },
  });
  await scene.scheduler.look(job.id);
  await scene.pass(HOUR);
  assertEquals(scene.runs, ["12:05:00 job schedule"]);
});

Deno.test("a thousand idle schedules have one timer, which wakes a few times a minute", async () => {
  await using scene = new Scene();
  const jobs = Array.from(
    { length: 1000 },
    (_, index) => scene.add(`job${index}`, CRON(`${index % 60} 3 * * *`)),
  );
  await scene.start(...jobs);
  await scene.pass(MINUTE);
  const { wakes } = scene;
  await scene.pass(10 * MINUTE);
  assertEquals(scene.wakes - wakes, 40);
  assertEquals(scene.runs, []);
});

Deno.test("the documents tell what is next, what runs, and how the last run has ended", async () => {
  await using scene = new Scene();
  const job = scene.add("job", { ...CRON("0 * * * *") });
  await scene.start(job);
  await scene.pass(HOUR, { runs: "go on" });
  const at = Date.parse("2026-03-10T13:00:00Z");
  const [running] = scene.scheduler.documents();
  assertEquals(running, {
    name: "job",
    armed: true,
    schedule: "0 * * * * UTC",
    next: at + HOUR,
    running: at,
  });
  scene.endRuns(3);
  await scene.settle();
  const last = { at: 1000 + HOUR, took: 0, cause: "schedule", result: "failed", status: 3 };
  assertEquals(scene.scheduler.documents()[0].last, last);
  scene.world.manager.stop(job);
  await scene.settle();
  assertEquals(scene.scheduler.documents()[0], {
    name: "job",
    armed: false,
    schedule: "0 * * * * UTC",
    last,
  });
});
