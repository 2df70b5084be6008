/**
 * The additions of the tools to a message of the reference, if a person reads it: the name of the thing, and a remedy.
 */

import { assert, assertEquals } from "@std/assert";
import { runMonitor } from "../../src/cli/monitor/main.ts";
import { runShutdown } from "../../src/cli/shutdown/main.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { type Answer, ctlAlone, FakeIo, type Script, StandIn, status } from "./_stand_in.ts";

const ON_TERMINAL = { errorTerminal: true };
const UP = status({ state: 2, target: 2 });

/** A daemon with two services, that searches its own directory, which holds the description `db`. */
function daemon(script: Script = {}): StandIn {
  const standIn: StandIn = new StandIn({
    services: { web: UP, worker: UP },
    ...script,
    on: {
      [Request.QUERY_LOAD_MECH]: () => [
        { type: Reply.LOADER_MECH, loader: 1, cwd: standIn.directory, directories: [".", "/nowhere"] },
      ],
      ...script.on,
    },
  });
  Deno.writeTextFileSync(`${standIn.directory}/db`, "type = internal\n");
  return standIn;
}

/** What a command line says on standard error of a terminal, without the lines that a pipe gets, too. */
async function hints(words: string, script?: Script): Promise<string[]> {
  await using standIn = daemon(script);
  const args = ["-p", standIn.path, ...words.split(" ").filter((word) => word !== "")];
  const piped = await ctlAlone(args);
  const shown = await ctlAlone(args, ON_TERMINAL);
  assertEquals([shown.out, shown.status], [piped.out, piped.status]);
  assert(shown.err.startsWith(piped.err), `the reference's text comes first: ${shown.err}`);
  const more = shown.err.slice(piped.err.length).replaceAll(standIn.directory, "DIR");
  return more.split("\n").filter((line) => line !== "").map((line) => line.trim());
}

const refused = (request: number, reply: Answer): Script => ({ on: { [request]: [reply] } });

/** A command line, the addition to the reference's message, and the answers of the daemon. */
const CASES: readonly [words: string, more: string[], script?: Script][] = [
  ["restat web", ["did you mean 'restart'?"]],
  ["--frce stop web", ["did you mean '--force'?"]],
  ["start --force web", ["'--force' goes behind 'stop' or 'restart'"]],
  ["list --socket-path=/x", ["write '--socket-path /x'"]],
  ["list --state startd", ["did you mean 'started'?"]],
  ["--user", ["a command is missing, such as 'status'"]],
  ["restart", [
    "restart needs SERVICE|PATTERN",
    "usage: dinitctl [options] restart [--force] [--all] SERVICE|PATTERN...",
  ]],
  ["signal HUP", ["signal needs SERVICE", "usage: dinitctl [options] signal [--list] SIGNAL SERVICE..."]],
  ["add-dep need web", ["add-dep needs TO", "usage: dinitctl [options] add-dep TYPE FROM TO"]],
  ["add-dep neeed a b", [
    "TYPE is one of need, regular, milestone, waits-for; not 'neeed': did you mean 'need'?",
    "usage: dinitctl [options] add-dep TYPE FROM TO",
  ]],
  ["shutdown now", ["'now' is one word too many for 'shutdown'", "usage: dinitctl [options] shutdown"]],
  ["start --offline web", ["'start' needs a daemon; 'enable' and 'disable' can do without"]],
  ["start wbe", ["service 'wbe': did you mean 'web'?", "searched: DIR/., /nowhere"]],
  ["start zzzzz", ["service 'zzzzz': there is no description of this name", "searched: DIR/., /nowhere"]],
  ["start wbe@1", ["service 'wbe@1': did you mean 'web@1'?", "searched: DIR/., /nowhere"]],
  ["start bd", ["service 'bd': did you mean 'db'?", "searched: DIR/., /nowhere"]],
  ["start bad", ["service 'bad': 'dinit-check -d DIR/. -d /nowhere bad' shows the mistake"], {
    loading: { bad: { type: Reply.SERVICE_DESC_ERR } },
  }],
  ["start .x", ["'.x' cannot be the name of a service"], { loading: { ".x": { type: Reply.BADREQ } } }],
  ["status wbe", ["service 'wbe' is not loaded: did you mean 'web'?"]],
  ["unload db", [
    "service 'db' is not loaded; its description is DIR/./db: 'dinitctl start db' loads and starts it",
  ]],
  ["is-started wbe", ["dinitctl: service 'wbe' is not loaded: did you mean 'web'?"]],
  ["is-failed wbe", ["dinitctl: service 'wbe' is not loaded: did you mean 'web'?"]],
  ["trigger web", ["service 'web' is STARTED"], refused(Request.SETTRIGGER, { type: Reply.NAK })],
  ["reload web", ["service 'web' is STARTED"], refused(Request.RELOADSERVICE, { type: Reply.NAK })],
  ["unload web", ["service 'web' is STARTED"], refused(Request.UNLOADSERVICE, { type: Reply.NAK })],
  ["restart web", ["service 'web' is STARTED"], {
    directory: "/nowhere",
    ...refused(Request.STOPSERVICE, { type: Reply.NAK }),
  }],
  ["signal TERM web", ["service 'web' is STARTED"], refused(Request.SIGNAL, { type: Reply.SIGNAL_NOPID })],
  ["signal 99 web", ["signal 99"], refused(Request.SIGNAL, { type: Reply.SIGNAL_BADSIG })],
  ["signal FOO web", ["the names are HUP, INT, QUIT, KILL, USR1, USR2, TERM, CONT, STOP"]],
  [
    "catlog web",
    ["service 'web' has no buffer: its description needs 'log-type = buffer'"],
    refused(Request.CATLOG, { type: Reply.NAK }),
  ],
  [
    "setenv =x",
    ["'=x' sets no variable: it must be NAME=VALUE"],
    refused(Request.SETENV, { type: Reply.BADREQ }),
  ],
  ["rm-dep need web worker", ["need: 'web' on 'worker'"], refused(Request.REM_DEP, { type: Reply.NAK })],
  ["list", ["socket: DIR/socket"], { on: { [Request.QUERYVERSION]: ["close"] } }],
];

