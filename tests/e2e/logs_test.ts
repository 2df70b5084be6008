/** The daemon's two logs, with a real console, a real file and a real logger. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded } from "../_processes.ts";
import { rootOnly } from "../_needs.ts";
import { connect } from "../../src/client/library.ts";
import { Dinit } from "./_dinit.ts";
import { Namespace } from "./_namespace.ts";

const [SIGCONT, SIGSTOP] = [18, 19];
const DISCARDED = "dinit: *** log message discarded due to full buffer ***";

function rootTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...rootOnly(name, "needs namespaces"), fn });
}

const CHAIN = {
  boot: "type = internal\ndepends-on = mid\n",
  mid: "type = internal\ndepends-on = bad\n",
  bad: "type = scripted\ncommand = false\n",
};
const FAILED = "dinit: Service bad command failed with exit code 1";
const CHAINS: [level: string, failed: string[]][] = [
  ["error", ["[FAILED] bad"]],
  ["warn", ["[FAILED] bad", "[FAILED] boot", "[FAILED] mid"]],
];
for (const [level, failed] of CHAINS) {
  Deno.test(`daemon case 34: a chain that fails, on a quiet console of level ${level}`, async () => {
    await using dinit = new Dinit(CHAIN).start({ args: ["-q", "--console-level", level] });
    await dinit.ended();
    assertEquals([dinit.lines[0], ...dinit.lines.slice(1).sort()], [FAILED, ...failed]);
  });
}

for (const [mode, first] of [["-s", "dinit: Starting system"], ["-u", "dinit: service boot started."]]) {
  Deno.test({
    ...rootOnly(`daemon case 36: the first line of the log with ${mode}`, "runs the services of a system"),
    fn: async () => {
      await using dinit = new Dinit({ boot: "type = internal\n" }).start({
        args: [mode, "--log-file", "log", "--cgroup-path", "/"],
      });
      await dinit.printed("[  OK  ] boot");
      await dinit.stop();
      assertEquals(dinit.read("log").split("\n")[0], first);
    },
  });
}

Deno.test("the log file has its mode, and is appended to", async () => {
  await using dinit = new Dinit({ boot: "type = internal\n" });
  dinit.write("log", "before\n");
  dinit.start({ args: ["--log-file", "log"] });
  await dinit.printed("[  OK  ] boot");
  await dinit.stop();
  assert(dinit.read("log").startsWith("before\n"));
  dinit.start({ args: ["--log-file", "new"] });
  await dinit.printed("[  OK  ] boot", 2);
  assertEquals(Deno.statSync(`${dinit.directory}/new`).mode! & 0o777, 0o644);
});

/** A logger of the system as a service: it writes `[` datagram `]` to the file of the test, one after the other. */
function logger(directory: string): string {
  const program = `use IO::Socket::UNIX; use Socket; unlink "/dev/log"; ` +
    `my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "/dev/log") or die; ` +
    `open(my $r, ">&=", 3); print $r "ready"; close $r; ` +
    `open(my $o, ">>", "${directory}/datagrams"); $o->autoflush(1); ` +
    `while (1) { $s->recv(my $m, 8192); print $o "[$m]"; }`;
  Deno.writeTextFileSync(`${directory}/logger.pl`, program);
  return `type = process\ncommand = /usr/bin/perl ${directory}/logger.pl\nready-notification = pipefd:3\n` +
    "options = starts-log\nrestart = false\n";
}

/** What the logger has been sent. */
function datagrams(container: Namespace): string[] {
  return [...container.read("datagrams").matchAll(/\[(.*?)\n?\]/gs)].map(([, text]) => text);
}

/** A container with a logger, which begins when `begin` exists. */
function logging(services: Readonly<Record<string, string>>): Namespace {
  const boot = "type = internal\nwaits-for = bad\nwaits-for = early\nwaits-for = logger\n";
  const container = new Namespace({
    boot,
    bad: "type = scripted\ncommand = false\n",
    early: "type = internal\n",
    ...services,
    logger: "type = internal\n",
    later: "type = internal\n",
  }, { args: ["-o", "--cgroup-path", "/", "-t", "boot"], console: false });
  Deno.writeTextFileSync(`${container.directory}/sd/logger`, logger(container.directory));
  return container;
}

