/** `dinit-monitor` (cli 1.1, 1.3, 1.5 and 6) against a scripted daemon. */

import { toolVersion } from "../../src/cli/shared/failure.ts";
import { assert, assertEquals } from "@std/assert";
import { runMonitor } from "../../src/cli/monitor/main.ts";
import type { CommandEnd } from "../../src/cli/monitor/run_command.ts";
import { runCommand } from "../../src/cli/monitor/run_command.ts";
import { Information, Reply, Request } from "../../src/control/wire/protocol.ts";
import {
  type Answer,
  event,
  failure,
  FakeIo,
  type Outcome,
  type Script,
  StandIn,
  status,
  success,
  type Surroundings,
} from "./_stand_in.ts";

interface MonitorOutcome extends Outcome {
  /** The commands that were run, words joined with `|`. */
  readonly commands: readonly string[];
}

/** Runs the tool; `end` gives the result of each command. */
async function monitorAlone(
  args: readonly string[],
  surroundings: Surroundings = {},
  end: CommandEnd = { status: 0 },
): Promise<MonitorOutcome> {
  const io = new FakeIo(surroundings);
  const commands: string[] = [];
  const run = (words: readonly string[]) => {
    commands.push(words.join("|"));
    return Promise.resolve(end);
  };
  const bound = {
    out: io.out.bind(io),
    err: io.err.bind(io),
    env: io.env.bind(io),
    uid: io.uid.bind(io),
    terminal: io.terminal.bind(io),
    errorTerminal: io.errorTerminal.bind(io),
    now: io.now.bind(io),
  };
  const status = await runMonitor(args, { ...bound, run });
  return { out: io.output, err: io.errors, status, commands };
}

async function monitor(script: Script, ...args: string[]): Promise<MonitorOutcome> {
  await using daemon = new StandIn(script);
  return await monitorAlone(["-p", daemon.path, ...args]);
}

const CLOSED = "dinit-monitor: connection closed by server\n";

/** Loading the last service is followed by these answers and the end of the connection. */
function afterLoading(names: readonly string[], answers: readonly Answer[], facts = status()): Script {
  let handle = 0;
  return {
    on: {
      [Request.LOADSERVICE]: (request) => {
        const { name } = request as { name: string } & typeof request;
        if (!names.includes(name)) return [{ type: Reply.NOSERVICE }];
        const record = {
          type: Reply.SERVICERECORD,
          state: facts.state,
          handle: handle++,
          target: facts.target,
        };
        return handle === names.length ? [record, ...answers, "close"] : [record];
      },
    },
  };
}

// ---- The command line ----

Deno.test("monitor without arguments and with --help shows the help and fails", async () => {
  for (const args of [[], ["--help"], ["-c", "x", "--help", "a"]]) {
    const { out, err, status } = await monitorAlone(args);
    assertEquals([err, status], ["", 1]);
    assert(out.includes("dinit-monitor [options] -c COMMAND SERVICE..."), out);
  }
});

Deno.test("monitor --version prints the version of the reference", async () => {
  assertEquals(await monitorAlone(["--version", "-c"]), {
    ...success(toolVersion(false)),
    commands: [],
  });
});

const MISTAKES: readonly (readonly [string[], string])[] = [
  [["-p"], "--socket-path/-p should be followed by socket path"],
  [["a", "-c"], "--command/-c should be followed by command"],
  [["a", "--command"], "--command/-c should be followed by command"],
  ...["started", "stopped", "failed", "set", "unset"].map((word) =>
    [["--str-" + word], `--str-${word} should be followed by an argument`] as [string[], string]
  ),
  [["-c", "x"], "specify at least one service name"],
  [["-i"], "specify at least one service name"],
  [["a"], "command must specified"],
  [["-E"], "command must specified"],
  [["-c", "", "a"], "specified command is empty"],
  [["-c", " \t ", "a"], "specified command is empty"],
];

for (const [args, text] of MISTAKES) {
  Deno.test(`monitor refuses ${JSON.stringify(args)}`, async () => {
    assertEquals(await monitorAlone(args), { ...failure(`dinit-monitor: ${text}\n`), commands: [] });
  });
}

