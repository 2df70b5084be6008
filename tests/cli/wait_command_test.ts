/** `ctl wait`, which the reference does not have. */

import { assertEquals } from "@std/assert";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { STARTED, STARTING, STOPPED, STOPPING } from "./_start_stop.ts";
import { type Answer, ctl, event, failure, StandIn, success } from "./_stand_in.ts";

/** A daemon that sends the reply about a service and its next event in one write. */
function telling(state: typeof STARTED, ...events: Answer[]): StandIn {
  const record = { type: Reply.SERVICERECORD, state: state.state, handle: 0, target: state.target };
  return new StandIn({ on: { [Request.LOADSERVICE]: [record, ...events] } });
}

Deno.test("ctl wait ends at once for a service in the wanted state", async () => {
  await using daemon = new StandIn({ services: { a: STARTED, b: STARTED, c: STOPPED } });
  assertEquals(await ctl(daemon, "wait", "a", "b"), success("Service 'a' started.\nService 'b' started.\n"));
  assertEquals(await ctl(daemon, "wait", "--for", "stopped", "c"), success("Service 'c' stopped.\n"));
  assertEquals(await ctl(daemon, "wait", "--for=stopped", "c", "--quiet"), success());
});

Deno.test("ctl wait does not miss an event directly after the reply with the handle", async () => {
  await using daemon = telling(STARTING, ...event(0, 0, STARTED));
  assertEquals(await ctl(daemon, "wait", "a"), success("Service 'a' started.\n"));
});

Deno.test("ctl wait continues when a command is cancelled", async () => {
  const events = [...event(0, 3, STOPPING), ...event(0, 1, STOPPED), ...event(0, 0, STARTED)];
  await using daemon = telling(STARTING, ...events);
  assertEquals(await ctl(daemon, "wait", "a"), success("Service 'a' started.\n"));
});

Deno.test("ctl wait for a start ends when the start fails", async () => {
  await using daemon = telling(STARTING, ...event(0, 2, { reason: 2 }));
  assertEquals(await ctl(daemon, "wait", "a"), {
    ...success(
      "Service 'a' failed to start.\nReason: a dependency of the service failed to start. Check dinit log.\n",
    ),
    status: 1,
  });
});

Deno.test("ctl wait for a stop ignores failed starts", async () => {
  await using daemon = telling(STARTING, ...event(0, 2, { reason: 2 }), ...event(0, 1, STOPPED));
  assertEquals(await ctl(daemon, "wait", "a", "--for=stopped"), success("Service 'a' stopped.\n"));
});

Deno.test("ctl wait gives up when its time is over", async () => {
  await using daemon = new StandIn({ services: { a: STARTED, b: STARTING } });
  assertEquals(
    await ctl(daemon, "wait", "b", "--timeout", "0.01"),
    failure("dinitctl: service 'b' is not started after 0.01 seconds\n"),
  );
  assertEquals(
    await ctl(daemon, "wait", "a", "b", "--timeout=0"),
    failure("dinitctl: b: service 'b' is not started after 0 seconds\n", "Service 'a' started.\n"),
  );
});

for (const value of ["", "x", "-1", "1e3", "1.", "0x1"]) {
  Deno.test(`ctl wait does not take ${JSON.stringify(value)} for a number of seconds`, async () => {
    await using daemon = new StandIn();
    for (const args of [["--timeout", value], [`--timeout=${value}`]]) {
      assertEquals(
        await ctl(daemon, "wait", "a", ...args),
        failure("dinitctl: --timeout should be followed by a number of seconds\n"),
      );
    }
  });
}
