import { assertEquals } from "@std/assert";
import { Request } from "../../src/control/wire/protocol.ts";
import { ack, daemonFor, NAMES, preack, STARTED, STARTING, STOPPED, STOPPING } from "./_start_stop.ts";
import { type Answer, ctl, event, failure, StandIn, status, success } from "./_stand_in.ts";

const FAILED_TO_START = "Service 'db' failed to start.\n";

/** The possible results of a start that a command waits for, and their messages. */
const STARTS: readonly (readonly [string, Answer[], string, number])[] = [
  ["starts", event(0, 0, STARTED), "Service 'db' started.\n", 0],
  ["stops first", [...event(0, 1, STARTING), ...event(0, 0, STARTED)], "Service 'db' started.\n", 0],
  ["is cancelled", event(0, 3, STOPPING), "Service 'db' start cancelled.\n", 1],
  [
    "has a dependency that fails",
    event(0, 2, { reason: 2 }),
    `${FAILED_TO_START}Reason: a dependency of the service failed to start. Check dinit log.\n`,
    1,
  ],
  ["times out", event(0, 2, { reason: 5 }), `${FAILED_TO_START}Reason: start timed out.\n`, 1],
  [
    "cannot be launched",
    event(0, 2, { reason: 4, launchStage: 18, launchErrno: 2 }),
    `${FAILED_TO_START}Reason: execution of service process failed:
        Stage: executing command
        Error: No such file or directory
`,
    1,
  ],
  [
    "exits",
    event(0, 2, { reason: 3, exit: { code: 1, status: 4 } }),
    `${FAILED_TO_START}Reason: service process terminated before ready: exited - status 4\n`,
    1,
  ],
  [
    "is killed",
    event(0, 2, { reason: 3, exit: { code: 2, status: 15 } }),
    `${FAILED_TO_START}Reason: service process terminated before ready: signalled - signal 15\n`,
    1,
  ],
  [
    "dumps core",
    event(0, 2, { reason: 3, exit: { code: 3, status: 11 } }),
    `${FAILED_TO_START}Reason: service process terminated before ready: unknown reason\n`,
    1,
  ],
  [
    "fails while it still has a process",
    event(0, 2, { reason: 3, pid: 1 }),
    `${FAILED_TO_START}Reason: service process terminated before ready: unknown reason\n`,
    1,
  ],
  [
    "fails for no known reason",
    event(0, 2, { reason: 0 }),
    `${FAILED_TO_START}Reason unknown/unrecognised. Check dinit log.\n`,
    1,
  ],
  ["is stopped for good by someone else", event(0, 1, STOPPED), "Service 'db' start cancelled.\n", 1],
];

for (const [what, events, text, exit] of STARTS) {
  Deno.test(`ctl start waits for a service that ${what}`, async () => {
    await using daemon = daemonFor("start", STOPPED, [ack, ...events]);
    assertEquals(await ctl(daemon, "start", "db"), { out: text, err: "", status: exit });
  });
  Deno.test(`ctl wake that ${what} before the reply ends with the reply`, async () => {
    await using daemon = daemonFor("wake", STOPPED, [...events, ack]);
    assertEquals(await ctl(daemon, "wake", "db"), { out: text, err: "", status: exit });
  });
  Deno.test(`ctl start --quiet of a service that ${what} says nothing`, async () => {
    await using daemon = daemonFor("start", STOPPED, [ack, ...events]);
    assertEquals(await ctl(daemon, "--quiet", "start", "db"), { out: "", err: "", status: exit });
  });
}

Deno.test("ctl start ignores events from before its request was handled", async () => {
  const old = [...event(0, 2, { reason: 5 }), ...event(0, 1, STOPPED)];
  await using daemon = new StandIn({
    services: { db: STOPPING },
    on: { [Request.STARTSERVICE]: [...old, preack, ack, ...event(0, 0, STARTED)] },
  });
  assertEquals(await ctl(daemon, "start", "db"), success("Service 'db' started.\n"));
});