Deno.test("monitor ignores unknown options", async () => {
  const outcome = await monitor(afterLoading(["a"], []), "--bogus", "-", "--", "-x", "-c", "run", "a");
  assertEquals(outcome, { ...failure(CLOSED), commands: [] });
});

// ---- The connection ----

Deno.test("monitor says why it cannot connect, and ignores an empty path", async () => {
  const missing = "dinit-monitor: connecting to socket /nonexistent/socket: No such file or directory\n";
  const env = { DINIT_SOCKET_PATH: "/nonexistent/socket" };
  for (const path of [[], ["-p", ""]]) {
    assertEquals((await monitorAlone(["-c", "x", "a", ...path], { env })).err, missing);
  }
  assertEquals(
    (await monitorAlone(["-u", "-c", "x", "a"], { uid: 4_000_000_000 })).err,
    "dinit-monitor: cannot locate user home directory (set XDG_RUNTIME_DIR, HOME, check /etc/passwd file, " +
      "or specify socket path via -p)\n",
  );
});

Deno.test("monitor and a daemon that is too new or too old", async () => {
  assertEquals(
    (await monitor({ version: 99, minimum: 99 }, "-c", "x", "a")).err,
    "dinit-monitor: too old (server reports newer protocol version)\n",
  );
  assertEquals(
    (await monitor({ version: 4 }, "-c", "x", "-E")).err,
    "dinit-monitor: server too old or protocol error\n",
  );
});

Deno.test("monitor and services that cannot be loaded", async () => {
  const loading: Record<string, Answer> = {
    bad: { type: Reply.SERVICE_DESC_ERR },
    worse: { type: Reply.SERVICE_LOAD_ERR },
    ".odd": { type: Reply.BADREQ },
  };
  assertEquals((await monitor({}, "-c", "x", "no")).err, "dinit-monitor: cannot load service: no\n");
  assertEquals((await monitor({}, "-c", "x", "")).err, "dinit-monitor: cannot load service: \n");
  for (const name of [...Object.keys(loading), "n".repeat(1022)]) {
    assertEquals((await monitor({ loading }, "-c", "x", name)).err, "dinit-monitor: protocol error\n");
  }
});

Deno.test("monitor and a daemon that goes away in the middle of the greeting", async () => {
  assertEquals(
    (await monitor({ on: { [Request.QUERYVERSION]: ["close"] } }, "-c", "x", "a")).err,
    "dinit-monitor: control socket read failure or protocol error\n",
  );
});

// ---- Services ----

Deno.test("monitor runs the command in order for each event except cancellations", async () => {
  const events = [0, 1, 2, 3, 4, 0].flatMap((number) => event(0, number));
  const outcome = await monitor(afterLoading(["web"], events), "-c", "say %n %s <%v>", "web");
  assertEquals(outcome, {
    ...failure(CLOSED),
    commands: ["say|web|started|<>", "say|web|stopped|<>", "say|web|failed|<>", "say|web|started|<>"],
  });
});

Deno.test("monitor understands the older form of events without the newer one", async () => {
  const answers = [{ type: Information.SERVICEEVENT, handle: 0, event: 1, status: undefined }] as const;
  const { commands } = await monitor(afterLoading(["web"], answers), "-c", "say %s", "web");
  assertEquals(commands, ["say|stopped"]);
});

Deno.test("monitor uses other words on request", async () => {
  const events = [0, 1, 2].flatMap((number) => event(0, number));
  const { commands } = await monitor(
    afterLoading(["web"], events),
    ...["--str-started", "up", "--str-stopped", "", "--str-failed", "BAD %n", "-c", "say %s", "web"],
  );
  assertEquals(commands, ["say|up", "say|", "say|BAD %n"]);
});

Deno.test("monitor --exit ends with the first command, whatever its result", async () => {
  await using daemon = new StandIn(afterLoading(["a"], [...event(0, 3), ...event(0, 1), ...event(0, 0)]));
  const outcome = await monitorAlone(["-e", "-c", "say %s", "a", "-p", daemon.path], {}, { status: 3 });
  assertEquals(outcome, {
    out: "",
    err: "dinit-monitor: notification command terminated with exit status 3\n",
    status: 0,
    commands: ["say|stopped"],
  });
});

