/**
 * The rows of section 16 of the lifecycle specification that need a host and an engine: the whole daemon, with real
 * processes. What the command host cannot do is tested with the native host alone: see `_rows.ts`.
 */

import { assert, assertEquals } from "@std/assert";
import { endOf, outputOf } from "../_processes.ts";
import { Dinit, isRunning, ROOT } from "../e2e/_dinit.ts";
import { type HostKind, KINDS } from "./_host.ts";

/** Starts the daemon with some services and returns when `boot` has come to an end of its start, one way or another. */
async function run(services: Record<string, string>, host: HostKind = "native"): Promise<Dinit> {
  const waits = Object.keys(services).map((name) => `waits-for = ${name}\n`).join("");
  // With a base for control groups nothing is said about those that the tests happen to run in.
  const args = ["--host", host, "--cgroup-path", "tests"];
  const dinit = new Dinit({ boot: `type = internal\n${waits}`, ...services }).start({ args });
  await dinit.printed("[  OK  ] boot");
  return dinit;
}

/** One test for each host; `start` is `run` with it. */
function both(name: string, test: (start: typeof run) => Promise<void>): void {
  for (const host of KINDS) {
    Deno.test(`${name} (${host} host)`, () => test((services) => run(services, host)));
  }
}

Deno.test("L18: a readiness descriptor that closes without an announcement fails the start at once, and ends the process", async () => {
  await using dinit = await run({
    s: `type = process\ncommand = sh -c "echo $$$$ >pid; exec 5>&-; exec sleep 1000"\n` +
      "ready-notification = pipefd:5\nrestart = no\n",
  });
  assertEquals(dinit.lines.filter((line) => line.includes(" s")), ["[FAILED] s"]);
  await dinit.until(() => !isRunning(Number(dinit.read("sd/pid"))), "the end of the process");
  assert(!dinit.lines.some((line) => line.includes("terminated")));
});

Deno.test("L19: a process that exits before it is ready has failed, and all messages give its exit", async () => {
  await using dinit = await run({
    s: 'type = process\ncommand = sh -c "exit 1"\nready-notification = pipefd:5\nrestart = no\n',
  });
  const line = "dinit: Service s process terminated with exit code 1";
  assertEquals(dinit.lines, [line, "[FAILED] s", "[  OK  ] boot"]);
  const failed = await dinit.ctl("start", "s");
  assertEquals([failed.code, failed.stdout.split("\n")[1]], [
    1,
    "Reason: service process terminated before ready: exited - status 1",
  ]);
  assertEquals((await dinit.ctl("is-failed", "s")).code, 0);
  assertEquals(
    (await dinit.ctl("status", "s")).stdout,
    "Service: s\n    State: STOPPED (failed to start; exited - status 1)\n",
  );
});

both("settings for processes are accepted for a service without a process", async (start) => {
  const s =
    "type = internal\nnice = 5\nrlimit-nofile = 10\nready-notification = pipefd:3\nlog-type = pipe\n" +
    "options = pass-cs-fd starts-on-console no-new-privs\n";
  await using dinit = await start({ s });
  assertEquals(dinit.lines, ["[  OK  ] s", "[  OK  ] boot"]);
});