rootTest("daemon case 37: the system's log gets everything, from the first line", async () => {
  await using container = logging({});
  await container.until(() => datagrams(container).some((line) => line.includes("boot started")), "boot");
  assertEquals(datagrams(container).sort(), [
    "<27>dinit: Service bad command failed with exit code 1",
    "<27>dinit: service bad failed to start.",
    "<29>dinit: Starting system",
    "<29>dinit: service boot started.",
    "<29>dinit: service early started.",
    "<29>dinit: service logger started.",
  ]);
  assertEquals(datagrams(container)[0], "<29>dinit: Starting system");
  assert(container.read("datagrams").startsWith("[<29>dinit: Starting system\n]"));
});

rootTest("daemon case 38: the system's log restarts and gets the lines that it has missed", async () => {
  await using container = logging({});
  await container.until(() => datagrams(container).some((line) => line.includes("boot started")), "boot");
  const before = datagrams(container).length;
  await container.ctl("stop", "logger");
  await container.ctl("start", "later");
  await container.ctl("stop", "later");
  assertEquals(datagrams(container).length, before);
  await container.ctl("start", "logger");
  await container.until(() => datagrams(container).length >= before + 4, "the lines");
  assertEquals(datagrams(container).slice(before), [
    "<29>dinit: service logger stopped.",
    "<29>dinit: service later started.",
    "<29>dinit: service later stopped.",
    "<29>dinit: service logger started.",
  ]);
});

rootTest("the system's log gets everything after an upgrade and after a fault, too", async () => {
  await using container = logging({});
  await container.until(() => datagrams(container).some((line) => line.includes("boot started")), "boot");
  const before = datagrams(container).length;
  const news = () => datagrams(container).slice(before);
  assertEquals((await container.ctl("upgrade")).code, 0);
  assertEquals((await container.ctl("start", "later")).code, 0);
  await container.until(
    () => news().includes("<29>dinit: service later started."),
    "a line after the upgrade",
  );
  container.kill("SIGSEGV");
  await container.until(
    () => news().some((line) => line.includes("dinit had a fault: SIGSEGV")),
    "the fault",
  );
  assertEquals((await container.ctl("stop", "later")).code, 0);
  await container.until(() => news().includes("<29>dinit: service later stopped."), "a line after the fault");
  assertMatch(news()[0], /^<29>dinit: dinit \S+ has taken over$/);
});

rootTest("a logger that reads nothing does not block the daemon", async () => {
  await using container = logging({});
  await container.until(() => datagrams(container).some((line) => line.includes("boot started")), "boot");
  await using client = await connect({ socketPath: `${container.directory}/socket` });
  const later = client.service("later");
  await client.service("logger").signal(SIGSTOP);
  for (let round = 0; round < 40; round++) {
    await soon(later.start(), "the start");
    await soon(later.stop(), "the stop");
  }
  const before = datagrams(container).length;
  await client.service("logger").signal(SIGCONT);
  await container.until(() => datagrams(container).length > before + 20, "the lines");
});

const LONG = "x".repeat(60);

rootTest("daemon case 39: too many lines before the log can be opened", async () => {
  const services: Record<string, string> = { boot: "type = internal\ndepends-on = dir\n" };
  for (let i = 0; i < 150; i++) {
    services[`${LONG}${i}`] = "type = internal\n";
    services.boot += `depends-on = ${LONG}${i}\n`;
  }
  services.dir = "type = scripted\ncommand = mkdir /run/late\noptions = starts-rwfs\n" +
    Array.from({ length: 150 }, (_, i) => `after = ${LONG}${i}\n`).join("");
  await using machine = new Namespace(services, { args: ["-l", "/run/late/log"] });
  await machine.printed(DISCARDED); // later lines may also exceed the console's buffer
  let text = "";
  await machine.until(async () => (text = await machine.run("cat /run/late/log")).length > 3900, "the log");
  const lines = text.split("\n");
  assertEquals(lines[0], DISCARDED);
  assertEquals(lines[1], "dinit: Starting system");
  assertEquals(lines[2], "dinit: Opening log file failed: No such file or directory");
  assert(/^dinit: service x{60}\d+ started\.$/.test(lines[3]), lines[3]);
  assert(text.length <= 4096 + DISCARDED.length + 1, `${text.length} bytes`);
  assert(machine.lines.slice(0, 3).includes(DISCARDED), machine.text);
});

