/** Signals to the daemon: none of them ends it without its services, and none opens a debugger. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { until } from "../_patience.ts";
import { outputOf } from "../_processes.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { both, type Services } from "./_hosts.ts";
import { Namespace } from "./_namespace.ts";

const SERVICES: Services = {
  boot: "type = internal\nwaits-for = a\n",
  a: "type = process\ncommand = sleep 1000\n",
};
/** A service that does not stop when it is asked to. It says when it can be asked. */
const STUBBORN = "type = process\nstop-timeout = 0\n" +
  `command = sh -c "trap '' TERM; touch ../up; while :; do sleep 0.05; done"\n`;

/** SIGCHLD in a set of signals: children end all the time. */
const CHILD_ENDED = 1n << 16n;

/** Waits until no signal is pending for a process: it handles, or ignores, what it was sent. */
async function handled(pid: number): Promise<void> {
  const isPending = () => {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const set = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*(\\w+)$`, "m").exec(status)![1]}`);
    return ((set("SigPnd") | set("ShdPnd")) & ~set("SigBlk") & ~CHILD_ENDED) !== 0n;
  };
  await until(() => !isPending(), "the end of pending signals");
}

/** Sends a signal by its number, which the runtime would not do for all of them. */
async function send(pid: number, signal: number, times = 1): Promise<void> {
  const script = `i=0; while [ $i -lt ${times} ]; do kill -${signal} ${pid}; i=$((i+1)); done`;
  await outputOf("sh", { args: ["-c", script] });
}

for (const signal of ["SIGHUP", "SIGQUIT"] as const) {
  both(`${signal} stops a user's daemon in order`, async (start) => {
    await using dinit = start(SERVICES);
    await dinit.printed("[  OK  ] boot");
    const pid = await dinit.pidOf("a");
    assertEquals((await dinit.stop(signal)).code, 0);
    assertEquals(dinit.lines.slice(-2), ["[STOPPD] boot", "[STOPPD] a"]);
    assert(!isRunning(pid));
    assert(!dinit.has("socket"));
  });
}

both("SIGRTMIN+3 stops a daemon in order, as container images expect", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  const pid = await dinit.pidOf("a");
  await send(dinit.pid, 37);
  assertEquals((await dinit.ended()).code, 0);
  assert(!isRunning(pid));
});

both("a signal without a meaning is ignored, with a line", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  const names = {
    12: "USR2",
    14: "ALRM",
    24: "XCPU",
    30: "PWR",
    34: "RTMIN",
    64: "RTMIN+30",
  };
  for (const [number, name] of Object.entries(names)) {
    await send(dinit.pid, Number(number));
    await dinit.printed(`dinit: Signal ${name} ignored`);
  }
  await send(dinit.pid, 32); // the C library keeps it for itself
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

Deno.test("TRAP and ABRT report a fault only to the native host; the other one ignores them", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--host", "command"] });
  await dinit.printed("[  OK  ] boot");
  for (const [number, name] of [[5, "TRAP"], [6, "ABRT"]] as const) {
    await send(dinit.pid, number);
    await dinit.printed(`dinit: Signal ${name} ignored`);
  }
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

both("a repeated signal does not fill the log", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  await send(dinit.pid, 12, 500);
  await dinit.printed("dinit: Signal USR2 ignored");
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
  assertEquals(dinit.lines.filter((line) => line.includes("USR2")).length, 1);
});

Deno.test("a daemon that was started with SIGHUP ignored continues when the terminal is closed", async () => {
  await using dinit = new Dinit(SERVICES).start({ through: `trap '' HUP; exec "$@"` });
  await dinit.until(() => dinit.has("socket"), "the socket");
  dinit.kill("SIGHUP");
  await dinit.ctl("start", "a");
  dinit.kill("SIGHUP");
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

Deno.test("SIGHUP makes the daemon of a system open its log file again", async () => {
  await using dinit = new Dinit(SERVICES).start({ args: ["--system", "--log-file", "log"] });
  await dinit.printed("[  OK  ] boot");
  await dinit.until(() => dinit.read("log").includes("service boot started"), "the line");
  Deno.renameSync(`${dinit.directory}/log`, `${dinit.directory}/old`);
  dinit.kill("SIGHUP");
  await dinit.until(() => dinit.has("log"), "the new file");
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
  assertEquals((await dinit.stop()).code, 0);
  assert(dinit.read("log").includes("service a stopped"));
});

both("a second request to stop does not wait for slow services", async (start) => {
  const services = { ...SERVICES, boot: "type = internal\nwaits-for = a\nwaits-for = b\n", b: STUBBORN };
  await using dinit = start(services);
  await dinit.printed("[  OK  ] boot");
  await dinit.until(() => dinit.has("up"), "the service");
  dinit.kill("SIGTERM");
  await dinit.printed("[STOPPD] a");
  await new Promise((resolve) => setTimeout(resolve, 300)); // sooner it would be the same request
  const status = await dinit.stop("SIGINT");
  assertEquals([status.code, dinit.lines.at(-1)], [0, "[STOPPD] b"]);
});

both("a third request to stop kills all services, whatever blocks them", async (start) => {
  const top = "type = process\ndepends-on = b\nstop-timeout = 0\n" +
    `stop-command = sh -c "echo $$$$ > ../stopping; while :; do sleep 0.05; done"\ncommand = sleep 1000\n`;
  // The process of a stop command is killed by the second request, so one starts another.
  await using dinit = start({ boot: "type = internal\nwaits-for = top\n", top, b: STUBBORN });
  await dinit.printed("[  OK  ] boot");
  await dinit.until(() => dinit.has("up"), "the service");
  const pids = [await dinit.pidOf("top"), await dinit.pidOf("b")];
  dinit.kill("SIGTERM");
  await dinit.until(() => dinit.has("stopping"), "the stop command");
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 300)); // sooner it would be the same request
    dinit.kill("SIGTERM");
  }
  assert([0, 1].includes((await dinit.ended()).code));
  await dinit.until(() => !pids.some(isRunning), "the end of the processes");
  assert(!dinit.has("socket"));
});

