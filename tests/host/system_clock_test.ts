import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { type HostReports, loadHost, NO_RECORD, SystemClock } from "../../src/host/mod.ts";
import { type AlarmMaker, bootAlarm } from "../../src/host/alarm.ts";
import { Deadlines } from "../../src/host/deadlines.ts";
import { BootTime, Files, openLibrary, Poller } from "../../src/system/mod.ts";
import { EFFORT, fc } from "../random.ts";

const nothing = () => {};
const NO_REPORTS: HostReports = {
  launched: nothing,
  execSucceeded: nothing,
  execFailed: nothing,
  exited: nothing,
  ready: nothing,
  readinessClosed: nothing,
  remains: nothing,
  allKilled: nothing,
};

interface Kind {
  readonly now?: () => number;
  readonly alarm?: AlarmMaker;
  close(): void;
}

/** What wakes a clock: the runtime, and the kernel. */
const KINDS: Readonly<Record<string, () => Kind>> = {
  "of the runtime": () => ({ close: nothing }),
  "of the kernel": () => {
    const library = openLibrary();
    const poller = new Poller(library);
    const time = new BootTime(library, new Files(library));
    const now = () => time.milliseconds();
    return { now, alarm: bootAlarm(library, poller, now), close: () => poller.close() };
  },
};

for (const [kind, make] of Object.entries(KINDS)) {
  /** Runs a test with a clock, and a function that waits for so many expirations and returns their ids. */
  const test = (
    name: string,
    run: (clock: SystemClock, expired: (count: number) => Promise<readonly number[]>) => Promise<void>,
  ) =>
    Deno.test(`${name} (timers ${kind})`, async () => {
      const { now, alarm, close } = make();
      const ids: number[] = [];
      let enough: { count: number; resolve: () => void } | undefined;
      const clock = new SystemClock(
        (id) => {
          ids.push(id);
          if (enough !== undefined && ids.length >= enough.count) enough.resolve();
        },
        now,
        alarm,
      );
      try {
        await run(clock, async (count) => {
          await soon(new Promise<void>((resolve) => enough = { count, resolve }), "the expirations");
          return ids;
        });
      } finally {
        close();
      }
    });

  test("a timer expires at its time, not earlier", async (clock, expired) => {
    const at = clock.now() + 20;
    clock.setTimer(7, "test", at);
    assertEquals(await expired(1), [7]);
    assert(clock.now() >= at);
  });

  test(
    "a timer that is set again starts over, and a cancelled one does not expire",
    async (clock, expired) => {
      clock.setTimer(1, "test", clock.now() + 5);
      clock.setTimer(1, "test", clock.now() + 10_000);
      clock.setTimer(2, "test", clock.now() + 5);
      clock.clearTimer(2, "test");
      clock.setTimer(3, "test", clock.now() + 30);
      clock.setTimer(4, "test", clock.now() - 1000);
      assertEquals(await expired(2), [4, 3]);
      clock.setTimer(1, "test", clock.now());
      assertEquals(await expired(3), [4, 3, 1]);
    },
  );

  test("a timer for a moment years ahead does not expire at once", async (clock, expired) => {
    clock.setTimer(2, "test", clock.now() + 20);
    clock.setTimer(1, "test", clock.now() + 1e15);
    assertEquals(await expired(1), [2]);
    clock.setTimer(3, "test", Math.floor(clock.now() / 1000) * 1000 + 999.9999999); // within a second
    assertEquals(await expired(2), [2, 3]);
    clock.setTimer(1, "test", -1); // or the runtime would stay alive for it
    assertEquals(await expired(3), [2, 3, 1]);
  });

  test("timers expire in the order of their times, and then of their setting", async (clock, expired) => {
    const begin = clock.now() + 10;
    for (const [id, time] of [3, 1, 2, 1, 3].entries()) clock.setTimer(id, "test", begin + time);
    assertEquals(await expired(5), [1, 3, 2, 0, 4]);
  });
}

Deno.test("deadlines come in order, whatever was replaced and deleted meanwhile", () => {
  const key = fc.nat({ max: 30 }).map(String);
  const time = fc.nat({ max: 100 });
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), key, time }) },
    fc.record({ kind: fc.constant("delete" as const), key }),
    fc.record({ kind: fc.constant("due" as const), time }),
  );
  const run = (steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) => {
    const deadlines = new Deadlines<number>();
    const model = new Map<string, { readonly time: number; readonly value: number }>();
    for (const [value, change] of steps.entries()) {
      if (change.kind === "set") {
        deadlines.set(change.key, change.time, value);
        model.set(change.key, { time: change.time, value });
      } else if (change.kind === "delete") {
        deadlines.delete(change.key);
        model.delete(change.key);
      } else {
        const [first] = [...model].sort(([, one], [, other]) =>
          one.time - other.time || one.value - other.value
        );
        assertEquals(deadlines.next, first?.[1].time);
        const isDue = first !== undefined && first[1].time <= change.time;
        assertEquals(deadlines.due(change.time), isDue ? first[1].value : undefined);
        if (isDue) model.delete(first[0]);
      }
    }
  };
  fc.assert(fc.property(fc.array(step, { maxLength: 300, size: "max" }), run), { numRuns: 300 * EFFORT });
});

Deno.test("on the native host, the clock counts from the boot, like the system's uptime", async () => {
  const host = (await loadHost("native"))(NO_REPORTS, NO_RECORD, { cgroup: "tests" });
  const uptime = () => 1000 * Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]);
  const before = uptime();
  const now = new SystemClock(() => {}, () => host.now()).now();
  assert(before <= now + 1 && now <= uptime() + 10, `${before} ${now}`); // uptime has hundredths of a second
  assert(host.now() > now, "it has fractions of a millisecond");
});
