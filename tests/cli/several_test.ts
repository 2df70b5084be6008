/** Commands with several services. */

import { assertEquals } from "@std/assert";
import type { RequestPacket } from "../../src/control/wire/layouts.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { ack, already, nak, preack, STARTED, STARTING, STOPPED } from "./_start_stop.ts";
import { type Answer, ctl, event, StandIn, status, success } from "./_stand_in.ts";

/** Answers by the service of the request's handle. */
function byHandle(...answers: readonly (readonly Answer[])[]) {
  return (request: RequestPacket) => answers[(request as { handle: number } & RequestPacket).handle];
}

const services = { a: STOPPED, b: STOPPED, c: STARTED };

Deno.test("ctl start of several services waits for all, in any order", async () => {
  const answers = byHandle([preack, ack], [preack, ack, ...event(1, 0, STARTED), ...event(0, 0, STARTED)], [
    preack,
    already,
  ]);
  // The events of both follow the answer for `b`, the one of `b` first.
  await using daemon = new StandIn({ services, on: { [Request.STARTSERVICE]: answers } });
  const { out, err, status } = await ctl(daemon, "start", "c", "a", "b", "a");
  assertEquals([err, status], ["", 0]);
  assertEquals(out.split("\n").sort(), [
    "",
    "Service 'a' started.",
    "Service 'b' started.",
    "Service 'c' (already) started.",
  ]);
  assertEquals(daemon.received(Request.STARTSERVICE).length, 3);
});

Deno.test("ctl start of several services continues when one cannot be loaded and one fails", async () => {
  const answers = byHandle([preack, ack, ...event(0, 2, { reason: 5 })], [
    preack,
    ack,
    ...event(1, 0, STARTED),
  ]);
  await using daemon = new StandIn({ services, on: { [Request.STARTSERVICE]: answers } });
  const { out, err, status } = await ctl(daemon, "start", "a", "missing", "b");
  assertEquals(status, 1);
  assertEquals(out, "Service 'a' failed to start.\nReason: start timed out.\nService 'b' started.\n");
  assertEquals(
    err,
    "dinitctl: missing: failed to find service description.\n" +
      "dinitctl: missing: check service description file exists / service name spelling.\n",
  );
});

Deno.test("ctl stop of a service and its dependent stops the dependent first", async () => {
  let stopped = false;
  const on = {
    [Request.STOPSERVICE]: (request: RequestPacket): Answer[] => {
      const { handle } = request as { handle: number } & RequestPacket;
      if (handle === 0) {
        if (stopped) return [preack, ack, ...event(0, 1, STOPPED)];
        return [preack, { type: Reply.DEPENDENTS, handles: [1] }];
      }
      stopped = true;
      return [preack, ack, ...event(1, 1, STOPPED)];
    },
  };
  await using daemon = new StandIn({ services: { db: STARTED, web: STARTED }, on });
  assertEquals(
    await ctl(daemon, "stop", "db", "web"),
    success("Service 'web' stopped.\nService 'db' stopped.\n"),
  );
});

Deno.test("ctl stop of several services still refuses for a dependent that is not among them", async () => {
  const on = {
    [Request.STOPSERVICE]: byHandle([preack, { type: Reply.DEPENDENTS, handles: [2] }], [preack, already]),
  };
  await using daemon = new StandIn({ services: { db: STARTED, other: STOPPED, web: STARTED }, on });
  assertEquals(await ctl(daemon, "stop", "db", "other"), {
    out: "Service 'other' (already) stopped.\n",
    err: "dinitctl: db: cannot stop service 'db' due to the following dependents:\n" +
      "(only direct dependents are listed. Exercise caution before using '--force' !!)\n  web\n",
    status: 1,
  });
});

Deno.test("ctl stop gives up on a service whose named dependent cannot be stopped", async () => {
  const on = {
    [Request.STOPSERVICE]: byHandle([preack, { type: Reply.DEPENDENTS, handles: [1] }], [
      preack,
      { type: Reply.PINNEDSTARTED },
    ]),
  };
  await using daemon = new StandIn({ services: { db: STARTED, web: STARTED }, on });
  const { err, status } = await ctl(daemon, "stop", "db", "web");
  assertEquals(status, 1);
  assertEquals(err.split("\n")[0], "dinitctl: web: cannot stop service 'web' as it is pinned started");
  assertEquals(err.split("\n")[1], "dinitctl: db: cannot stop service 'db' due to the following dependents:");
});

Deno.test("ctl unpin, unload, reload, trigger and signal take several services", async () => {
  const on = {
    [Request.UNPINSERVICE]: [ack],
    [Request.UNLOADSERVICE]: byHandle([ack], [nak]),
    [Request.RELOADSERVICE]: [ack],
    [Request.SETTRIGGER]: [ack],
    [Request.SIGNAL]: byHandle([ack], [{ type: Reply.SIGNAL_NOPID }]),
  };
  await using daemon = new StandIn({ services, on });
  assertEquals(
    await ctl(daemon, "unpin", "a", "b"),
    success("Service 'a' unpinned.\nService 'b' unpinned.\n"),
  );
  assertEquals(await ctl(daemon, "unload", "a", "b"), {
    out: "Service 'a' unloaded.\n",
    err:
      "dinitctl: b: could not unload service; service not stopped, or is a dependency of another service.\n",
    status: 1,
  });
  assertEquals(
    await ctl(daemon, "reload", "b", "a"),
    success("Service 'b' reloaded.\nService 'a' reloaded.\n"),
  );
  assertEquals(await ctl(daemon, "untrigger", "a", "b"), success());
  assertEquals(daemon.received(Request.SETTRIGGER).map(({ handle }) => handle), [0, 1]);
  assertEquals(await ctl(daemon, "signal", "HUP", "a", "b"), {
    out: "",
    err:
      "dinitctl: b: could not get valid PID of service; service is not process-based or is in wrong state.\n",
    status: 1,
  });
});

Deno.test("ctl is-started and is-failed of several services succeed if it is true for all", async () => {
  await using daemon = new StandIn({ services: { ...services, d: STARTED, f: status({ reason: 3 }) } });
  assertEquals(await ctl(daemon, "is-started", "c", "d"), success("STARTED\nSTARTED\n"));
  assertEquals(await ctl(daemon, "is-started", "c", "a"), { ...success("STARTED\nSTOPPED\n"), status: 1 });
  assertEquals(await ctl(daemon, "is-started", "c", "none"), { ...success("STARTED\n"), status: 1 });
  assertEquals(await ctl(daemon, "is-failed", "f", "a"), { ...success("STOPPED\nSTOPPED\n"), status: 1 });
});

Deno.test("ctl reports a broken connection while it waits for several services", async () => {
  await using daemon = new StandIn({
    services: { a: STARTING, b: STARTING },
    on: { [Request.STARTSERVICE]: byHandle([preack, ack], [preack, ack, "close"]) },
  });
  const { err, status } = await ctl(daemon, "start", "a", "b");
  assertEquals([err, status], ["dinitctl: a: protocol error\ndinitctl: b: protocol error\n", 1]);
});
