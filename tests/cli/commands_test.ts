import { assertEquals } from "@std/assert";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { type Answer, ctl, ctlAlone, failure, StandIn, status, success } from "./_stand_in.ts";

const ack: Answer = { type: Reply.ACK };
const nak: Answer = { type: Reply.NAK };
const services = { a: status(), b: status() };
const NOT_LOADED = failure("dinitctl: service not loaded.\n");

// ---- unpin, unload, reload (cli 3.8) ----

Deno.test("ctl unpin", async () => {
  await using daemon = new StandIn({ services, on: { [Request.UNPINSERVICE]: [ack] } });
  assertEquals(await ctl(daemon, "unpin", "b"), success("Service 'b' unpinned.\n"));
  assertEquals(await ctl(daemon, "unpin", "b", "--quiet"), success());
  assertEquals(daemon.received(Request.UNPINSERVICE)[0].handle, 1);
});

Deno.test("ctl unload", async () => {
  await using daemon = new StandIn({ services, on: { [Request.UNLOADSERVICE]: [ack] } });
  assertEquals(await ctl(daemon, "unload", "a"), success("Service 'a' unloaded.\n"));
  assertEquals(await ctl(daemon, "unload", "c"), NOT_LOADED);
  assertEquals(daemon.received(Request.LOADSERVICE).length, 0);
});

Deno.test("ctl unload that the daemon refuses", async () => {
  await using daemon = new StandIn({ services, on: { [Request.UNLOADSERVICE]: [nak] } });
  assertEquals(
    await ctl(daemon, "unload", "a"),
    failure(
      "dinitctl: could not unload service; service not stopped, or is a dependency of another service.\n",
    ),
  );
});

Deno.test("ctl reload", async () => {
  await using daemon = new StandIn({ services, on: { [Request.RELOADSERVICE]: [ack] } });
  assertEquals(await ctl(daemon, "reload", "a"), success("Service 'a' reloaded.\n"));
});

Deno.test("ctl reload that the daemon refuses", async () => {
  await using daemon = new StandIn({ services, on: { [Request.RELOADSERVICE]: [nak] } });
  assertEquals(
    await ctl(daemon, "reload", "a"),
    failure(
      "dinitctl: could not reload service; service in wrong state, incompatible change, or bad service description.\n",
    ),
  );
});

Deno.test("ctl reload loads a service that is not loaded", async () => {
  const loading = {
    c: { type: Reply.SERVICERECORD, state: 0, handle: 9, target: 0 },
    bad: { type: Reply.SERVICE_DESC_ERR },
  } as const;
  await using daemon = new StandIn({ services, loading });
  assertEquals(await ctl(daemon, "reload", "c"), success("Service 'c' reloaded.\n"));
  assertEquals(
    await ctl(daemon, "reload", "bad"),
    failure(
      "dinitctl: error in service description.\n" +
        "dinitctl: try 'dinit-check <service-name>' or check log for more information.\n",
    ),
  );
});

// ---- catlog (cli 3.9) ----

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("ctl catlog copies the buffer, and reports an unfinished last line", async () => {
  const contents: readonly (readonly [Uint8Array, string])[] = [
    [encode(""), ""],
    [encode("hello\n"), "hello\n"],
    [encode("hello\nwor"), "hello\nwor\n(last line is truncated or incomplete)\n"],
    [new Uint8Array([0xff, 0x00, 0x0a]), "\udcff\0\n"],
  ];
  for (const [log, text] of contents) {
    await using daemon = new StandIn({
      services,
      on: { [Request.CATLOG]: [{ type: Reply.SERVICE_LOG, log }] },
    });
    assertEquals(await ctl(daemon, "catlog", "a"), success(text));
    assertEquals(await ctl(daemon, "catlog", "--clear", "a", "--quiet"), success(text));
    assertEquals(daemon.received(Request.CATLOG).map(({ flags }) => flags), [0, 1]);
  }
});

Deno.test("ctl catlog of a service without a buffer", async () => {
  await using daemon = new StandIn({ services, on: { [Request.CATLOG]: [nak] } });
  assertEquals(
    await ctl(daemon, "catlog", "a"),
    failure("dinitctl: cannot cat log for service not configured to buffer output.\n"),
  );
});

