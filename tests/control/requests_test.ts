/** The effect of each request and its reply (control protocol 7 and 11). */

import { assertEquals } from "@std/assert";
import { LoadError, ServiceEvent } from "../../src/model/mod.ts";
import { EXTENSIONS_NAME, Reply, Request } from "../../src/control/mod.ts";
import type { SingleRequest } from "../../src/client/mod.ts";
import { conversation, open, replyType } from "./_conversation.ts";
import { type FakeManager, MODIFIED, STARTED } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";
import { withServer } from "./_server.ts";

conversation("FINDSERVICE finds only loaded services, LOADSERVICE loads", async (client, manager) => {
  manager.add("web", { ...STARTED });
  assertEquals(await client.request({ type: Request.FINDSERVICE, name: "web" }), {
    type: Reply.SERVICERECORD,
    state: 2,
    handle: 0,
    target: 2,
  });
  assertEquals(await replyType(client, { type: Request.FINDSERVICE, name: "db" }), Reply.NOSERVICE);
  assertEquals(await replyType(client, { type: Request.LOADSERVICE, name: "db@1" }), Reply.SERVICERECORD);
  assertEquals(manager.calls, ["load db@1"]);
});

conversation("names of any other bytes are accepted", async (client) => {
  for (const name of ["a/b", "a b", "\udcff\udc80", "ü", "n".repeat(1021)]) {
    assertEquals(await replyType(client, { type: Request.LOADSERVICE, name }), Reply.SERVICERECORD);
  }
  assertEquals(await client.request({ type: Request.QUERYSERVICENAME, reserved: 0, handle: 2 }), {
    type: Reply.SERVICENAME,
    name: "\udcff\udc80",
  });
});

const LOAD_ERRORS: [string, LoadError, number][] = [
  [
    "its own description is bad",
    new LoadError("description", "x", { service: "web" }),
    Reply.SERVICE_DESC_ERR,
  ],
  [
    "a dependency's description is bad",
    new LoadError("description", "x", { service: "db" }),
    Reply.SERVICE_LOAD_ERR,
  ],
  ["there is no description", new LoadError("not-found", "x", { service: "web@1" }), Reply.NOSERVICE],
  ["a dependency has none", new LoadError("not-found", "x", { service: "db" }), Reply.SERVICE_LOAD_ERR],
  ["anything else", new LoadError("load", "x", { service: "web" }), Reply.SERVICE_LOAD_ERR],
];
for (const [what, error, expected] of LOAD_ERRORS) {
  conversation(`LOADSERVICE that fails: ${what}`, async (client, manager) => {
    manager.script = {
      load: () => {
        throw error;
      },
    };
    assertEquals(await replyType(client, { type: Request.LOADSERVICE, name: "web@1" }), expected);
  });
}

const COMMANDS: [SingleRequest, string][] = [
  [{ type: Request.STARTSERVICE, flags: 0, handle: 0 }, 'start web {"pin":false}'],
  [{ type: Request.STARTSERVICE, flags: 1, handle: 0 }, 'start web {"pin":true}'],
  [{ type: Request.STARTSERVICE, flags: 0x7e, handle: 0 }, 'start web {"pin":false}'],
  [{ type: Request.STOPSERVICE, flags: 0, handle: 0 }, 'stop web {"pin":false,"gentle":false}'],
  [{ type: Request.STOPSERVICE, flags: 3, handle: 0 }, 'stop web {"pin":true,"gentle":true}'],
  [{ type: Request.STOPSERVICE, flags: 4, handle: 0 }, 'restart web {"gentle":false}'],
  [{ type: Request.STOPSERVICE, flags: 7, handle: 0 }, 'restart web {"gentle":true}'],
  [{ type: Request.WAKESERVICE, flags: 1, handle: 0 }, 'wake web {"pin":true}'],
  [{ type: Request.RELEASESERVICE, flags: 1, handle: 0 }, 'release web {"pin":true}'],
  [{ type: Request.UNPINSERVICE, handle: 0 }, "unpin web"],
  [{ type: Request.SETTRIGGER, handle: 0, value: 2 }, "trigger web true"],
  [{ type: Request.SETTRIGGER, handle: 0, value: 0 }, "trigger web false"],
  [{ type: Request.SIGNAL, signal: -1, handle: 0 }, "signal web -1"],
  [{ type: Request.SHUTDOWN, kind: 6 }, "shutdown 6"],
  [{ type: Request.SETENV, entry: "A=b=c" }, "set A=b=c"],
  [{ type: Request.SETENV, entry: "A=" }, "set A="],
  [{ type: Request.SETENV, entry: "A" }, "unset A"],
  [{ type: Request.ADD_DEP, kind: 0, from: 0, to: 1 }, "addDependency web db 0"],
  [{ type: Request.REM_DEP, kind: 2, from: 0, to: 1 }, "removeDependency web db 2"],
  [{ type: Request.ENABLESERVICE, kind: 3, from: 0, to: 1 }, "enable web db 3"],
];

