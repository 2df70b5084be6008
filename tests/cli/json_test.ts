/** The documents of `--json`: one for each command, whether it succeeds or fails. */

import { assertEquals } from "@std/assert";
import type { AnyDocument } from "../../src/cli/ctl/main.ts";
import { COMMANDS } from "../../src/options/ctl_commands.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { Services } from "./_enable.ts";
import { ack, already, nak, preack, STARTED, STARTING, STOPPED } from "./_start_stop.ts";
import { ctl, event, type Outcome, type Script, StandIn, status } from "./_stand_in.ts";

/** The document and the rest of the outcome. */
async function json(script: Script, ...args: string[]): Promise<[AnyDocument, Omit<Outcome, "out">]> {
  await using daemon = new StandIn(script);
  const { out, ...rest } = await ctl(daemon, ...args, "--json");
  assertEquals(out.split("\n").length, 2, `one line, not: ${out}`);
  return [JSON.parse(out), rest];
}

const services = { a: STARTED, b: STOPPED };
const fine = { err: "", status: 0 };

const STOPPED_DOCUMENT = {
  name: "b",
  state: "STOPPED",
  target: "STOPPED",
  explicit: false,
  failed: false,
  reason: "normal",
  skipped: false,
  console: null,
  pid: null,
  exit: null,
  launch: null,
};

Deno.test("list --json has everything that the marks show, and more", async () => {
  const [document, rest] = await json({
    services: {
      b: STOPPED,
      up: status({ state: 2, target: 2, explicit: true, skipped: true, pid: 7, holdingConsole: true }),
      dead: status({ reason: 6, exit: { code: 2, status: 9 } }),
      bad: status({ reason: 4, launchStage: 18, launchErrno: 2 }),
    },
  }, "list");
  assertEquals(rest, fine);
  assertEquals(document as unknown, {
    command: "list",
    ok: true,
    services: [
      STOPPED_DOCUMENT,
      {
        ...STOPPED_DOCUMENT,
        name: "up",
        state: "STARTED",
        target: "STARTED",
        explicit: true,
        skipped: true,
        console: "holding",
        pid: 7,
      },
      {
        ...STOPPED_DOCUMENT,
        name: "dead",
        failed: true,
        reason: "terminated",
        exit: { how: "signalled", status: 9 },
      },
      {
        ...STOPPED_DOCUMENT,
        name: "bad",
        failed: true,
        reason: "exec-failed",
        launch: { stage: "executing command", error: "No such file or directory" },
      },
    ],
  });
});

Deno.test("status --json of the whole system, with the daemon's own facts", async () => {
  const service = {
    ...status(),
    name: "b",
    type: 1,
    since: 1_700_000_000_000,
    waitingFor: ["a"],
    restarts: 3,
  };
  const daemon = { version: "0.1.0", pid: 1, uptime: 5, socket: "/s", shuttingDown: false };
  const [document] = await json({ overview: { daemon, services: [service] } }, "status");
  assertEquals(document as unknown, {
    command: "status",
    ok: true,
    daemon,
    services: [{ ...STOPPED_DOCUMENT, since: "2023-11-14T22:13:20.000Z", restarts: 3, waitingFor: ["a"] }],
  });
});

Deno.test("status --json of services that are loaded and some that are not", async () => {
  assertEquals(await json({ services }, "status", "b"), [
    { command: "status", ok: true, services: [STOPPED_DOCUMENT] } as unknown as AnyDocument,
    fine,
  ]);
  assertEquals(await json({ services }, "status", "x", "b"), [
    { command: "status", ok: false, services: [STOPPED_DOCUMENT], missing: ["x"] } as unknown as AnyDocument,
    { err: "dinitctl: x: service not loaded.\n", status: 1 },
  ]);
  assertEquals(await json({ services }, "status", "x"), [
    {
      command: "status",
      ok: false,
      error: "service not loaded.",
      hint: "service 'x' is not loaded",
    } as unknown as AnyDocument,
    { err: "dinitctl: service not loaded.\n", status: 1 },
  ]);
});