// ---- signal (cli 3.10) ----

Deno.test("ctl signal sends by name and by number", async () => {
  await using daemon = new StandIn({ services, on: { [Request.SIGNAL]: [ack] } });
  const words = ["HUP", "STOP", "9", "0", "+15", "  7", "2147483647", "9999"];
  for (const word of words) assertEquals(await ctl(daemon, "signal", word, "b"), success());
  assertEquals(
    daemon.received(Request.SIGNAL).map(({ signal, handle }) => [signal, handle]),
    [1, 19, 9, 0, 15, 7, 2147483647, 9999].map((number) => [number, 1]),
  );
});

for (const word of ["none", "NONE", "hup", "SIGHUP", "0x12", "1x", "1 ", "2147483648", "+", " "]) {
  Deno.test(`ctl signal does not understand ${JSON.stringify(word)}`, async () => {
    await using daemon = new StandIn({ services });
    assertEquals(
      await ctl(daemon, "signal", word, "a"),
      failure(`dinitctl: '${word}' is not a valid signal name/number\n`),
    );
  });
}

const SIGNAL_REFUSALS: readonly (readonly [Answer, string])[] = [
  [
    { type: Reply.SIGNAL_NOPID },
    "dinitctl: could not get valid PID of service; service is not process-based or is in wrong state.\n",
  ],
  [{ type: Reply.SIGNAL_BADSIG }, "dinitctl: provided signal was invalid.\n"],
  [{ type: Reply.SIGNAL_KILLERR }, "dinitctl: failed sending signal to service.\n"],
  [nak, "dinitctl: protocol error\n"],
];

for (const [answer, text] of SIGNAL_REFUSALS) {
  Deno.test(`ctl signal reports: ${text.trim()}`, async () => {
    await using daemon = new StandIn({ services, on: { [Request.SIGNAL]: [answer] } });
    assertEquals(await ctl(daemon, "signal", "TERM", "a"), failure(text));
  });
}

// ---- setenv, unsetenv (cli 3.11) ----

Deno.test("ctl setenv sends each variable, and its own value if none is given", async () => {
  await using daemon = new StandIn({ on: { [Request.SETENV]: [ack] } });
  const args = ["-p", daemon.path, "setenv", "A=1", "B=", "C=x=y", "OWN", "NONE"];
  assertEquals(await ctlAlone(args, { env: { OWN: "mine" } }), success());
  assertEquals(daemon.received(Request.SETENV).map(({ entry }) => entry), [
    "A=1",
    "B=",
    "C=x=y",
    "OWN=mine",
    "NONE=",
  ]);
});

Deno.test("ctl unsetenv sends each name, up to the first that is none", async () => {
  await using daemon = new StandIn({ on: { [Request.SETENV]: [ack] } });
  assertEquals(
    await ctl(daemon, "unsetenv", "A", "B=1", "C"),
    failure("dinitctl: environment variable 'B=1' must not contain the '=' sign.\n"),
  );
  assertEquals(daemon.received(Request.SETENV).map(({ entry }) => entry), ["A"]);
});

Deno.test("ctl setenv and unsetenv refuse more than 1021 bytes", async () => {
  await using daemon = new StandIn({ on: { [Request.SETENV]: [ack] } });
  assertEquals(await ctl(daemon, "setenv", `N=${"x".repeat(1019)}`), success());
  assertEquals(
    await ctl(daemon, "setenv", "A=1", `N=${"ä".repeat(510)}`, "B=2"),
    failure("dinitctl: environment variable 'N' too long.\n"),
  );
  const name = "n".repeat(1022);
  assertEquals(
    await ctl(daemon, "unsetenv", name),
    failure(`dinitctl: environment variable '${name}' too long.\n`),
  );
  assertEquals(daemon.received(Request.SETENV).length, 2);
});

Deno.test("ctl setenv that the daemon finds malformed", async () => {
  await using daemon = new StandIn({ on: { [Request.SETENV]: [{ type: Reply.BADREQ }, "close"] } });
  assertEquals(await ctl(daemon, "setenv", "=x"), failure("dinitctl: failed to export environment.\n"));
});

