import { assertEquals } from "@std/assert";
import { Request } from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { ctl, StandIn, status, success } from "./_stand_in.ts";

/** Forms and suffixes of a line (cli 3.7). */
const LINES: readonly (readonly [Partial<WireStatus>, string])[] = [
  [{ state: 2, target: 2, explicit: true }, "[[+]     ] s"],
  [{ state: 2, target: 2 }, "[{+}     ] s"],
  [{ state: 2, target: 2, explicit: true, skipped: true }, "[[s]     ] s"],
  [{ state: 2, target: 0 }, "[ +   { }] s"],
  [{ state: 1, target: 2, explicit: true }, "[[ ]<<   ] s"],
  [{ state: 1, target: 2 }, "[{ }<<   ] s"],
  [{ state: 1, target: 0 }, "[   <<{ }] s"],
  [{ state: 3, target: 2, explicit: true }, "[[ ]>>   ] s"],
  [{ state: 3, target: 0 }, "[   >>{ }] s"],
  [{}, "[     {-}] s"],
  [{ reason: 1 }, "[     {X}] s"],
  [{ reason: 2 }, "[     {X}] s"],
  [{ reason: 3, exit: { code: 1, status: 1 } }, "[     {X}] s"],
  [{ reason: 4, launchErrno: 2 }, "[     {X}] s"],
  [{ reason: 5 }, "[     {X}] s"],
  [{ reason: 6, exit: { code: 1, status: 0 } }, "[     {-}] s (exit status: 0)"],
  [{ reason: 6, exit: { code: 1, status: 3 } }, "[     {X}] s (exit status: 3)"],
  [{ reason: 6, exit: { code: 2, status: 9 } }, "[     {X}] s (signal: 9)"],
  [{ reason: 6, exit: { code: 3, status: 11 } }, "[     {X}] s"],
  [{ state: 2, target: 2, pid: 7 }, "[{+}     ] s (pid: 7)"],
  [{ state: 3, pid: 7 }, "[   >>{ }] s (pid: 7)"],
  [{ state: 0, pid: 7 }, "[     {-}] s"],
  [{ state: 2, target: 2, pid: 7, holdingConsole: true }, "[{+}     ] s (pid: 7) (has console)"],
  [{ state: 1, target: 2, waitingForConsole: true }, "[{ }<<   ] s (waiting for console)"],
  [{ state: 1, target: 2, waitingForConsole: true, holdingConsole: true }, "[{ }<<   ] s (has console)"],
];

for (const [facts, line] of LINES) {
  Deno.test(`ctl list shows ${line} for ${JSON.stringify(facts)}`, async () => {
    await using daemon = new StandIn({ services: { s: status(facts) } });
    assertEquals(await ctl(daemon, "list"), success(`${line}\n`));
  });
}

Deno.test("ctl list keeps the order of the daemon, also with --quiet", async () => {
  await using daemon = new StandIn({ services: { zeta: status(), "ärger@1": status(), alpha: status() } });
  const lines = success("[     {-}] zeta\n[     {-}] ärger@1\n[     {-}] alpha\n");
  assertEquals(await ctl(daemon, "list"), lines);
  assertEquals(await ctl(daemon, "list", "--quiet"), lines);
});

Deno.test("ctl list of nothing is empty", async () => {
  await using daemon = new StandIn();
  assertEquals(await ctl(daemon, "list"), success());
});

Deno.test("ctl list asks an older daemon in the older form", async () => {
  const services = { a: status({ reason: 6, exit: { code: 1, status: 3 } }), b: status({ reason: 6 }) };
  await using daemon = new StandIn({ version: 4, services });
  assertEquals(await ctl(daemon, "list"), success("[     {X}] a\n[     {-}] b\n"));
  assertEquals(daemon.received(Request.LISTSERVICES).length, 1);
});
