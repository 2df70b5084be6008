import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { Dinit, isRunning, runDinit } from "./_dinit.ts";

/** The services of the specification's cases: `a` runs, `b` fails, `boot` needs the one and waits for the other. */
const SERVICES = {
  boot: "type = internal\ndepends-on = a\nwaits-for = b\n",
  a: "type = process\ncommand = sleep 1000\n",
  b: "type = scripted\ncommand = false\n",
};

const ACTIVE = "dinit: Control socket is already active (another instance already running?)";

async function shutdownBy(kind: number): Promise<Deno.CommandStatus> {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  using client = await Deno.connect({ transport: "unix", path: dinit.socket });
  await client.write(Uint8Array.of(10, kind));
  return await dinit.ended();
}

Deno.test("daemon case 1 and 2: version, and a bad option", async () => {
  const version = await runDinit(["--version"]);
  assertEquals([version.code, version.stdout.split("\n")[0]], [0, "Dinit version 0.22.1."]);
  const bad = await runDinit(["-x", "--version"]);
  assertEquals([bad.code, bad.stderr, bad.stdout], [1, "dinit: unrecognized option: -x\n", ""]);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`daemon case 11 and 12: from start to ${signal}`, async () => {
    await using dinit = new Dinit(SERVICES).start();
    await dinit.printed("[  OK  ] boot");
    assertEquals((await dinit.stop(signal)).code, 0);
    const failure = ["dinit: Service b command failed with exit code 1", "[FAILED] b"];
    const others = dinit.lines.filter((line) => line !== "[  OK  ] a");
    assertEquals(others, [...failure, "[  OK  ] boot", "[STOPPD] boot", "[STOPPD] a"]);
    assertEquals(dinit.lines.indexOf("[  OK  ] a") < dinit.lines.indexOf("[  OK  ] boot"), true);
  });
}

for (const signal of ["SIGQUIT", "SIGHUP"] as const) {
  Deno.test(`daemon case 13: ${signal} does not end the daemon without its services`, async () => {
    await using dinit = new Dinit(SERVICES).start();
    await dinit.printed("[  OK  ] boot");
    const pid = await dinit.pidOf("a");
    assertEquals((await dinit.stop(signal)).code, 0);
    assertEquals(dinit.lines.slice(-2), ["[STOPPD] boot", "[STOPPD] a"]);
    assert(!isRunning(pid));
  });
}

Deno.test("daemon case 13: SIGUSR2 does not end the daemon", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  dinit.kill("SIGUSR2");
  await dinit.printed("dinit: Signal USR2 ignored");
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

Deno.test("daemon case 14: SIGTSTP and SIGPIPE have no effect", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  dinit.kill("SIGTSTP");
  dinit.kill("SIGPIPE");
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

Deno.test("daemon case 15: SIGUSR1 creates the socket again, for its owner only", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  Deno.removeSync(dinit.ownSocket);
  dinit.kill("SIGUSR1");
  // It may be made twice: the daemon misses its socket, and then the signal comes.
  await dinit.until(() => modeOf(dinit.ownSocket) === 0o600, "the socket");
});

for (const [args, lines] of [[[], [ACTIVE]], [["-q"], []]]) {
  Deno.test(`daemon case 16: a second daemon on the same socket ${args.join()}`, async () => {
    await using first = new Dinit(SERVICES).start();
    await first.printed("[  OK  ] boot");
    await using second = new Dinit(SERVICES);
    second.start({ args: ["--socket-path", first.ownSocket, ...args] });
    assertEquals((await second.ended()).code, 1);
    assertEquals(second.lines, lines);
    assertEquals((await first.ctl("is-started", "a")).stdout, "STARTED\n");
  });
}

Deno.test("daemon case 17: a plain file at the socket's path is replaced", async () => {
  await using dinit = new Dinit(SERVICES);
  dinit.write("socket", "in the way");
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  assert(Deno.lstatSync(dinit.ownSocket).isSocket);
});

const BAD_PATHS: [path: string, error: string][] = [
  ["sd", "Address already in use"],
  ["missing/socket", "No such file or directory"],
  ["x".repeat(130), "Invalid argument"],
];
for (const [path, error] of BAD_PATHS) {
  Deno.test(`daemon case 18: the socket cannot be created: ${error}`, async () => {
    await using dinit = new Dinit(SERVICES).start({ args: ["--socket-path", path] });
    assertEquals((await dinit.ended()).code, 1);
    assertEquals(dinit.lines, [`dinit: Error binding control socket: ${error}`]);
  });
}

Deno.test("daemon case 19: the log file cannot be opened", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--log-file", "none/log"] });
  assertEquals((await dinit.ended()).code, 1);
  assertEquals(dinit.lines, ["dinit: Opening log file failed: No such file or directory"]);
});

