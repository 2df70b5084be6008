import { assertEquals } from "@std/assert";
import { Request } from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { ctl, failure, StandIn, status, success } from "./_stand_in.ts";

/** A status and the lines about it below the name (cli 3.5). */
const STATES: readonly (readonly [Partial<WireStatus>, string])[] = [
  [{}, "STOPPED"],
  [{ reason: 1 }, "STOPPED (dependency restarted)"],
  [{ reason: 2 }, "STOPPED (dependency failed/terminated)"],
  [{ reason: 3, exit: { code: 1, status: 3 } }, "STOPPED (failed to start; exited - status 3)"],
  [{ reason: 3, exit: { code: 2, status: 9 } }, "STOPPED (failed to start; signalled - signal 9)"],
  [{ reason: 3, exit: { code: 3, status: 11 } }, "STOPPED (failed to start; unknown reason)"],
  [{ reason: 3 }, "STOPPED (failed to start)"],
  [
    { reason: 4, launchStage: 18, launchErrno: 2 },
    "STOPPED (could not be launched)\n        Stage: executing command\n        Error: No such file or directory",
  ],
  [{ reason: 6, exit: { code: 1, status: 1 } }, "STOPPED (terminated; exited - status 1)"],
  [{ reason: 6, exit: { code: 2, status: 15 } }, "STOPPED (terminated; signalled - signal 15)"],
  [{ reason: 6, exit: { code: 1, status: 0 } }, "STOPPED (terminated)"],
  [{ reason: 5 }, "STOPPED (start timed out)"],
  [{ target: 2 }, "STOPPED\n    Activation: start due to dependent(s)"],
  [{ state: 1, target: 2, explicit: true }, "STARTING\n    Activation: explicitly started"],
  [{ state: 1, target: 0, explicit: true }, "STARTING (target state: STOPPED)"],
  [
    { state: 1, target: 2, pid: 12, waitingForConsole: true },
    "STARTING (waiting for console)\n    Activation: start due to dependent(s)\n    Process ID: 12",
  ],
  [
    { state: 2, target: 2, explicit: true, pid: 32453 },
    "STARTED\n    Activation: explicitly started\n    Process ID: 32453",
  ],
  [
    { state: 2, target: 2, skipped: true },
    "STARTED (startup skipped)\n    Activation: start due to dependent(s)",
  ],
  [{ state: 2, target: 0, holdingConsole: true, pid: 4 }, "STARTED (holding console)\n    Process ID: 4"],
  [{ state: 3, pid: 4 }, "STOPPING\n    Process ID: 4"],
  [
    { state: 3, target: 2, explicit: true },
    "STOPPING (target state: STARTED)\n    Activation: explicitly started",
  ],
  [{ state: 3, exit: { code: 1, status: 2 } }, "STOPPING(terminated ;exited - status 2)"],
];

for (const [facts, text] of STATES) {
  Deno.test(`ctl status shows ${text.replaceAll(/\n */g, ", ")}`, async () => {
    await using daemon = new StandIn({ services: { other: status(), web: status(facts) } });
    const expected = success(`Service: web\n    State: ${text}\n`);
    assertEquals(await ctl(daemon, "status", "web"), expected);
    assertEquals(await ctl(daemon, "--quiet", "status", "web"), expected);
    assertEquals(daemon.received(Request.LOADSERVICE).length, 0);
  });
}

Deno.test("ctl status reads the status of a daemon older than version 5", async () => {
  const web = status({ reason: 6, exit: { code: 1, status: 3 } });
  await using daemon = new StandIn({ version: 4, services: { web } });
  assertEquals(
    await ctl(daemon, "status", "web"),
    success("Service: web\n    State: STOPPED (terminated; unknown reason)\n"),
  );
  assertEquals(daemon.received(Request.SERVICESTATUS).length, 1);
});

Deno.test("ctl status of a service that is not loaded fails", async () => {
  await using daemon = new StandIn();
  assertEquals(await ctl(daemon, "status", "web"), failure("dinitctl: service not loaded.\n"));
  assertEquals(await ctl(daemon, "--quiet", "status", "web"), failure("dinitctl: service not loaded.\n"));
});

/** A status, its state's name, and the exit statuses of is-started and is-failed (cli 3.6). */
const CHECKS: readonly (readonly [Partial<WireStatus>, string, number, number])[] = [
  [{}, "STOPPED", 1, 1],
  [{ reason: 1 }, "STOPPED", 1, 1],
  [{ reason: 2 }, "STOPPED", 1, 0],
  [{ reason: 3 }, "STOPPED", 1, 0],
  [{ reason: 4 }, "STOPPED", 1, 0],
  [{ reason: 5 }, "STOPPED", 1, 0],
  [{ reason: 6, exit: { code: 1, status: 1 } }, "STOPPED", 1, 1],
  [{ state: 1, target: 2, reason: 3 }, "STARTING", 1, 1],
  [{ state: 2, target: 2, reason: 5 }, "STARTED", 0, 1],
  [{ state: 3, reason: 4 }, "STOPPING", 1, 1],
];

for (const [facts, name, started, failed] of CHECKS) {
  Deno.test(`ctl is-started and is-failed for ${name} with reason ${facts.reason ?? 0}`, async () => {
    await using daemon = new StandIn({ services: { web: status(facts) } });
    assertEquals(await ctl(daemon, "is-started", "web"), { out: `${name}\n`, err: "", status: started });
    assertEquals(await ctl(daemon, "is-failed", "web"), { out: `${name}\n`, err: "", status: failed });
    assertEquals(await ctl(daemon, "is-started", "web", "--quiet"), { out: "", err: "", status: started });
    assertEquals(await ctl(daemon, "is-failed", "web", "--quiet"), { out: "", err: "", status: failed });
  });
}

Deno.test("ctl is-started and is-failed say nothing about a service that is not loaded", async () => {
  await using daemon = new StandIn();
  assertEquals(await ctl(daemon, "is-started", "web"), failure(""));
  assertEquals(await ctl(daemon, "is-failed", "web"), failure(""));
});