/** Commands with their documents, without `command` and `ok`. */
const DOCUMENTS: readonly (readonly [string[], Script, Record<string, unknown>, number])[] = [
  [
    ["is-started", "a", "b", "x"],
    { services },
    {
      services: [
        { name: "a", state: "STARTED", passed: true },
        { name: "b", state: "STOPPED", passed: false },
        { name: "x", state: null, passed: false },
      ],
    },
    1,
  ],
  [
    ["start", "a"],
    { services, on: { [Request.STARTSERVICE]: [preack, already] } },
    { services: [{ name: "a", result: "already-started" }] },
    0,
  ],
  [
    ["start", "b"],
    { services, on: { [Request.STARTSERVICE]: [preack, ack, ...event(1, 2, { reason: 5 })] } },
    { services: [{ name: "b", result: "failed", reason: ["Reason: start timed out."] }] },
    1,
  ],
  [
    ["restart", "a"],
    {
      services,
      on: { [Request.STOPSERVICE]: [preack, ack, ...event(0, 1, STARTING), ...event(0, 0, STARTED)] },
    },
    { services: [{ name: "a", result: "started" }] },
    0,
  ],
  [
    ["release", "a", "--no-wait"],
    { services, on: { [Request.RELEASESERVICE]: [preack, ack] } },
    { services: [{ name: "a", result: "issued" }] },
    0,
  ],
  [
    ["release", "a"],
    { services, on: { [Request.RELEASESERVICE]: [preack, ack] } },
    { services: [{ name: "a", result: "still-needed" }] },
    0,
  ],
  [
    ["restart", "b", "--ignore-unstarted"],
    { services, on: { [Request.STOPSERVICE]: [preack, nak] } },
    { services: [{ name: "b", result: "not-started" }] },
    0,
  ],
  [["unpin", "a"], { services, on: { [Request.UNPINSERVICE]: [ack] } }, {
    services: [{ name: "a", result: "unpinned" }],
  }, 0],
  [["trigger", "a"], { services, on: { [Request.SETTRIGGER]: [ack] } }, {
    services: [{ name: "a", result: "triggered" }],
  }, 0],
  [["signal", "HUP", "a"], { services, on: { [Request.SIGNAL]: [ack] } }, {
    services: [{ name: "a", result: "signalled" }],
  }, 0],
  [["setenv", "A=1", "B"], { on: { [Request.SETENV]: [ack] } }, { variables: ["A", "B"] }, 0],
  [["add-dep", "need", "a", "b"], { services, on: { [Request.ADD_DEP]: [ack] } }, {
    type: "need",
    from: "a",
    to: "b",
  }, 0],
  [["shutdown"], { on: { [Request.SHUTDOWN]: [ack, "close"] } }, {}, 0],
  [
    ["catlog", "a"],
    {
      services,
      on: { [Request.CATLOG]: [{ type: Reply.SERVICE_LOG, log: new Uint8Array([0x61, 0xff, 0xc3]) }] },
    },
    { service: "a", log: "a\udcff\udcc3" },
    0,
  ],
  [["wait", "b", "--timeout=0"], { services }, {
    error: "service 'b' is not started after 0 seconds",
    services: [{ name: "b", result: "failed", error: "service 'b' is not started after 0 seconds" }],
  }, 1],
];

for (const [args, script, facts, code] of DOCUMENTS) {
  Deno.test(`ctl ${args.join(" ")} --json`, async () => {
    const [document, rest] = await json(script, ...args);
    assertEquals(document as unknown, { command: args[0], ok: code === 0, ...facts });
    assertEquals(rest.status, code);
  });
}

Deno.test("signal --list --json", async () => {
  const [document] = await json({}, "signal", "--list");
  const { signals } = document as { signals: readonly { name: string; number: number }[] } & AnyDocument;
  assertEquals(signals[0], { name: "HUP", number: 1 });
  assertEquals(signals.length, 9);
});

/** Words that fit each command, for the test below. */
const WORDS: Readonly<Record<string, string[]>> = {
  "add-dep": ["need", "x", "y"],
  "rm-dep": ["need", "x", "y"],
  signal: ["HUP", "x"],
  list: [],
  shutdown: [],
  graph: [],
  permissions: ["x", "--record"],
  upgrade: [],
};

for (const { name, raw } of COMMANDS) {
  if (raw) continue; // its output is the conversation of somebody else
  Deno.test(`ctl ${name} --json writes a document when the daemon goes away`, async () => {
    await using daemon = new StandIn({ on: { [Request.QUERYVERSION]: ["close"] } });
    const { out, status } = await ctl(daemon, name, ...(WORDS[name] ?? ["x"]), "--json");
    assertEquals(JSON.parse(out), {
      command: name,
      ok: false,
      error: "control socket read failure or protocol error",
      hint: `socket: ${daemon.path}`,
    });
    assertEquals(status, 1);
  });
}

Deno.test("a wrong command line has a document, too", async () => {
  await using daemon = new StandIn();
  const document = async (...words: string[]) => JSON.parse((await ctl(daemon, ...words)).out);
  assertEquals(await document("--json", "restat", "web"), {
    command: "restat",
    ok: false,
    error: "unrecognized command: restat (use --help for help)",
    hint: "did you mean 'restart'?",
  });
  assertEquals(await document("start", "--json"), {
    command: "start",
    ok: false,
    error: "Invalid command line.\nTry 'dinitctl --help' for more information.",
    hint: "start needs SERVICE|PATTERN\nusage: dinitctl [options] start [--all] SERVICE|PATTERN...",
  });
});

Deno.test("enable and disable --json report the link, and with a daemon also the start", async () => {
  using files = new Services();
  const link = `${files.directory}/boot.d/a`;
  const document = { command: "enable", ok: true, from: "boot", to: "a", link };
  assertEquals(JSON.parse((await files.offline("enable", "a", "--json")).out), document);
  assertEquals(JSON.parse((await files.offline("disable", "a", "--json")).out), {
    ...document,
    command: "disable",
  });
  const starting = status({ state: 1, target: 2 });
  await using daemon = files.daemon({
    version: 7,
    on: {
      [Request.ENABLE_SERVICE_V7]: [
        { type: Reply.SERVICESTATUS, existed: 0, status: starting },
        ...event(1, 0, STARTED),
      ],
    },
  });
  assertEquals(JSON.parse((await ctl(daemon, "enable", "a", "--json")).out), {
    ...document,
    services: [{ name: "a", result: "started" }],
  });
});
