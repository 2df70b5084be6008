/** When checks run, and what their results mean. No check is slow here: time is what the test says. */

import { assertEquals } from "@std/assert";
import { NO_HEALTH } from "../../src/model/mod.ts";
import type { Outcome } from "../../src/health/check.ts";
import { Checking, type CheckState, unchecked } from "../../src/health/checking.ts";
import { SystemCallError } from "../../src/host/mod.ts";
import { soon, until } from "../_patience.ts";

const GOOD: Outcome = { healthy: true, how: "200" };
const BAD: Outcome = { healthy: false, how: "503" };
/** The shortest pauses, so that the tests need not wait. */
const QUICK = { ...NO_HEALTH, http: "http://x/", interval: 1, startInterval: 1, timeout: 60_000 };

/** Checks whose results the test gives one by one. */
class Scene implements Disposable {
  now = 1000;
  judges = true;
  /** What has happened, in words. */
  readonly events: string[] = [];
  readonly checking: Checking;
  #asked = Promise.withResolvers<void>();
  #answer: ((outcome: Outcome | Error) => void) | undefined;
  running = 0;
  most = 0;
  signal: AbortSignal | undefined;

  constructor(
    settings: Partial<typeof NO_HEALTH> = {},
    state: CheckState = unchecked(),
    options: { readonly continues?: boolean } = {},
  ) {
    this.checking = new Checking(
      {
        now: () => this.now,
        settings: { ...QUICK, ...settings },
        check: { what: "GET x", run: (signal) => this.#run(signal) },
        shift: 0,
        launchedAt: 1000,
        judges: () => this.judges,
        healthy: () => void this.events.push("healthy"),
        unhealthy: (why) => void this.events.push(why),
        changed: () => {},
      },
      state,
      options,
    );
  }

  async #run(signal: AbortSignal): Promise<Outcome> {
    this.signal = signal;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    const { promise, resolve } = Promise.withResolvers<Outcome | Error>();
    this.#answer = resolve;
    this.#asked.resolve();
    const outcome = await promise;
    this.running -= 1;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Resolves when a check runs. */
  async begins(): Promise<void> {
    await soon(this.#asked.promise, "a check");
    this.#asked = Promise.withResolvers();
  }

  /** Ends the check that runs, or the next one, after this many milliseconds. */
  async end(outcome: Outcome | Error, took = 0): Promise<void> {
    await this.begins();
    this.now += took;
    const { count } = this.checking.state;
    this.#answer!(outcome); // a check runs
    await until(() => this.checking.state.count > count, () => "the end of the check");
  }

  [Symbol.dispose](): void {
    this.checking.stop();
  }
}

Deno.test("a service is unhealthy after its number of failures in a row, and says so once", async () => {
  using scene = new Scene({ failures: 3 });
  for (const outcome of [BAD, BAD, GOOD, BAD, BAD]) await scene.end(outcome);
  assertEquals([scene.events, scene.checking.state.verdict], [["healthy"], "healthy"]);
  await scene.end(BAD);
  await scene.end(BAD);
  assertEquals(scene.events, ["healthy", "unhealthy after 3 checks: GET x: 503 (0 ms)"]);
  await scene.end(GOOD);
  assertEquals(scene.checking.state.verdict, "healthy");
});

Deno.test("a single failure is enough if the settings say so, and the words are those of one check", async () => {
  using scene = new Scene({ failures: 1 });
  await scene.end(BAD);
  assertEquals(scene.events, ["unhealthy after 1 check: GET x: 503 (0 ms)"]);
});

Deno.test("the text of an error of the system is the result of a check", async () => {
  using scene = new Scene({ failures: 1 });
  await scene.end(new SystemCallError("connect", 111));
  assertEquals(scene.events, ["unhealthy after 1 check: GET x: Connection refused (0 ms)"]);
});

Deno.test("failures in the start period do not count", async () => {
  using scene = new Scene({ failures: 1, startPeriod: 1500 });
  await scene.end(BAD);
  assertEquals(scene.checking.state.failures, 0);
  scene.now += 1500; // less than the time after which a result is void
  await scene.end(BAD);
  assertEquals(scene.checking.state.failures, 1);
});

Deno.test("while a start waits for a success, failures do not count", async () => {
  using scene = new Scene({ failures: 1 });
  scene.judges = false;
  await scene.end(BAD);
  await scene.end(BAD);
  assertEquals([scene.events, scene.checking.state.words], [[], "GET x: 503 (0 ms)"]);
  await scene.end(GOOD);
  assertEquals(scene.events, ["healthy"]);
});

Deno.test("the first result after the daemon stood still is void", async () => {
  using scene = new Scene({ failures: 1 });
  scene.now += 60_000; // a check was due all the time
  await scene.end(BAD);
  assertEquals([scene.events, scene.checking.state.failures], [[], 0]);
  await scene.end(BAD);
  assertEquals(scene.events.length, 1);
});

Deno.test("the result of a check during which the daemon stood still is void", async () => {
  using scene = new Scene({ failures: 1, timeout: 3000 });
  await scene.end(new SystemCallError("read", 110), 60_000);
  assertEquals([scene.events, scene.checking.state.failures], [[], 0]);
});

Deno.test("two checks never run at once, and a check that is stopped is given up", async () => {
  using scene = new Scene();
  await scene.begins();
  scene.checking.runNow();
  assertEquals([scene.running, scene.most], [1, 1]);
  scene.checking.stop();
  assertEquals(scene.signal?.aborted, true);
});

Deno.test("a check that takes too long has failed, and is given up", async () => {
  using scene = new Scene({ failures: 1, timeout: 20 });
  await scene.begins();
  const { signal } = scene;
  await until(() => scene.events.length > 0, () => "the end of the check");
  assertEquals(scene.events, ["unhealthy after 1 check: GET x: nothing within 0.02 s (0 ms)"]);
  assertEquals(signal?.aborted, true);
});

/** A long pause, which no test waits for. */
const HOURLY = { interval: 3_600_000, startInterval: 3_600_000 };

Deno.test("the next program repeats a check that had no result, whatever the interval", async () => {
  using scene = new Scene(HOURLY, unchecked(), { continues: true });
  await scene.end(GOOD);
  assertEquals(scene.checking.state.verdict, "healthy");
});

Deno.test("the next program makes a check that has become due, also if the clock was set", async () => {
  for (const at of [Date.now() - HOURLY.interval, 0]) {
    using scene = new Scene(HOURLY, { ...unchecked(), succeeded: true, at }, { continues: true });
    await scene.end(GOOD);
  }
});

Deno.test("the next program waits for the rest of the interval", async () => {
  for (const at of [Date.now(), Date.now() + 2 * HOURLY.interval]) {
    using scene = new Scene(HOURLY, { ...unchecked(), succeeded: true, at }, { continues: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(scene.running, 0);
  }
  const at = Date.now() - HOURLY.interval + 50;
  using scene = new Scene(HOURLY, { ...unchecked(), succeeded: true, at }, { continues: true });
  await scene.end(GOOD);
});
