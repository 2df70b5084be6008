/** Health checks, messages and watchdogs of real services. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { needing, rootOnly } from "../_needs.ts";
import { until } from "../_patience.ts";
import { outputOf } from "../_processes.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { awaitFile, both, enter, native, process } from "./_hosts.ts";

/** Sends a message with each argument as a line, and waits a moment, so that the daemon sees who has sent it. */
const SENDER = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
my $to = pack_sockaddr_un($ENV{NOTIFY_SOCKET});
my $count = $ARGV[0] =~ /^[0-9]+$/ ? shift @ARGV : 1;
for (1 .. $count) { send($s, join("\\n", @ARGV), 0, $to) or die "send: $!"; }
until (-e "../sent") { select undef, undef, undef, 0.05; }
`;

const NOTIFY = "ready-notification = notify";
const notify = (...words: string[]) => `perl ../sender.pl ${words.map((word) => `'${word}'`).join(" ")}`;

/** A service that runs a script and talks. Its senders end when the file `sent` is there. */
function talking(script: string, ...lines: string[]): string {
  return process(script, NOTIFY, "start-timeout = 0", ...lines);
}

function withSender(services: Readonly<Record<string, string>>): Dinit {
  const dinit = new Dinit(services);
  dinit.write("sender.pl", SENDER);
  return dinit;
}

/** The document of `dinitctl health --json` about one service, with the exit status. */
async function healthOf(dinit: Dinit, name: string) {
  const { stdout, code } = await dinit.ctl("--json", "health", name);
  const { health } = JSON.parse(stdout);
  return { ...health?.[0], code }; // the daemon may not have its socket yet
}

/** Waits until the health of a service is as expected. */
async function untilHealth(dinit: Dinit, name: string, fits: (health: Record<string, unknown>) => boolean) {
  const end = performance.now() + 60_000;
  for (let pause = 0;; pause = Math.min(2 * pause + 10, 1000)) { // where packets bring faults, a check needs its time
    const health = await healthOf(dinit, name);
    if (fits(health)) return health;
    assert(performance.now() < end, JSON.stringify(health));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

Deno.test("a service is up when one of its processes says so, and shows what it says", async () => {
  await using dinit = withSender({
    boot: talking(`${awaitFile("go")}; ${notify("READY=1", "STATUS=3 clients")} & exec sleep 1000`),
  });
  dinit.start({ args: ["--host", "native"] });
  await untilHealth(dinit, "boot", ({ running }) => running === "awaits");
  dinit.write("go", "");
  await dinit.printed("[  OK  ] boot");
  const { status, code } = await untilHealth(dinit, "boot", ({ running }) => running === "up");
  assertEquals([status, code], ["3 clients", 0]);
  const { stdout } = await dinit.ctl("status", "--long", "boot");
  assertMatch(stdout, /Health: healthy; says: 3 clients/);
  dinit.write("sent", "");
  await dinit.stop();
  assertEquals([...Deno.readDirSync(dinit.directory)].some(({ name }) => name.endsWith(".notify")), false);
});

Deno.test({
  ...needing(
    "systemd-notify talks to the daemon from a script",
    "systemd-notify",
    await has("systemd-notify"),
  ),
  async fn() {
    await using dinit = new Dinit({
      boot: process("systemd-notify --ready --status=hello; exec sleep 1000", NOTIFY),
    });
    dinit.start({ args: ["--host", "native"] });
    await dinit.printed("[  OK  ] boot");
    assertEquals((await untilHealth(dinit, "boot", ({ status }) => status !== undefined)).status, "hello");
  },
});

async function has(program: string): Promise<boolean> {
  return (await outputOf("sh", { args: ["-c", `command -v ${program}`] })).code === 0;
}

Deno.test("the messages of a stranger are ignored, and that is said once", async () => {
  await using dinit = withSender({
    boot: talking(`echo $NOTIFY_SOCKET >../path; ${awaitFile("go")}; ${notify("READY=1")} & exec sleep 1000`),
  });
  dinit.start({ args: ["--host", "native"] });
  await dinit.until(() => dinit.has("path"), "the path of the socket");
  const env = { NOTIFY_SOCKET: dinit.read("path").trim() };
  const strangers = outputOf("perl", {
    args: ["../sender.pl", "100", "READY=1"],
    cwd: `${dinit.directory}/sd`,
    env,
  });
  const said =
    /^dinit: boot: a message from process \d+ of user \d+ is ignored: it does not belong to the service$/;
  await dinit.until(() => dinit.lines.some((line) => said.test(line)), "a word about the stranger");
  assertEquals((await healthOf(dinit, "boot")).running, "awaits");
  dinit.write("go", "");
  await dinit.printed("[  OK  ] boot");
  dinit.write("sent", "");
  assertEquals((await strangers).code, 0);
  assertEquals(dinit.lines.filter((line) => said.test(line)).length, 1);
});

Deno.test("a process that says that it is ready and ends at once has started or failed, and never hangs", async () => {
  await using dinit = withSender({
    boot: "type = internal\n",
    brief:
      `type = process\ncommand = perl ../sender.pl READY=1\n${NOTIFY}\nrestart = no\nstart-timeout = 0\n`,
  });
  dinit.write("sent", ""); // so the sender does not wait
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  const isStarted = "[  OK  ] brief";
  for (let round = 1; round <= 5; round++) {
    const { code } = await dinit.ctl("start", "brief");
    const said = () => dinit.lines.filter((line) => line === isStarted || line === "[FAILED] brief");
    await dinit.until(() => said().length === round, "a word about the start");
    assertEquals(code, said().at(-1) === isStarted ? 0 : 1);
    await until(async () => (await dinit.ctl("status", "brief")).stdout.includes("STOPPED"), "the end");
  }
});

Deno.test("ten thousand messages do not keep the daemon from its work", async () => {
  await using dinit = withSender({
    boot: talking(
      `${notify("10000", "STATUS=busy")} & ${awaitFile("go")}; ${notify("READY=1")} & exec sleep 1000`,
    ),
  });
  dinit.start({ args: ["--host", "native"] });
  await untilHealth(dinit, "boot", ({ status }) => status === "busy");
  dinit.write("go", "");
  await dinit.printed("[  OK  ] boot");
  dinit.write("sent", "");
});

Deno.test("a process that gives no sign of life is replaced", async () => {
  await using dinit = withSender({
    boot: talking(
      `${enter("start")}; echo $WATCHDOG_USEC >../usec; ${notify("READY=1", "WATCHDOG=1")} & exec sleep 1000`,
      "watchdog-timeout = 0.5s",
      "smooth-recovery = yes",
      "restart-limit-count = 0",
      "restart-delay = 0",
    ),
  });
  dinit.start({ args: ["--host", "native"] });
  await dinit.printed("dinit: boot: unhealthy: no sign of life for 0.5 s");
  await dinit.until(() => dinit.read("journal").split("start").length > 2, "a second process");
  assertEquals(dinit.read("usec").trim(), "500000");
  dinit.write("sent", "");
});

Deno.test("a process says that it does not work, and gets more time to start", async () => {
  await using dinit = withSender({
    boot: process(
      `${notify("EXTEND_TIMEOUT_USEC=600000000")} & ${awaitFile("go")}; ${notify("READY=1")} & ` +
        `${awaitFile("ill")}; ${notify("WATCHDOG=trigger")} & exec sleep 1000`,
      NOTIFY,
      "start-timeout = 2",
      "health-action = stop",
      "watchdog-timeout = 10m",
    ),
    slow: process("exec sleep 1000", "ready-notification = uptime:1h", "start-timeout = 2", "restart = no"),
  });
  dinit.start({ args: ["--host", "native"] });
  await untilHealth(dinit, "boot", ({ running }) => running === "awaits");
  // A service that begins later has the same limit, which is over for both now.
  await dinit.ctl("--no-wait", "start", "slow");
  await dinit.printed("[FAILED] slow");
  dinit.write("go", "");
  await dinit.printed("[  OK  ] boot");
  dinit.write("ill", "");
  await dinit.printed("dinit: boot: unhealthy: its process says that it does not work");
  await dinit.printed("[STOPPD] boot");
  dinit.write("sent", "");
});

both("a command decides when a service is ready, and when it is unhealthy", async (start) => {
  await using dinit = start({
    boot: process(
      `${enter("start")}; exec sleep 1000`,
      "ready-notification = health",
      'health-command = sh -c "test -e ../good"',
      "health-interval = 0.1",
      "health-start-interval = 0.1",
      "health-failures = 2",
      "restart = on-failure",
      "restart-delay = 0",
      "restart-limit-count = 0",
      "start-timeout = 0",
    ),
    other: process("exec sleep 1000"),
  });
  await untilHealth(dinit, "boot", ({ count }) => Number(count) > 1);
  assertEquals((await dinit.ctl("health", "boot")).code, 1);
  assertEquals(dinit.lines.includes("[  OK  ] boot"), false);
  dinit.write("good", "");
  await dinit.printed("[  OK  ] boot");
  assertEquals((await healthOf(dinit, "boot")).code, 0);
  const run = await dinit.ctl("health", "--run");
  assertMatch(run.stdout, /^boot {2}healthy {4}sh: status 0 \(\d+ ms\), 0s ago\n$/);
  assertEquals((await dinit.ctl("health", "other")).code, 2);
  Deno.removeSync(`${dinit.directory}/good`);
  const said = /^dinit: boot: unhealthy after 2 checks: sh: status 1 \(\d+ ms\)$/;
  await dinit.until(() => dinit.lines.some((line) => said.test(line)), "a word about the failures");
  await dinit.until(() => dinit.read("journal").split("start").length > 2, "a second process");
  dinit.write("good", "");
  await dinit.printed("[  OK  ] boot", 2);
});

native("the last result of a check is known after a fault, before there is another one", async (start) => {
  await using dinit = start({
    boot: process("exec sleep 1000", "health-command = /bin/true", "health-interval = 1h"),
  });
  const { last, at } = await untilHealth(dinit, "boot", ({ verdict }) => verdict === "healthy");
  const before = dinit.faults;
  dinit.kill("SIGSEGV");
  await dinit.until(() => dinit.faults > before, "the fault");
  const after = await untilHealth(dinit, "boot", ({ verdict }) => verdict === "healthy");
  assertEquals([after.last, after.at, after.code], [last, at, 0]);
});

Deno.test("a service is ready when it has run for a while", async () => {
  await using dinit = new Dinit({
    boot: process("exec sleep 1000", "ready-notification = uptime:0.1s"),
    bad: process("sleep 0.05; exit 3", "ready-notification = uptime:1h", "restart = no"),
  });
  dinit.start({ args: ["--host", "native", "boot", "bad"] });
  await dinit.printed("[  OK  ] boot");
  await dinit.printed("[FAILED] bad");
});

/** A check that starts another process, enters both, and does not end. */
const STUBBORN = `trap '' TERM; sleep 1000 & echo $$ $! >>../checks; wait; wait`;

/** The processes that checks have entered. */
function entered(dinit: Dinit): number[] {
  return dinit.has("checks") ? dinit.read("checks").trim().split(/\s+/).map(Number) : [];
}

both("a check that ignores TERM and starts processes is killed with all of them", async (start) => {
  await using dinit = start({
    boot: process(
      "exec sleep 1000",
      `health-command = sh -c "${STUBBORN.replaceAll("$", "$$$$")}"`,
      "health-timeout = 0.2",
      "health-start-interval = 0.1",
      "health-action = none",
      "health-failures = 2",
    ),
  });
  await dinit.until(() => dinit.lines.some((line) => /: nothing within 0\.2 s/.test(line)), "the verdict");
  assertEquals((await dinit.ctl("stop", "boot")).code, 0);
  await dinit.until(() => entered(dinit).every((pid) => !isRunning(pid)), "the end of all checks");
});

Deno.test("a command that cannot be executed is a failed check, and says so", async () => {
  await using dinit = new Dinit({
    boot: process(
      "exec sleep 1000",
      "health-command = /no/such/program",
      "health-start-interval = 0.1",
      "health-failures = 1",
      "health-action = stop",
    ),
  });
  dinit.start({ args: ["--host", "native"] });
  const said =
    /^dinit: boot: unhealthy after 1 check: \/no\/such\/program: cannot be executed: No such file or directory/;
  await dinit.until(() => dinit.lines.some((line) => said.test(line)), "the verdict");
  await dinit.printed("[STOPPD] boot");
});

native("health, sockets and watchdogs survive a fault, and no check is left", async () => {
  await using dinit = withSender({
    boot: "type = internal\nwaits-for = checked\nwaits-for = alive\nwaits-for = late\n",
    checked: process(
      "exec sleep 1000",
      `health-command = sh -c "${`test -e ../stuck || exit 0; ${STUBBORN}`.replaceAll("$", "$$$$")}"`,
      "health-interval = 0.1",
      "health-timeout = 1h",
    ),
    alive: talking(`${notify("READY=1", "STATUS=alive")} & exec sleep 1000`, "watchdog-timeout = 10m"),
    late: talking(`${awaitFile("go")}; ${notify("READY=1")} & exec sleep 1000`),
  });
  dinit.start({ args: ["--host", "native"] });
  await untilHealth(dinit, "checked", ({ verdict }) => verdict === "healthy");
  await untilHealth(dinit, "alive", ({ running }) => running === "up");
  dinit.write("stuck", "");
  await dinit.until(() => entered(dinit).length === 2, "a check");
  const pid = await dinit.pidOf("checked");
  const { faults } = dinit;
  dinit.kill("SIGSEGV");
  await dinit.until(() => dinit.faults > faults, "a word about the fault");
  const first = entered(dinit).slice(0, 2);
  await dinit.until(() => first.every((pid) => !isRunning(pid)), "the end of the check of the first program");
  await dinit.until(() => entered(dinit).length === 4, "the check of the next program");
  assertEquals((await healthOf(dinit, "checked")).verdict, "healthy");
  const { status, watchdog } = await untilHealth(dinit, "alive", ({ watchdog }) => watchdog !== undefined);
  assertEquals([status, watchdog.timeout], ["alive", 600_000]);
  dinit.write("go", "");
  await dinit.printed("[  OK  ] late");
  assertEquals(await dinit.pidOf("checked"), pid);
  dinit.write("sent", "");
});

Deno.test({
  ...rootOnly("a process of another user talks to the daemon, and nobody else can", "it changes users"),
  async fn() {
    await using dinit = new Dinit({});
    const sender = Deno.makeTempFileSync({ prefix: "dinit-sender-", suffix: ".pl" });
    try {
      const script = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); send($s, 'READY=1', 0, ` +
        `pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die "send: $!"; sleep 1000;`;
      Deno.writeTextFileSync(sender, script);
      Deno.chmodSync(sender, 0o644);
      Deno.chmodSync(dinit.directory, 0o755);
      dinit.write(
        "sd/boot",
        `type = process\ncommand = perl ${sender}\nrun-as = nobody\n${NOTIFY}\nworking-dir = /\n`,
      );
      dinit.start({ args: ["--host", "native"] });
      await dinit.printed("[  OK  ] boot");
      const folder = [...Deno.readDirSync(`${dinit.directory}/socket.notify`)][0].name;
      const { mode, uid } = Deno.statSync(`${dinit.directory}/socket.notify/${folder}`);
      assertEquals([(mode ?? 0) & 0o777, uid !== 0], [0o700, true]);
    } finally {
      Deno.removeSync(sender);
    }
  },
});

native("after a kill the next daemon hears a process on the socket that it knows", async () => {
  await using dinit = withSender({
    boot: talking(`${enter("start")}; ${awaitFile("go")}; ${notify("READY=1")} & exec sleep 1000`),
  });
  dinit.start({ args: ["--host", "native"] });
  await dinit.until(() => dinit.has("journal"), "the process");
  await untilHealth(dinit, "boot", ({ running }) => running === "awaits");
  dinit.kill("SIGKILL");
  await dinit.ended();
  dinit.start({ args: ["--host", "native"] });
  await untilHealth(dinit, "boot", ({ running }) => running === "awaits");
  dinit.write("go", "");
  await dinit.printed("[  OK  ] boot");
  assertEquals(dinit.read("journal").trim(), "start");
  dinit.write("sent", "");
});