Deno.test("each command reaches the manager with its options, and is acknowledged", () =>
  withServer(async ({ client: connect, manager }) => {
    const client = await connect();
    manager.add("web");
    manager.add("db");
    await open(client, "web");
    await open(client, "db");
    for (const [packet, call] of COMMANDS) {
      assertEquals(await replyType(client, packet), Reply.ACK, call);
      assertEquals(manager.calls.splice(0), [call]);
    }
  }));

const OUTCOMES: [Partial<FakeManager["script"]>, SingleRequest, number][] = [
  [{ start: () => "already" }, { type: Request.STARTSERVICE, flags: 0, handle: 0 }, Reply.ALREADYSS],
  [{ start: () => "shutting-down" }, { type: Request.STARTSERVICE, flags: 0, handle: 0 }, Reply.SHUTTINGDOWN],
  [
    { start: () => "pinned-stopped" },
    { type: Request.STARTSERVICE, flags: 0, handle: 0 },
    Reply.PINNEDSTOPPED,
  ],
  [{ stop: () => "already" }, { type: Request.STOPSERVICE, flags: 2, handle: 0 }, Reply.ALREADYSS],
  [{ stop: () => "pinned-started" }, { type: Request.STOPSERVICE, flags: 2, handle: 0 }, Reply.PINNEDSTARTED],
  [{ restart: () => "already" }, { type: Request.STOPSERVICE, flags: 4, handle: 0 }, Reply.ALREADYSS],
  [
    { restart: () => "shutting-down" },
    { type: Request.STOPSERVICE, flags: 4, handle: 0 },
    Reply.SHUTTINGDOWN,
  ],
  [
    { restart: () => "pinned-started" },
    { type: Request.STOPSERVICE, flags: 4, handle: 0 },
    Reply.PINNEDSTARTED,
  ],
  [{ restart: () => "not-started" }, { type: Request.STOPSERVICE, flags: 4, handle: 0 }, Reply.NAK],
  [{ wake: () => "already" }, { type: Request.WAKESERVICE, flags: 0, handle: 0 }, Reply.ALREADYSS],
  [{ wake: () => "no-dependents" }, { type: Request.WAKESERVICE, flags: 0, handle: 0 }, Reply.NAK],
  [{ wake: () => "shutting-down" }, { type: Request.WAKESERVICE, flags: 0, handle: 0 }, Reply.SHUTTINGDOWN],
  [{ wake: () => "pinned-stopped" }, { type: Request.WAKESERVICE, flags: 0, handle: 0 }, Reply.PINNEDSTOPPED],
  [{ release: () => "already" }, { type: Request.RELEASESERVICE, flags: 0, handle: 0 }, Reply.ALREADYSS],
  [{ trigger: () => false }, { type: Request.SETTRIGGER, handle: 0, value: 1 }, Reply.NAK],
  [{ signal: () => "no-process" }, { type: Request.SIGNAL, signal: 1, handle: 0 }, Reply.SIGNAL_NOPID],
  [{ signal: () => "bad-signal" }, { type: Request.SIGNAL, signal: 99, handle: 0 }, Reply.SIGNAL_BADSIG],
  [{ signal: () => "failed" }, { type: Request.SIGNAL, signal: 1, handle: 0 }, Reply.SIGNAL_KILLERR],
  [{ bufferedLog: () => undefined }, { type: Request.CATLOG, flags: 0, handle: 0 }, Reply.NAK],
  [{ unload: () => false }, { type: Request.UNLOADSERVICE, handle: 0 }, Reply.NAK],
  [{ addDependency: () => "exists" }, { type: Request.ADD_DEP, kind: 0, from: 0, to: 1 }, Reply.ACK],
  [{ addDependency: () => "refused" }, { type: Request.ADD_DEP, kind: 0, from: 0, to: 1 }, Reply.NAK],
  [{ removeDependency: () => false }, { type: Request.REM_DEP, kind: 0, from: 0, to: 1 }, Reply.NAK],
  [{ enable: () => "exists" }, { type: Request.ENABLESERVICE, kind: 2, from: 0, to: 1 }, Reply.ACK],
  [{ enable: () => "refused" }, { type: Request.ENABLESERVICE, kind: 2, from: 0, to: 1 }, Reply.NAK],
  [{ enable: () => "refused" }, { type: Request.ENABLE_SERVICE_V7, kind: 2, from: 0, to: 1 }, Reply.NAK],
];

Deno.test("each outcome of a command has its reply", () =>
  withServer(async ({ client: connect, manager }) => {
    const client = await connect();
    manager.add("web");
    manager.add("db");
    await open(client, "web");
    await open(client, "db");
    for (const [script, packet, expected] of OUTCOMES) {
      manager.script = script;
      assertEquals(await replyType(client, packet), expected, JSON.stringify(packet));
    }
  }));