for (const [words, more, script] of CASES) {
  Deno.test(`on a terminal a failure of ctl ${words} names the thing and the remedy`, async () => {
    assertEquals(await hints(words, script), more);
  });
}

Deno.test("each failure of several services is explained, also in the document", async () => {
  await using standIn = daemon();
  const { err } = await ctlAlone(["-p", standIn.path, "trigger", "wbe", "wrker"], ON_TERMINAL);
  assert(err.includes("service 'wbe': did you mean 'web'?"), err);
  assert(err.includes("service 'wrker': did you mean 'worker'?"), err);
  const { out, err: piped } = await ctlAlone(["-p", standIn.path, "trigger", "wbe", "wrker", "--json"]);
  const { services } = JSON.parse(out) as { services: { hint: string }[] };
  assertEquals(services.map(({ hint }) => hint.split("\n")[0]), [
    "service 'wbe': did you mean 'web'?",
    "service 'wrker': did you mean 'worker'?",
  ]);
  assert(!piped.includes("did you mean"), piped);
});

Deno.test("a foreign name cannot control the terminal", async () => {
  await using standIn = daemon();
  const { err } = await ctlAlone(["-p", standIn.path, "start", "\x1b[2Jx"], ON_TERMINAL);
  assert(!err.includes("\x1b"), JSON.stringify(err));
});

Deno.test("without a daemon ctl says how to start one, and which others answer", async () => {
  await using other = daemon();
  const env = { XDG_RUNTIME_DIR: other.directory };
  Deno.symlinkSync("socket", `${other.directory}/dinitctl`);
  const { err } = await ctlAlone(["-p", `${other.directory}/absent`, "list"], {
    env,
    uid: 7,
    ...ON_TERMINAL,
  });
  assertEquals(err.replaceAll(other.directory, "DIR").split("\n"), [
    "dinitctl: connecting to socket: DIR/absent: No such file or directory",
    "    is it running? start it with: deno run --allow-all main.ts --socket-path DIR/absent",
    "    your own instance answers at DIR/dinitctl: use --user",
    "",
  ]);
});

Deno.test("a daemon that is busy does not keep a failure from being reported", async () => {
  await using standIn = daemon({ on: { [Request.LISTSERVICES5]: [], [Request.LISTSERVICES]: [] } });
  const { err, status } = await ctlAlone(["-p", standIn.path, "start", "wbe"], ON_TERMINAL);
  assertEquals(status, 1);
  assert(err.startsWith("dinitctl: failed to find service description."), err);
});

Deno.test("dinit-monitor and shutdown explain their failures on a terminal, too", async () => {
  const monitor = async (...args: string[]) => {
    const io = new FakeIo(ON_TERMINAL);
    const run = () => Promise.resolve({ errno: 2 });
    await runMonitor(args, Object.assign(io, { run }));
    return io.errors;
  };
  await using standIn = daemon();
  assertEquals(
    await monitor("-p", standIn.path, "-c", "x", "wbe"),
    `dinit-monitor: cannot load service: wbe
    service 'wbe': did you mean 'web'?
    searched: ${standIn.directory}/., /nowhere
`,
  );
  assertEquals(
    await monitor("-p", standIn.path, "-i", "-e", "-c", "nosuch %n", "web"),
    "dinit-monitor: exec: No such file or directory\n    command: nosuch %n\n",
  );
  const absent = await monitor("-p", "/nowhere/socket", "-c", "x", "web");
  assert(absent.includes("\n    is it running? start it with: "), absent);
  const io = new FakeIo(ON_TERMINAL);
  const never = () => Promise.reject(new Error("not used here"));
  const shutdownIo = Object.assign(io, {
    socketPath: "/nowhere/socket",
    connection: never,
    shutDown: never,
    sleep: never,
  });
  await runShutdown([], shutdownIo);
  assertEquals(
    io.errors,
    "connect: No such file or directory\n" +
      "    no daemon answers at /nowhere/socket; '--system' ends the machine without one\n",
  );
});