Deno.test("ctl start ignores events of other services", async () => {
  await using daemon = daemonFor("start", STOPPED, [
    ack,
    ...event(7, 2, { reason: 5 }),
    ...event(0, 0, STARTED),
  ]);
  assertEquals(await ctl(daemon, "start", "db"), success("Service 'db' started.\n"));
});

Deno.test("ctl start understands the bare events of the oldest daemons", async () => {
  const failed = new Uint8Array([100, 7, 0, 0, 0, 0, 2]);
  await using daemon = daemonFor("start", STOPPED, [ack, failed], { version: 1 });
  assertEquals(
    await ctl(daemon, "start", "db"),
    failure("", `${FAILED_TO_START}Reason unknown/unrecognised. Check dinit log.\n`),
  );
});

Deno.test("ctl reports a daemon that exits while it waits", async () => {
  for (const name of NAMES) {
    const service = name === "release" ? STOPPING : STARTED;
    const leaving = name === "release" ? { on: { [Request.SERVICESTATUS5]: ["close"] as const } } : {};
    await using daemon = daemonFor(name, service, name === "release" ? [ack] : [ack, "close"], leaving);
    const { status, err } = await ctl(daemon, name, "db");
    assertEquals(status, 1);
    const lost = name === "release" ? "control socket read failure or protocol error" : "protocol error";
    assertEquals(err, `dinitctl: ${lost}\n`);
  }
});

for (const name of ["stop", "release"] as const) {
  Deno.test(`ctl ${name} waits until the service has stopped`, async () => {
    await using daemon = daemonFor(name, STOPPING, [ack, ...event(0, 0), ...event(0, 2), ...event(0, 1)]);
    assertEquals(await ctl(daemon, name, "db"), success("Service 'db' stopped.\n"));
  });
  Deno.test(`ctl ${name} reports a stop that is cancelled`, async () => {
    await using daemon = daemonFor(name, STOPPING, [ack, ...event(0, 4)]);
    assertEquals(await ctl(daemon, name, "db"), failure("", "Service 'db' stop cancelled.\n"));
  });
}

Deno.test("ctl release does not wait for a service that stays up", async () => {
  for (const service of [STARTED, STARTING, status({ state: 2, target: 0 })]) {
    await using daemon = daemonFor("release", service, [ack]);
    assertEquals(await ctl(daemon, "release", "db"), success());
  }
});

Deno.test("ctl restart waits for the stop, then for the start", async () => {
  await using daemon = daemonFor("restart", STARTED, [
    ack,
    ...event(0, 1, STARTING),
    ...event(0, 0, STARTED),
  ]);
  assertEquals(await ctl(daemon, "restart", "db"), success("Service 'db' stopped.\nService 'db' started.\n"));
});

Deno.test("ctl restart reports only one stop", async () => {
  await using daemon = daemonFor("restart", STARTED, [
    ack,
    ...event(0, 1, STARTING),
    ...event(0, 1, STARTING),
    ...event(0, 0, STARTED),
  ]);
  assertEquals(await ctl(daemon, "restart", "db"), success("Service 'db' stopped.\nService 'db' started.\n"));
});

Deno.test("ctl restart counts a stop that came before the reply", async () => {
  await using daemon = daemonFor("restart", STARTED, [
    ...event(0, 1, STARTING),
    ack,
    ...event(0, 0, STARTED),
  ]);
  assertEquals(await ctl(daemon, "restart", "db"), success("Service 'db' stopped.\nService 'db' started.\n"));
});

Deno.test("ctl restart reports a start that fails", async () => {
  await using daemon = daemonFor("restart", STARTED, [
    ack,
    ...event(0, 1, STARTING),
    ...event(0, 2, { reason: 5 }),
  ]);
  const text = `Service 'db' stopped.\n${FAILED_TO_START}Reason: start timed out.\n`;
  assertEquals(await ctl(daemon, "restart", "db"), failure("", text));
});

Deno.test("ctl restart ends when someone else stops the service", async () => {
  await using daemon = daemonFor("restart", STARTED, [ack, ...event(0, 1, STOPPED)]);
  assertEquals(
    await ctl(daemon, "restart", "db"),
    failure("", "Service 'db' stopped.\nService 'db' start cancelled.\n"),
  );
});