both("L22: the variables of the user and of the service are passed on", async (start) => {
  await using dinit = await start({
    s: 'type = scripted\ncommand = sh -c "env >environment"\nload-options = export-passwd-vars export-service-name\n',
  });
  const environment = new Map(
    dinit.read("sd/environment").split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  const [name, , uid, gid, , home, shell] = Deno.readTextFileSync("/etc/passwd").split("\n")
    .map((line) => line.split(":")).find(([, , uid]) => Number(uid) === Deno.uid())!;
  const seen = ["USER", "LOGNAME", "HOME", "SHELL", "UID", "GID", "DINIT_SERVICE"].map((name) =>
    environment.get(name)
  );
  assertEquals(seen, [name, name, home, shell, uid, gid, "s"]);
});

both("L25: a start that takes too long is interrupted, and then killed", async (start) => {
  await using dinit = await start({
    s: 'type = scripted\ncommand = sh -c "trap : INT; echo $$$$ >pid; while :; do sleep 0.05; done"\n' +
      "start-timeout = 0.2\nstop-timeout = 0.2\n",
  });
  await dinit.until(() => !isRunning(Number(dinit.read("sd/pid"))), "the end of the command");
  const pid = dinit.read("sd/pid").trim();
  await dinit.printed(`dinit: Service s with pid ${pid} exceeded allowed stop time; killing.`);
  assertEquals(dinit.lines.filter((line) => line.includes(" s")), [
    `dinit: Service s with pid ${pid} exceeded allowed start time; cancelling.`,
    `dinit: Interrupting start of service s with pid ${pid} (with SIGINT).`,
    "[FAILED] s",
    `dinit: Service s with pid ${pid} exceeded allowed stop time; killing.`,
  ]);
});

both("L26: a stop command that does not stop the process is finally followed by KILL", async (start) => {
  await using dinit = await start({
    s: "type = process\ncommand = sleep 1000\nstop-command = true\nstop-timeout = 0.3\n",
  });
  const pid = await dinit.pidOf("s");
  assertEquals((await dinit.ctl("stop", "--no-wait", "s")).code, 0);
  await dinit.printed(`dinit: Service s with pid ${pid} exceeded allowed stop time; killing.`);
  await dinit.printed("[STOPPD] s");
  assertEquals(isRunning(pid), false);
});

both("L27: if the stop command cannot be executed, the term signal is sent at once", async (start) => {
  await using dinit = await start({
    s: "type = process\ncommand = sleep 1000\nstop-command = /no/such/program\nstop-timeout = 100\n",
  });
  assertEquals((await dinit.ctl("stop", "s")).code, 0);
  await dinit.printed("[STOPPD] s");
  await dinit.printed(
    "dinit: Service s: could not fork for stop command: executing command: No such file or directory",
  );
});

both("L28: a stop command that outlives its process is killed at its time limit", async (start) => {
  await using dinit = await start({
    s: "type = process\ncommand = sleep 1000\nstop-timeout = 0.3\n" +
      'stop-command = sh -c "echo $$$$ >stop-pid; kill $$(cat main-pid); exec sleep 1000"\n',
  });
  dinit.write("sd/main-pid", `${await dinit.pidOf("s")}`);
  assertEquals((await dinit.ctl("stop", "s")).code, 0);
  await dinit.printed("[STOPPD] s");
  const pid = dinit.read("sd/stop-pid").trim();
  await dinit.printed(`dinit: Service s stop command, with pid ${pid}, exceeded allowed stop time; killing.`);
});

/** A description whose launcher runs a script of the shell in the directory of the services. */
const background = (script: string) =>
  `type = bgprocess\ncommand = sh -c "${script}"\npid-file = sd/daemon.pid\nrestart = no\n`;

Deno.test("L31, L32, L33: the problem of a pid file is reported, and the start fails", async () => {
  const wrong: [script: string, line: string][] = [
    ["echo text >daemon.pid", "dinit: s: pid read from pidfile (-1) is not valid"],
    [": >daemon.pid", "dinit: s: pid read from pidfile (-1) is not valid"],
    ["echo 4194309 >daemon.pid", "dinit: s: pid read from pidfile (4194309) is not valid"],
    ["true", "dinit: s: read pid file: No such file or directory"],
  ];
  for (const [script, line] of wrong) {
    await using dinit = await run({ s: background(script) });
    assertEquals(dinit.lines, [line, "[FAILED] s", "[  OK  ] boot"]);
  }
});

Deno.test("L14: the file of an activation socket remains after the stop and after the shutdown", async () => {
  await using dinit = await run({
    s: "type = process\ncommand = sleep 1000\nsocket-listen = sd/listen\nsocket-permissions = 640\n",
  });
  const mode = () => Deno.lstatSync(`${dinit.directory}/sd/listen`).mode! & 0o777;
  assertEquals((await dinit.ctl("stop", "s")).code, 0);
  assertEquals(mode(), 0o640);
  assertEquals((await dinit.ctl("start", "s")).code, 0);
  assertEquals((await dinit.stop()).code, 0);
  assertEquals(mode(), 0o640);
});

Deno.test("L34: a daemon that is not a child is used with a warning, and counts as stopped once it is signalled", async () => {
  const foreign = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  await using dinit = await run({ s: background(`echo ${foreign.pid} >daemon.pid`) });
  assertEquals(dinit.lines, [
    `dinit: s: unable to supervise process with pid ${foreign.pid}`,
    "[  OK  ] s",
    "[  OK  ] boot",
  ]);
  assertEquals((await dinit.ctl("stop", "s")).code, 0);
  await dinit.printed("[STOPPD] s");
  assertEquals((await endOf(foreign)).signal, "SIGTERM");
});

Deno.test("L30, L35: a daemon that detached itself is tracked, and its exit is noticed", async () => {
  const script = "setsid sh -c 'echo $$$$ >daemon.new; mv daemon.new daemon.pid; exec sleep 1000' & " +
    "while ! [ -e daemon.pid ]; do sleep 0.01; done";
  await using dinit = await run({ s: background(script) });
  const pid = Number(dinit.read("sd/daemon.pid"));
  assertEquals(await dinit.pidOf("s"), pid);
  assert(Deno.readTextFileSync(`/proc/${pid}/status`).includes(`\nPPid:\t${dinit.pid}\n`));
  Deno.kill(pid, "SIGKILL");
  await dinit.printed("[STOPPD] s");
  assert((await dinit.ctl("status", "s")).stdout.includes("terminated; signalled - signal 9"));
});

Deno.test("L39: a consumer sees the output of both runs of its producer, without an end in between", async () => {
  await using dinit = await run({
    consumer: 'type = process\ncommand = sh -c "cat; echo end"\nconsumer-of = producer\nlogfile = seen\n',
    producer: 'type = process\ncommand = sh -c "echo run; exec sleep 1000"\nlog-type = pipe\n',
  });
  await dinit.until(() => dinit.read("sd/seen") === "run\n", "the first run");
  assertEquals((await dinit.ctl("restart", "producer")).code, 0);
  await dinit.until(() => dinit.read("sd/seen") === "run\nrun\n", "the second run");
});

Deno.test("pass-cs-fd: a service can command the daemon over the connection that it received", async () => {
  await using dinit = await run({
    // QUERYVERSION, answered by CPVERSION (58)
    s: `type = scripted\noptions = pass-cs-fd\ncommand = sh -c "printf '\\\\000' >&$$DINIT_CS_FD; ` +
      `until head -c 1 <&$$DINIT_CS_FD >answer 2>/dev/null; do sleep 0.01; done"\n`,
  });
  assertEquals(dinit.read("sd/answer"), "\x3a");
});

/** Runs the daemon on a terminal until it ends, and returns what the terminal showed, line by line. */
async function onTerminal(services: Record<string, string>): Promise<{ dinit: Dinit; lines: string[] }> {
  const dinit = new Dinit(services);
  const { directory, socket } = dinit;
  const daemon =
    `${Deno.execPath()} run --quiet --allow-all ${ROOT}main.ts --user -d ${directory}/sd -p ${socket}`;
  const { stdout } = await outputOf("timeout", {
    args: ["20", "script", "-qec", daemon, "/dev/null"],
    cwd: directory,
    stdin: "null",
    env: { NO_COLOR: "1" },
  });
  const lines = new TextDecoder().decode(stdout).split(/\r?\n/).map((line) => line.replace(/^\^D[\b]*/, ""));
  return { dinit, lines: lines.filter((line) => line !== "") };
}

/** A service that has the console for a while. */
const consoleUser = (seconds: number, option: string) =>
  `type = scripted\ncommand = sh -c "echo begin; sleep ${seconds}; echo end"\noptions = ${option}\nlogfile = log\n`;

Deno.test("L36, L37: nothing is printed while a service has the console; waiting lines follow afterwards", async () => {
  const { dinit, lines } = await onTerminal({
    boot: "type = internal\nrestart = no\nwaits-for = s\nwaits-for = other\nwaits-for = last\n",
    s: consoleUser(0.4, "starts-on-console"),
    other: "type = scripted\ncommand = sleep 0.1\n",
    last: 'type = process\ncommand = sh -c "kill -TERM $$PPID"\nrestart = no\nafter = s\nafter = other\n',
  });
  await using _ = dinit;
  const shown = lines.filter((line) => /begin|end|other|OK.* s$/.test(line)).slice(0, 4);
  assertEquals(shown, ["begin", "end", "[  OK  ] other", "[  OK  ] s"]);
  assertEquals(dinit.read("sd/log"), ""); // the log file has no effect on the console
});
