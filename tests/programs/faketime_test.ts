/** Schedules and health checks of the real daemon, while somebody sets the clock: libfaketime changes the time of day. */

import { assert, assertEquals } from "@std/assert";
import type { RunDocument, RunsDocument } from "../../src/model/schedule_status.ts";
import { Dinit } from "../e2e/_dinit.ts";
import { needing } from "../_needs.ts";
import { until } from "../_patience.ts";

/** The library for programs with threads. */
const LIBRARY = [`/usr/lib/${Deno.build.arch}-linux-gnu/faketime`, "/usr/lib/faketime", "/usr/lib64/faketime"]
  .map((folder) => `${folder}/libfaketimeMT.so.1`).find(exists);

/** A scheduled service that notes each of its runs. */
const noting = (name: string, ...lines: string[]) =>
  ["type = scheduled", `command = /bin/sh -c "echo ran >> ../${name}"`, ...lines, ""].join("\n");

/** A daemon whose time of day this class sets, with a service that runs each second and one with a health check. */
class SetDay implements AsyncDisposable {
  readonly dinit: Dinit;
  readonly #begin = performance.now();
  #webPid = 0;
  /** How much later the time of day is than the true one, in milliseconds. */
  #ahead = 0;

  constructor(services: Readonly<Record<string, string>>) {
    const all: Record<string, string> = {
      ...services,
      beat: noting("beat", "schedule-interval = 1s"),
      web: [
        "type = process",
        "command = /bin/sleep 100000",
        "ready-notification = health",
        "health-command = /bin/true",
        "health-interval = 0.2s",
        "health-timeout = 60s", // the machine may be slow
        "health-failures = 1",
        "",
      ].join("\n"),
    };
    const boot = ["type = internal", ...Object.keys(all).map((name) => `depends-on = ${name}`), ""];
    this.dinit = new Dinit({ ...all, boot: boot.join("\n") });
  }

  /** Starts the daemon at this time of day. */
  async start(time: string): Promise<void> {
    this.#write(time);
    // Only the daemon has the library, which leaves files behind when a shell executes another program.
    this.dinit.write("variables", "!unset LD_PRELOAD\n");
    this.dinit.start({
      args: ["--host", "native", "--env-file", `${this.dinit.directory}/variables`],
      env: {
        TZ: "Europe/Zurich",
        LD_PRELOAD: LIBRARY!, // the tests are ignored without it
        FAKETIME_TIMESTAMP_FILE: `${this.dinit.directory}/day`,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1", // nobody can set the other clocks
      },
    });
    await this.dinit.printed("[  OK  ] boot");
    this.#webPid = await this.dinit.pidOf("web");
    await this.#beats();
  }

  /** Sets the clock, and waits until the daemon must have noticed it. */
  async set(time: string): Promise<void> {
    this.#write(time);
    await this.#beats();
  }