Deno.test("PREACK comes first, then the events of the command, then its reply", () =>
  withServer(async ({ peer, manager }) => {
    manager.add("web");
    const event = () => {
      manager.emit("web", ServiceEvent.STARTED, { state: 2, target: 2 });
      return "already" as const;
    };
    manager.script = { start: event, wake: event, release: event, stop: event, restart: event };
    const client = await peer();
    await client.send("01 03 00 77 65 62");
    await client.receive(7);
    for (const request of ["03 80", "05 80", "06 80", "04 80", "04 84"]) {
      await client.send(`${request} 00 00 00 00`);
      await client.expect(
        "4f 65 15 00 00 00 00 00 02 02 00 00 00 00 00 00 00 00 00 00 00 00 " +
          "64 11 00 00 00 00 00 02 02 00 00 00 00 00 00 00 00 3d",
      );
    }
  }));

conversation("QUERYSERVICEDSCDIR with a reserved byte: NAK", async (client, manager) => {
  manager.add("web", {}, "some/where");
  await open(client, "web");
  assertEquals(
    await replyType(client, { type: Request.QUERYSERVICEDSCDIR, reserved: 1, handle: 0 }),
    Reply.NAK,
  );
  assertEquals(await client.request({ type: Request.QUERYSERVICEDSCDIR, reserved: 0, handle: 0 }), {
    type: Reply.SVCDSCDIR,
    directory: "some/where",
  });
});

conversation("lists are in load order and hold every service", async (client, manager) => {
  const names = Array.from({ length: 1000 }, (_, index) => `service-${index}`);
  for (const name of names) manager.add(name);
  assertEquals((await client.list()).map(({ name }) => name), names);
  assertEquals((await client.list(false)).map(({ name }) => name), names);
});

conversation(
  "a name of 256 bytes and more does not break a list, and its handle gives the full name",
  async (client, manager) => {
    const long = `getty@${"x".repeat(600)}`;
    manager.add(long);
    manager.add("after");
    assertEquals((await client.list()).map(({ name }) => name), [long.slice(0, 255), "after"]);
    await open(client, long);
    assertEquals(await client.request({ type: Request.QUERYSERVICENAME, reserved: 0, handle: 0 }), {
      type: Reply.SERVICENAME,
      name: long,
    });
  },
);

conversation("CATLOG gives the log, also an empty one, and clears on demand", async (client, manager) => {
  manager.add("web");
  manager.script = { bufferedLog: () => ({ bytes: new Uint8Array(), end: 0 }) };
  await open(client, "web");
  assertEquals(await client.request({ type: Request.CATLOG, flags: 1, handle: 0 }), {
    type: Reply.SERVICE_LOG,
    log: new Uint8Array(),
  });
  await client.request({ type: Request.CATLOG, flags: 0xfe, handle: 0 });
  assertEquals(manager.calls, ['bufferedLog web {"clear":true}', 'bufferedLog web {"clear":false}']);
});

conversation(
  "GETALLENV returns the environment, with any bytes and of any size",
  async (client, manager) => {
    manager.environment.set("PATH", "/bin");
    manager.environment.set("BYTES", "\udcff\udcfe");
    for (let i = 0; i < 5000; i++) manager.environment.set(`NAME${i}`, "x".repeat(40));
    const reply = await client.request({ type: Request.GETALLENV, reserved: 0 });
    assertEquals(reply, { type: Reply.ALLENV, entries: manager.environmentEntries() });
  },
);

conversation(
  "ENABLE_SERVICE_V7 returns whether the dependency existed and the status afterwards",
  async (client, manager) => {
    manager.add("boot");
    manager.add("web");
    await open(client, "boot");
    await open(client, "web");
    manager.script = {
      enable: () => {
        manager.get("web").status = { ...manager.get("web").status, ...STARTED };
        return "exists";
      },
    };
    const reply = await client.request({ type: Request.ENABLE_SERVICE_V7, kind: 2, from: 0, to: 1 });
    if (reply.type !== Reply.SERVICESTATUS) throw new Error("no status");
    assertEquals([reply.existed, reply.status.state, reply.status.modified], [1, 2, MODIFIED]);
  },
);

conversation("extensions: negotiated by a name that no service has, then topics as JSON", async (client) => {
  assertEquals(await client.extensions(), 1);
  assertEquals(await client.query("overview"), OVERVIEW);
  assertEquals(await client.query("nothing"), undefined);
});

conversation(
  "the name for the negotiation of extensions is only looked up, never loaded",
  async (client, manager) => {
    assertEquals(
      await replyType(client, { type: Request.LOADSERVICE, name: EXTENSIONS_NAME }),
      Reply.SERVICERECORD,
    );
    assertEquals(manager.calls, [`load ${EXTENSIONS_NAME}`]);
  },
);