Deno.test("daemon case 19: the socket goes when the log file cannot be opened", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--log-file", "none/log"] });
  await dinit.ended();
  assert(!exists(dinit.ownSocket));
});

Deno.test("daemon case 20: a system instance continues without a log file", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["-s", "--log-file", "none/log"] });
  await dinit.printed("[  OK  ] boot");
  assertEquals(dinit.lines[0], "dinit: Opening log file failed: No such file or directory");
});

Deno.test("daemon case 21: the daemon continues without an environment file", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--env-file", "none"] });
  await dinit.printed("[  OK  ] boot");
});

Deno.test("daemon case 22: mistakes in the environment file", async () => {
  await using dinit = new Dinit(SERVICES);
  dinit.write("env", "A=1\n=x\nB\n!bogus\n");
  dinit.start({ args: ["--env-file", "env"] });
  await dinit.printed("[  OK  ] boot");
  assertEquals(dinit.lines.slice(0, 4), [
    "dinit: Invalid environment variable setting in environment file (line 2)",
    "dinit: Invalid environment variable setting in environment file (line 3)",
    "dinit: Unknown command in environment file (line 4)",
    `dinit: The environment file is '${dinit.directory}/env'`,
  ]);
});

Deno.test("daemon case 25: readiness on a separate descriptor, which is then closed", async () => {
  await using dinit = new Dinit(SERVICES);
  const daemon = dinit.commandLine(["--ready-fd", "5"]).map((word) => `'${word}'`).join(" ");
  // The pipe ends, and with it `cat`, when the daemon has closed its end; the shell then ends the daemon.
  const script = `(${daemon} 5>&1 >/dev/null 2>&1 & echo $! >&2) | cat`;
  const { stdout, stderr } = await outputOf("sh", { args: ["-c", script], cwd: dinit.directory });
  assertEquals(new TextDecoder().decode(stdout), `${dinit.ownSocket}\0`);
  const pid = Number(new TextDecoder().decode(stderr));
  Deno.kill(pid, "SIGTERM");
  await dinit.until(() => !isRunning(pid), "the daemon's end");
});

Deno.test("daemon case 26: readiness on standard output", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--ready-fd", "1"] });
  await dinit.until(() => dinit.lines.some((line) => line.includes(`${dinit.ownSocket}\0`)), "the path");
  await dinit.until(() => dinit.lines.some((line) => line.endsWith("[  OK  ] boot")), "boot");
});

Deno.test("daemon case 9: a service by option may have any name", async () => {
  await using dinit = new Dinit({}).start({ args: ["-t", ".x"] });
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(dinit.lines, ["dinit: .x: could not find service description."]);
});

Deno.test("daemon case 29: the daemon adopts orphans", async () => {
  const orphan =
    "sh -c \"(sh -c 'echo $$$$ > ../orphan; exec sleep 1000') & until [ -s ../orphan ]; do :; done\"";
  await using dinit = new Dinit({ boot: `type = scripted\ncommand = ${orphan}\n` }).start();
  await dinit.printed("[  OK  ] boot");
  const pid = Number(dinit.read("orphan"));
  const parent = Number(/^PPid:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1]);
  Deno.kill(pid, "SIGKILL");
  assertEquals(parent, dinit.pid);
  await dinit.until(() => !exists(`/proc/${pid}`), "the orphan to be reaped");
});