const JOBS: [number: number, seconds: number, shown: string[]][] = [
  [40, 0.5, ["on the console", "[  OK  ] job", "[  OK  ] other", "[  OK  ] boot"]],
  [41, 1.6, ["on the console", "[  OK  ] job", "[  OK  ] boot"]],
];
for (const [number, seconds, shown] of JOBS) {
  Deno.test(`daemon case ${number}: a job of ${seconds} s has the console`, async () => {
    const job = `sh -c "sleep 0.2; echo on the console; sleep ${seconds - 0.2}"`;
    await using dinit = new Dinit({
      boot: "type = internal\nwaits-for = job\nwaits-for = other\n",
      job: `type = scripted\ncommand = ${job}\noptions = starts-on-console\n`,
      other: "type = scripted\ncommand = true\n",
    }).start();
    await dinit.printed("[  OK  ] boot");
    // What was kept is shown when the job gives the console back; the job's own line comes after that.
    assertEquals([dinit.lines[0], ...dinit.lines.slice(1).sort()], [shown[0], ...shown.slice(1).sort()]);
    assertEquals(dinit.lines.at(-1), "[  OK  ] boot");
  });
}

Deno.test("daemon case 42: the reader of standard output is gone", async () => {
  await using dinit = new Dinit({ boot: "type = process\ncommand = sleep 1000\n" });
  const [program, ...args] = dinit.commandLine([]);
  const child = new Deno.Command(program, { args, cwd: dinit.directory, stdin: "null", stdout: "piped" })
    .spawn();
  await child.stdout.cancel();
  await dinit.until(() => dinit.has("socket"), "the socket");
  await dinit.ctl("start", "boot");
  child.kill("SIGTERM");
  assertEquals((await endOf(child, "the daemon")).code, 0);
});

/** A daemon whose standard output is a pipe that a service has filled. Ends with the daemon, which is to stop. */
async function withFullOutput(test: (child: Deno.ChildProcess) => Promise<void>): Promise<void> {
  const fill = 'type = process\ncommand = sh -c "exec yes"\noptions = shares-console\n';
  await using dinit = new Dinit({ boot: "type = internal\ndepends-on = fill\n", fill });
  const [program, ...args] = dinit.commandLine([]);
  const child = new Deno.Command(program, { args, cwd: dinit.directory, stdin: "null", stdout: "piped" })
    .spawn();
  try {
    await dinit.until(() => dinit.has("socket"), "the socket");
    await dinit.ctl("start", "boot");
    await dinit.until(() => pipeIsFull(child.pid), "a full pipe");
    child.kill("SIGTERM");
    await test(child);
    assertEquals((await endOf(child, "the daemon")).code, 0);
  } finally {
    killUnlessEnded(child);
  }
}

Deno.test("daemon case 42: standard output is full, and nobody reads it", () =>
  withFullOutput(async (child) => {
    await endOf(child, "the daemon");
    await child.stdout.cancel();
  }));

Deno.test("daemon case 42: standard output is full, and the daemon waits for who reads it", () =>
  withFullOutput(async (child) => {
    await until(() => childrenOf(child.pid).length === 0, "the end of the service");
    const text = await soon(new Response(child.stdout).text(), "the end of the output");
    assert(text.endsWith("[STOPPD] boot\n[STOPPD] fill\n"), text.slice(-100));
  }));

/** Whether a child of that process is blocked on a full pipe. */
function pipeIsFull(daemon: number): boolean {
  return childrenOf(daemon).some((pid) => /pipe/.test(Deno.readTextFileSync(`/proc/${pid}/wchan`)));
}

function childrenOf(daemon: number): string[] {
  const children = Deno.readTextFileSync(`/proc/${daemon}/task/${daemon}/children`);
  return children.split(" ").filter((pid) => pid !== "");
}