  /** Waits until this time of day has passed for the daemon. */
  async pass(time: string): Promise<void> {
    await this.dinit.until(() => Date.now() + this.#ahead >= Date.parse(time), time);
    await this.#beats();
  }

  /** How often the service has run. */
  runs(name: string): number {
    return this.dinit.read(name).split("\n").length - 1;
  }

  /** Waits for so many runs of the service. */
  async ran(name: string, count: number): Promise<void> {
    await this.dinit.until(() => this.runs(name) >= count, `run ${count} of ${name}`);
  }

  /** The run of the service that has ended last, as the daemon knows it. */
  async lastRun(name: string): Promise<RunDocument> {
    const document = async (): Promise<RunsDocument> =>
      JSON.parse((await this.dinit.ctl("runs", name, "--json")).stdout);
    await until(
      async () => (await document()).runs.length === this.runs(name),
      `the end of the last run of ${name}`,
    );
    return (await document()).runs[0];
  }

  /** Waits for the message that the daemon has missed a run. */
  async missed(name: string, slot: string): Promise<void> {
    await this.dinit.printed(`dinit: ${name}: the run of ${new Date(slot).toISOString()} was missed.`);
  }

  /** What holds however the clock was set: the process is healthy, and an interval has neither stopped nor hurried. */
  async checkOthers(): Promise<void> {
    assertEquals((await this.dinit.ctl("health", "web")).code, 0);
    assertEquals(await this.dinit.pidOf("web"), this.#webPid);
    assertEquals(this.dinit.lines.filter((line) => line.includes("unhealthy")), []);
    await this.#beats();
    const seconds = (performance.now() - this.#begin) / 1000;
    assert(this.runs("beat") <= seconds + 1, `${this.runs("beat")} runs in ${seconds} seconds`);
  }

  /** libfaketime reads the difference to the true time, in seconds. */
  #write(time: string): void {
    const seconds = Math.round((Date.parse(time) - Date.now()) / 1000);
    this.#ahead = seconds * 1000;
    this.dinit.write("day.new", `${seconds < 0 ? "" : "+"}${seconds}\n`);
    Deno.renameSync(`${this.dinit.directory}/day.new`, `${this.dinit.directory}/day`);
  }

  /**
   * Waits for three more runs of `beat`. Whenever it is due, the daemon looks at the clock and at all schedules: for the
   * second and the third one after this call began.
   */
  async #beats(): Promise<void> {
    await this.ran("beat", this.runs("beat") + 3);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dinit[Symbol.asyncDispose]();
  }
}

/** A test of a daemon whose time of day is set. */
function test(name: string, run: () => Promise<void>): void {
  Deno.test({ ...needing(name, "libfaketime", LIBRARY !== undefined), fn: run });
}

const DAILY = "schedule-cron = 0 3 * * *";
const NIGHTLY = "schedule-cron = 30 2 * * *"; // there is no such time when the clock goes forward
const CATCH_UP = "schedule-catch-up = 1s";

test("a slot that a set clock skips is made up once, or not at all", async () => {
  await using day = new SetDay({ daily: noting("daily", DAILY), late: noting("late", DAILY, CATCH_UP) });
  await day.start("2030-03-10T12:00:00+01:00");
  await day.set("2030-03-11T12:00:00+01:00");
  for (const name of ["daily", "late"]) await day.missed(name, "2030-03-11T03:00:00+01:00");
  await day.ran("late", 1);
  await day.set("2030-03-11T18:00:00+01:00"); // no slot between
  await day.set("2030-03-11T12:00:00+01:00");
  assertEquals([day.runs("daily"), day.runs("late")], [0, 1]);
  assertEquals((await day.lastRun("late")).cause, "catch-up");
  await day.checkOthers();
});

test("a slot never runs twice, however the clock is set back", async () => {
  await using day = new SetDay({ daily: noting("daily", DAILY), late: noting("late", DAILY, CATCH_UP) });
  await day.start("2030-03-11T12:00:00+01:00");
  await day.set("2030-03-12T02:59:57+01:00");
  for (const name of ["daily", "late"]) await day.ran(name, 1);
  await day.set("2030-03-12T02:00:00+01:00"); // back by an hour
  await day.set("2030-03-12T02:59:57+01:00");
  await day.pass("2030-03-12T03:00:01+01:00");
  assertEquals([day.runs("daily"), day.runs("late")], [1, 1]);
  await day.set("2030-03-13T02:59:57+01:00");
  for (const name of ["daily", "late"]) await day.ran(name, 2);
  await day.pass("2030-03-13T03:00:01+01:00");
  assertEquals([day.runs("daily"), day.runs("late")], [2, 2]);
  await day.checkOthers();
});

test("a clock that is set over a change to daylight saving skips one slot", async () => {
  await using day = new SetDay({
    nightly: noting("nightly", NIGHTLY),
    late: noting("late", NIGHTLY, CATCH_UP),
  });
  await day.start("2030-03-30T12:00:00+01:00");
  await day.set("2030-03-31T12:00:00+02:00");
  for (const name of ["nightly", "late"]) await day.missed(name, "2030-03-31T01:00:00Z"); // the end of the gap
  await day.ran("late", 1);
  await day.set("2030-03-31T13:00:00+02:00");
  assertEquals([day.runs("nightly"), day.runs("late")], [0, 1]);
  await day.checkOthers();
});

test("a slot runs once at a change to daylight saving, and once at the change back", async () => {
  await using day = new SetDay({ nightly: noting("nightly", NIGHTLY) });
  await day.start("2030-03-30T12:00:00+01:00");
  await day.set("2030-03-31T01:59:57+01:00");
  await day.ran("nightly", 1);
  await day.pass("2030-03-31T03:00:02+02:00");
  await day.set("2030-03-31T03:29:57+02:00");
  await day.pass("2030-03-31T03:30:01+02:00");
  assertEquals(day.runs("nightly"), 1);
  assert((await day.lastRun("nightly")).at >= Date.parse("2030-03-31T03:00:00+02:00")); // the end of the gap

  await day.set("2030-10-26T12:00:00+02:00");
  await day.set("2030-10-27T02:29:57+02:00");
  await day.ran("nightly", 2);
  await day.set("2030-10-27T02:29:57+01:00"); // the same hour comes again
  await day.pass("2030-10-27T02:30:01+01:00");
  assertEquals(day.runs("nightly"), 2);
  await day.checkOthers();
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