Deno.test("daemon case 43: a process that ignores the stop signal", async () => {
  const stubborn = `sh -c "trap '' TERM; touch ../ready; while :; do sleep 1; done"`;
  await using dinit = new Dinit({ boot: `type = process\ncommand = ${stubborn}\nstop-timeout = 1\n` })
    .start();
  await dinit.until(() => exists(`${dinit.directory}/ready`), "the trap");
  const pid = await dinit.pidOf("boot");
  assertEquals((await dinit.stop()).code, 0);
  assertEquals(dinit.lines.slice(1), [
    `dinit: Service boot with pid ${pid} exceeded allowed stop time; killing.`,
    "[STOPPD] boot",
  ]);
});

Deno.test("daemon case 27: nothing to start, nothing to do", async () => {
  await using dinit = new Dinit({}).start({ args: ["nosuch"] });
  assertEquals((await dinit.ended()).code, 0);
});

for (const kind of [2, 3, 5, 6]) {
  Deno.test(`daemon case 28: a shutdown of kind ${kind} ends with 0`, async () => {
    assertEquals((await shutdownBy(kind)).code, 0);
  });
}

Deno.test("daemon case 28: a shutdown of kind 4 ends by SIGINT", async () => {
  assertEquals((await shutdownBy(4)).signal, "SIGINT");
});

Deno.test("daemon case 28: a shutdown of an unknown kind is refused, and the daemon keeps running", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  using client = await Deno.connect({ transport: "unix", path: dinit.socket });
  await client.write(Uint8Array.of(10, 7));
  const answer = new Uint8Array(1);
  await soon(client.read(answer), "the answer");
  assertEquals(answer[0], 52);
  assertEquals((await dinit.ctl("is-started", "a")).code, 0);
});

Deno.test("a daemon that must remain answers when all is stopped, and exits on command", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  using client = await Deno.connect({ transport: "unix", path: dinit.socket });
  await client.write(Uint8Array.of(10, 1));
  await dinit.printed("[STOPPD] a");
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STOPPED\n");
  assertEquals((await dinit.ctl("shutdown")).code, 0);
  assertEquals((await dinit.ended()).code, 0);
});

const CONSOLE: [args: string[], shows: string[]][] = [
  [["-q"], []],
  [["--console-level", "none"], ["[  OK  ] boot", "[FAILED] b"]],
  [["-q", "--console-level", "error"], ["[FAILED] b", "dinit: Service b command failed with exit code 1"]],
  [["--console-level", "error", "-q"], []],
];
for (const [args, shows] of CONSOLE) {
  Deno.test(`daemon cases 30 to 33: the console with ${args.join(" ")}`, async () => {
    const services = { boot: "type = internal\nwaits-for = b\nwaits-for = done\n", b: SERVICES.b };
    const done = 'type = scripted\ncommand = sh -c "touch ../done"\nwaits-for = b\n';
    await using dinit = new Dinit({ ...services, done }).start({ args });
    await dinit.until(() => exists(`${dinit.directory}/done`), "all to be done");
    await dinit.ctl("start", "boot");
    await dinit.stop();
    const shown = dinit.lines.filter((line) => !/done|STOPPD/.test(line)).sort();
    assertEquals(shown, shows);
  });
}

Deno.test("daemon case 35: the main log as a file", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--log-file", "log"] });
  await dinit.printed("[  OK  ] boot");
  await dinit.stop();
  const lines = dinit.read("log").split("\n").filter((line) => !/service a started|cgroup/.test(line));
  assertEquals(lines, [
    "dinit: Service b command failed with exit code 1",
    "dinit: service b failed to start.",
    "dinit: service boot started.",
    "dinit: service boot stopped.",
    "dinit: service a stopped.",
    "",
  ]);
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The permissions of a file; \`undefined\`: there is none. */
function modeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).mode! & 0o777;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