Deno.test("monitor reports how commands end, and continues", async () => {
  const ends: readonly (readonly [CommandEnd, string])[] = [
    [{ status: 1 }, "notification command terminated with exit status 1"],
    [{ signal: 9 }, "notification command terminated due to signal 9"],
    [{ errno: 2 }, "exec: No such file or directory"],
  ];
  for (const [end, text] of ends) {
    await using daemon = new StandIn(afterLoading(["a"], [...event(0, 0), ...event(0, 1)]));
    const { err } = await monitorAlone(["-c", "say", "a", "-p", daemon.path], {}, end);
    assertEquals(err, `dinit-monitor: ${text}\n`.repeat(2) + CLOSED);
  }
});

Deno.test("monitor reports a repeated name twice, also at the beginning", async () => {
  const script = afterLoading(["a", "a"], [...event(0, 1), ...event(1, 1)], status({ state: 2, target: 2 }));
  const { commands } = await monitor(script, "-i", "-c", "say %n %s", "a", "a");
  assertEquals(commands, ["say|a|started", "say|a|started", "say|a|stopped", "say|a|stopped"]);
});

for (const [state, said] of [[0, ["say|stopped"]], [1, []], [2, ["say|started"]], [3, []]] as const) {
  Deno.test(`monitor --initial of a service in state ${state}`, async () => {
    const script = afterLoading(["a"], [], status({ state }));
    assertEquals((await monitor(script, "-i", "-c", "say %s", "a")).commands, said);
  });
}

Deno.test("monitor --initial --exit ends with the first service", async () => {
  const services = { a: status({ state: 1 }), b: status({ state: 2 }), c: status() };
  const { commands, status: code } = await monitor({ services }, "-i", "-e", "-c", "%n", "a", "b", "c");
  assertEquals([commands, code], [["b"], 0]);
});

// ---- The environment ----

const environment = (entry: string): Answer => ({ type: Information.ENVEVENT, flags: 0, entry });

function changes(...entries: string[]): Script {
  return { on: { [Request.LISTENENV]: [{ type: Reply.ACK }, ...entries.map(environment), "close"] } };
}

Deno.test("monitor --env reports variables that are set and removed", async () => {
  const { commands } = await monitor(changes("A=1=2", "B", "A=", "A"), "-E", "-c", "%n %s <%v>");
  assertEquals(commands, ["A|set|<1=2>", "B|unset|<>", "A|set|<>", "A|unset|<>"]);
});

Deno.test("monitor --env with names reports only these, in other words", async () => {
  const { commands } = await monitor(
    changes("AB=1", "A=1", "B=1", "a=1", "A"),
    ...["-E", "-c", "%n %s", "--str-set", "is", "--str-unset", "was", "A"],
  );
  assertEquals(commands, ["A|is", "A|was"]);
});

Deno.test("monitor --env --initial begins with all variables, in the daemon's order", async () => {
  const script: Script = {
    on: {
      [Request.LISTENENV]: [{ type: Reply.ACK }],
      [Request.GETALLENV]: [
        { type: Reply.ALLENV, entries: ["Z=1", "A=x y", "M="] },
        environment("A=2"),
        "close",
      ],
    },
  };
  assertEquals(
    (await monitor(script, "-E", "-i", "-c", "%n <%v>", "A", "Z", "NOTSET")).commands,
    ["Z|<1>", "A|<x y>", "A|<2>"],
  );
});

// ---- Real commands ----

Deno.test("the end of a command is reported exactly, and a command is never a second monitor", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-cli-" });
  try {
    Deno.writeTextFileSync(`${directory}/plain`, "");
    assertEquals(await runCommand(["sh", "-c", "exit 7"]), { status: 7 });
    assertEquals(await runCommand(["sh", "-c", "kill -TERM $$"]), { signal: 15 });
    assertEquals(await runCommand([`${directory}/missing`]), { errno: 2 });
    assertEquals(await runCommand([`${directory}/plain`]), { errno: 13 });
    assertEquals(await runCommand([""]), { errno: 2 });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
