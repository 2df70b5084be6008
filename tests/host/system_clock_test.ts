import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { type HostReports, loadHost, NO_RECORD, SystemClock } from "../../src/host/mod.ts";

const nothing = () => {};
const NO_REPORTS: HostReports = {
  launched: nothing,
  execSucceeded: nothing,
  execFailed: nothing,
  exited: nothing,
  ready: nothing,
  readinessClosed: nothing,
  allKilled: nothing,
};

/** A clock, and a promise for the first expiry. */
function clockAndExpiry(): { clock: SystemClock; expiry: Promise<number> } {
  let resolve: (id: number) => void;
  const expiry = new Promise<number>((done) => resolve = done);
  return { clock: new SystemClock((id) => resolve(id)), expiry };
}

Deno.test("a timer expires at its time, not earlier", async () => {
  const { clock, expiry } = clockAndExpiry();
  const at = clock.now() + 20;
  clock.setTimer(7, "test", at);
  assertEquals(await soon(expiry, "the expiry"), 7);
  assert(clock.now() >= at);
});

Deno.test("a timer that is set again starts over, and a cancelled one does not expire", async () => {
  const { clock, expiry } = clockAndExpiry();
  clock.setTimer(1, "test", clock.now() + 5);
  clock.setTimer(1, "test", clock.now() + 100_000);
  clock.setTimer(2, "test", clock.now() + 5);
  clock.clearTimer(2, "test");
  clock.setTimer(3, "test", clock.now() + 30);
  assertEquals(await soon(expiry, "the expiry"), 3);
  clock.clearTimer(1, "test");
});

Deno.test("a timer for a moment years ahead does not expire at once", async () => {
  const { clock, expiry } = clockAndExpiry();
  clock.setTimer(1, "test", clock.now() + 1e12);
  clock.setTimer(2, "test", clock.now() + 20);
  assertEquals(await soon(expiry, "the expiry"), 2);
  clock.clearTimer(1, "test");
});

Deno.test("on the native host, the clock counts from the boot, like the system's uptime", async () => {
  const host = (await loadHost("native"))(NO_REPORTS, NO_RECORD, { cgroup: "tests" });
  const uptime = () => 1000 * Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]);
  const before = uptime();
  const now = new SystemClock(() => {}, () => host.now()).now();
  assert(before <= now + 1 && now <= uptime() + 10, `${before} ${now}`); // uptime has hundredths of a second
  assert(host.now() > now, "it has fractions of a millisecond");
});