Deno.test("a removed socket is created again without a signal", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  for (let i = 1; i <= 2; i++) {
    Deno.removeSync(dinit.ownSocket);
    await dinit.printed(`dinit: The control socket ${dinit.ownSocket} was removed; making it again`, i);
    await dinit.until(() => dinit.has("socket"), "the socket");
    assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
  }
});

Deno.test("a socket whose folder was removed is created again with the folder", async () => {
  await using dinit = new Dinit(SERVICES);
  const folder = `${dinit.directory}/run`;
  const path = `${folder}/socket`;
  Deno.mkdirSync(folder);
  dinit.start({ args: ["--socket-path", path] });
  await dinit.printed("[  OK  ] boot");
  Deno.removeSync(folder, { recursive: true });
  await dinit.printed("dinit: Error binding control socket: No such file or directory");
  Deno.mkdirSync(folder);
  await dinit.printed(`dinit: The control socket ${path} is open again`);
  assert(Deno.lstatSync(path).isSocket);
});

/** Which TCP ports a process listens at. */
function listeningPorts(pid: number): number[] {
  const inodes = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${name}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it was closed meanwhile
    }
  }
  const LISTEN = "0A";
  return ["tcp", "tcp6"].flatMap((kind) => Deno.readTextFileSync(`/proc/${pid}/net/${kind}`).split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN && inodes.has(fields[9]))
    .map((fields) => parseInt(fields[1].split(":")[1], 16));
}

both("no signal makes the daemon listen at a TCP port", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  await new Promise((resolve) => setTimeout(resolve, 1000)); // Deno listens to SIGUSR1 half a second after the start
  const harmless = [
    1,
    5,
    6,
    10,
    10,
    12,
    13,
    14,
    16,
    17,
    18,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    30,
    34,
    64,
  ];
  for (const signal of harmless.slice(1)) await send(dinit.pid, signal);
  for (let i = 0; i < 20; i++) {
    assertEquals(listeningPorts(dinit.pid), []);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

Deno.test("without descriptors, failed connections are reported once", async () => {
  await using dinit = new Dinit(SERVICES);
  dinit.start({ args: ["--log-file", `${dinit.directory}/log`], through: `ulimit -n 60; exec "$@"` });
  await dinit.until(() => dinit.has("socket"), "the socket");
  await dinit.until(() => dinit.read("log").includes("service boot started"), "boot");
  const clients = await Promise.all(
    Array.from({ length: 80 }, () => Deno.connect({ transport: "unix", path: dinit.ownSocket })),
  );
  const errors = () => dinit.read("log").split("Error accepting control connection").length - 1;
  await dinit.until(() => errors() > 0, "the error");
  await new Promise((resolve) => setTimeout(resolve, 500)); // several attempts
  for (const client of clients) client.close();
  await dinit.until(
    () => dinit.read("log").includes("Control connections are accepted again"),
    "the end of it",
  );
  assertEquals(errors(), 1);
  assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
});

/** A service that restarts again and again without a pause. */
const STORM =
  "type = process\ncommand = /bin/true\nrestart = true\nrestart-delay = 0\nrestart-limit-count = 0\n";
/** What ends a container in order, and what no program can do anything about. */
const ENDS = [2, 3, 15, 37, 9, 19];

for (const host of ["native", "command"]) {
  Deno.test({
    ...rootOnly(
      `no signal from 1 to 64 ends process 1 while services are started, ${host} host`,
      "needs namespaces",
    ),
    fn: async () => {
      const storms = Array.from({ length: 5 }, (_, index) => `storm${index}`);
      const services = Object.fromEntries(storms.map((name) => [name, STORM]));
      const boot = ["type = internal", ...storms.map((name) => `waits-for = ${name}`), ""].join("\n");
      await using container = await Namespace.started(
        { ...services, boot },
        // Some of the signals report faults; with a limit, the daemon would drop its clients.
        { args: ["-o", "--host", host, "--fault-limit=0"], console: false },
        "[  OK  ] boot",
      );
      for (let signal = 1; signal <= 64; signal++) {
        if (ENDS.includes(signal)) continue;
        await send(container.pid, signal, 10);
        // The runtime handles faults on a small stack. Many signals at once do not fit there, and end the program.
        await handled(container.pid);
      }
      assertEquals((await container.ctl("is-started", "boot")).stdout, "STARTED\n");
      container.kill("SIGTERM");
      assertEquals(await container.ended(), 0);
    },
  });
}
