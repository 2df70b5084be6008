/** Scheduled services of a real daemon: they run at their times, by command, and while the daemon is replaced. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../_patience.ts";
import type { Dinit } from "./_dinit.ts";
import { awaitFile, both, enter, native, settings, shell } from "./_hosts.ts";

function scheduled(script: string, ...lines: string[]): string {
  return settings("type = scheduled", `command = ${shell(script)}`, ...lines);
}

interface Run {
  readonly cause: string;
  readonly result: string;
  readonly status?: number;
}

/** The runs of a service that have ended, the latest first, when there are at least so many. */
async function runsOf(dinit: Dinit, name: string, count: number): Promise<Run[]> {
  const runs = async (): Promise<Run[]> => {
    const { stdout } = await dinit.ctl("--json", "runs", name);
    return JSON.parse(stdout).runs ?? []; // the daemon may not have its socket yet
  };
  return await until(async () => {
    const found = await runs();
    return found.length >= count ? found : undefined;
  }, `${count} runs of ${name}`);
}

both("scheduled services run at their times and by command, and a stop ends the run", async (start) => {
  await using dinit = start({
    boot: settings("type = internal", "waits-for = often", "waits-for = backup"),
    often: scheduled("exit 3", "schedule-interval = 1s"),
    backup: scheduled(
      `${enter("began")}; ${awaitFile("go")}`,
      "schedule-cron = 0 0 29 2 *",
      "schedule-timezone = UTC",
    ),
  });
  await dinit.printed("[  OK  ] boot");
  const [often] = await runsOf(dinit, "often", 2);
  assertEquals([often.cause, often.result, often.status], ["schedule", "failed", 3]);
  assertEquals(dinit.has("journal"), false);

  assertEquals((await dinit.ctl("trigger", "backup")).code, 0);
  await dinit.until(() => dinit.has("journal"), "the run");
  const again = await dinit.ctl("trigger", "backup");
  assertEquals(again.code, 1);
  assertMatch(again.stderr, /its last run has not ended/);
  assertMatch(
    (await dinit.ctl("status", "--long", "backup")).stdout,
    /Next run: runs for \d+[smh][^;]*; then 2028-02-29 /,
  );
  dinit.write("go", "");
  const [first] = await runsOf(dinit, "backup", 1);
  assertEquals([first.cause, first.result], ["trigger", "success"]);
  const table = (await dinit.ctl("timers")).stdout;
  assertMatch(table, /^SERVICE +NEXT RUN +IN +LAST RUN +RESULT$/m);
  assertMatch(table, /^backup +2028-02-29 .* success$/m);
  assertMatch(table, /^often /m); // it may run just now

  Deno.removeSync(`${dinit.directory}/go`);
  assertEquals((await dinit.ctl("trigger", "backup")).code, 0);
  await dinit.until(() => dinit.read("journal") === "began\nbegan\n", "the second run");
  assertEquals((await dinit.ctl("stop", "backup")).code, 0);
  const [stopped] = await runsOf(dinit, "backup", 2);
  assertEquals(stopped.result, "stopped");
  const down = await dinit.ctl("trigger", "backup");
  assertMatch(down.stderr, /a scheduled service runs only while it is started/);
  const failed = dinit.lines.filter((line) => line.startsWith("[FAILED]"));
  assertEquals(failed, []);
});

native(
  "a run goes on while the daemon is replaced, and after it was killed, and begins only once",
  async (start) => {
    await using dinit = start({
      boot: settings("type = internal", "waits-for = job"),
      job: scheduled(`${enter("began")}; ${awaitFile("go")}; exit 4`, "schedule-interval = 1d"),
    });
    await dinit.printed("[  OK  ] boot");
    assertEquals((await dinit.ctl("trigger", "job")).code, 0);
    const pid = await dinit.pidOf("job");
    await dinit.until(() => dinit.has("journal"), "the run");
    const next = async () => JSON.parse((await dinit.ctl("--json", "timers")).stdout).timers?.[0]?.next;
    const before = await until(next, "the next run");
    assertEquals((await dinit.upgrade()).code, 0);
    assertEquals(await dinit.pidOf("job"), pid);

    dinit.kill("SIGKILL");
    await dinit.ended();
    dinit.start({ args: ["--host", "native"] });
    await dinit.until(
      () => dinit.lines.some((line) => line.includes("an earlier instance was killed")),
      "the next daemon",
    );
    assertEquals(await dinit.pidOf("job"), pid);
    const after = await until(next, "the next run");
    assert(Math.abs(after - before) < 60_000, `${before} ${after}`);
    dinit.write("go", "");
    const runs = await runsOf(dinit, "job", 1);
    assertEquals(runs.map(({ cause }) => cause), ["trigger"]);
    assertEquals(dinit.read("journal"), "began\n");
  },
);
