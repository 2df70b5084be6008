import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Example, until } from "./_example.ts";

Deno.test("worker: writes measurements, also after the store was restarted", () =>
  Example.with(async (example) => {
    const first = example.start("store");
    example.start("worker");
    const store = await example.reachStore();
    await until("three measurements", async () => Number(await store.get("worker.measurements")) >= 3);
    assertMatch(await store.get("worker.load") ?? "", /^\d+\.\d\d$/);
    assertMatch(await store.get("worker.free-memory") ?? "", /^\d+ MB$/);
    const before = Number(await store.get("worker.measurements"));
    await first.stop();
    example.start("store");
    const again = await example.reachStore();
    await until("more", async () => Number(await again.get("worker.measurements")) > before + 2);
  }));

Deno.test("audit: keeps a digest of the changes", () =>
  Example.with(async (example) => {
    example.start("store");
    example.start("audit");
    const store = await example.reachStore();
    const file = `${example.dataDirectory}/audit.txt`;
    const digest = () => {
      try {
        return Deno.readTextFileSync(file);
      } catch {
        return "";
      }
    };
    await until("the first change is seen", async () => {
      await store.set("first", "seen");
      return digest().includes("first changed");
    });
    for (const colour of ["red", "amber", "green"]) await store.set("light", colour);
    await until("the digest", () => digest().includes("light changed 3 times, last to green\n"));
  }));

Deno.test("clock: writes the time of its zone", () =>
  Example.with(async (example) => {
    example.start("store");
    example.start("clock@Japan");
    example.start("clock");
    const store = await example.reachStore();
    for (const key of ["clock.Japan", "clock.UTC"]) {
      assertMatch(await until(key, () => store.get(key)), /^\d\d:\d\d:\d\d$/);
    }
    const [japan, utc] = [await store.get("clock.Japan"), await store.get("clock.UTC")].map((time) => {
      return Number(time?.slice(0, 2)) * 60 + Number(time?.slice(3, 5));
    });
    const ahead = (japan - utc + 24 * 60) % (24 * 60);
    assert(Math.abs(ahead - 9 * 60) <= 1, `${ahead} minutes`);
  }));

Deno.test("clock: says that there is no such time zone", () =>
  Example.with(async (example) => {
    const { code, stderr } = await example.start("clock@Nowhere").end();
    assertEquals([code, stderr], [1, "clock: there is no time zone 'Nowhere'\n"]);
  }, { prepare: false }));

Deno.test("flaky: fails each time, and counts", () =>
  Example.with(async (example) => {
    example.start("store");
    for (const run of [1, 2]) {
      const { code, stderr } = await example.start("flaky").end();
      assertEquals(code, 1);
      assertMatch(stderr, new RegExp(`^flaky: run ${run} failed on purpose after \\d+ ms\n$`));
    }
    assertEquals(await (await example.reachStore()).get("flaky.runs"), "2");
  }));

Deno.test("store-ready: ends when the store can be reached, not earlier", () =>
  Example.with(async (example) => {
    const probe = example.start("store-ready");
    let ended = false;
    probe.end().then(() => ended = true);
    // A service that does not need the store has started and ended in the meantime: the probe had the same time.
    await example.start("prepare").end();
    assertEquals(ended, false);
    example.start("store");
    assertEquals((await probe.end()).code, 0);
  }));

Deno.test("prepare: makes the directories and the first content, and keeps existing content", () =>
  Example.with(async (example) => {
    assertEquals((await example.start("prepare").end()).code, 0);
    const file = `${example.dataDirectory}/store.json`;
    assertStringIncludes(Deno.readTextFileSync(file), "Hello");
    assert(Deno.statSync(`${example.directory}/${example.environment.LOG_DIR}`).isDirectory);
    Deno.writeTextFileSync(file, "{}");
    assertEquals((await example.start("prepare").end()).code, 0);
    assertEquals(Deno.readTextFileSync(file), "{}");
  }, { prepare: false }));

Deno.test("prepare: its stop command removes only half-written files", () =>
  Example.with(async (example) => {
    Deno.writeTextFileSync(`${example.dataDirectory}/audit.txt.tmp`, "half");
    assertEquals((await example.start("prepare", "stopCommand").end()).code, 0);
    assertEquals(Array.from(Deno.readDirSync(example.dataDirectory), (entry) => entry.name), ["store.json"]);
  }));

for (const bad of ["9", "3600001", "ten", "1e3", "-50", "20 "]) {
  Deno.test(`worker: says that '${bad}' is no interval`, () =>
    Example.with(async (example) => {
      example.environment.WORKER_INTERVAL_MS = bad;
      const { code, stderr } = await example.start("worker").end();
      assertEquals(code, 1);
      const range = "a whole number from 10 to 3600000";
      assertEquals(stderr, `worker: WORKER_INTERVAL_MS must be ${range}, not '${bad}'\n`);
    }, { prepare: false }));
}

Deno.test("worker: says which setting is missing", () =>
  Example.with(async (example) => {
    delete example.environment.WORKER_INTERVAL_MS;
    const { code, stderr } = await example.start("worker").end();
    assertEquals(code, 1);
    const advice = "start the daemon with -e services/environment";
    assertEquals(stderr, `worker: WORKER_INTERVAL_MS is not set (${advice})\n`);
  }, { prepare: false }));