// ---- add-dep, rm-dep (cli 3.12) ----

Deno.test("ctl add-dep and rm-dep know the kinds of dependencies", async () => {
  await using daemon = new StandIn({ services, on: { [Request.ADD_DEP]: [ack], [Request.REM_DEP]: [ack] } });
  for (const kind of ["need", "regular", "milestone", "waits-for"]) {
    assertEquals(
      await ctl(daemon, "add-dep", kind, "a", "b"),
      success("Service 'a': dependency 'b' added\n"),
    );
    assertEquals(
      await ctl(daemon, "rm-dep", kind, "b", "a"),
      success("Service 'b': dependency 'a' removed\n"),
    );
  }
  assertEquals(daemon.received(Request.ADD_DEP).map(({ kind, from, to }) => [kind, from, to]), [
    [0, 0, 1],
    [0, 0, 1],
    [3, 0, 1],
    [2, 0, 1],
  ]);
  assertEquals(daemon.received(Request.REM_DEP).map(({ kind, from, to }) => [kind, from, to]), [
    [0, 1, 0],
    [0, 1, 0],
    [3, 1, 0],
    [2, 1, 0],
  ]);
  assertEquals(await ctl(daemon, "--quiet", "add-dep", "need", "a", "b"), success());
});

Deno.test("ctl add-dep and rm-dep that the daemon refuses", async () => {
  await using daemon = new StandIn({ services, on: { [Request.ADD_DEP]: [nak], [Request.REM_DEP]: [nak] } });
  assertEquals(
    await ctl(daemon, "add-dep", "need", "a", "b"),
    failure("dinitctl: could not add dependency: circular dependency or wrong state\n"),
  );
  assertEquals(
    await ctl(daemon, "rm-dep", "need", "a", "b"),
    failure("dinitctl: no such dependency to remove\n"),
  );
});

Deno.test("ctl add-dep of a service on itself", async () => {
  await using daemon = new StandIn({ services });
  for (const name of ["add-dep", "rm-dep"]) {
    assertEquals(
      await ctl(daemon, name, "need", "a", "a"),
      failure("dinitctl: control socket protocol error\n"),
    );
  }
});

// ---- trigger, untrigger (cli 3.13) ----

Deno.test("ctl trigger and untrigger", async () => {
  await using daemon = new StandIn({ services, on: { [Request.SETTRIGGER]: [ack] } });
  assertEquals(await ctl(daemon, "trigger", "b"), success());
  assertEquals(await ctl(daemon, "untrigger", "b"), success());
  assertEquals(daemon.received(Request.SETTRIGGER).map(({ handle, value }) => [handle, value]), [[1, 1], [
    1,
    0,
  ]]);
});

Deno.test("ctl trigger and untrigger of a service of another type", async () => {
  await using daemon = new StandIn({ services, on: { [Request.SETTRIGGER]: [nak] } });
  for (const name of ["trigger", "untrigger"]) {
    assertEquals(
      await ctl(daemon, name, "a"),
      failure("dinitctl: cannot trigger a service that is not of 'triggered' type.\n"),
    );
  }
});

// ---- shutdown (cli 3.14) ----

Deno.test("ctl shutdown waits until the daemon has exited", async () => {
  await using daemon = new StandIn({ on: { [Request.SHUTDOWN]: [ack, "close"] } });
  const expected = success("Shutting down dinit...\nConnection closed.\n");
  assertEquals(await ctl(daemon, "shutdown"), expected);
  assertEquals(await ctl(daemon, "shutdown", "--no-wait"), expected);
  assertEquals(await ctl(daemon, "shutdown", "--quiet"), success());
  assertEquals(daemon.received(Request.SHUTDOWN).map(({ kind }) => kind), [2, 2, 2]);
});

Deno.test("ctl shutdown that the daemon refuses", async () => {
  await using daemon = new StandIn({ on: { [Request.SHUTDOWN]: [nak] } });
  assertEquals(await ctl(daemon, "shutdown"), failure("dinitctl: control socket protocol error\n"));
});
