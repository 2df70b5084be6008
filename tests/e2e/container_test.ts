/** The daemon as process 1 of a container, and `--exit-with`. Most of it needs root, for namespaces. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { SCALE } from "../_scale.ts";
import { Dinit } from "./_dinit.ts";
import { Namespace, type NamespaceOptions } from "./_namespace.ts";

const SERVICES = {
  boot: "type = internal\ndepends-on = a\n",
  a: "type = process\ncommand = sleep 1000\n",
};

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...rootOnly(name, "needs namespaces"), fn });
}

/** A container that has started its services. It has no console. */
function booted(
  services: Readonly<Record<string, string>>,
  options: NamespaceOptions = {},
): Promise<Namespace> {
  return Namespace.started(services, { args: ["-o"], console: false, ...options }, "[  OK  ] boot");
}

for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
  test(`daemon case 69: ${signal} only stops the services`, async () => {
    await using container = await booted(SERVICES);
    container.kill(signal);
    assertEquals(await container.ended(), 0);
    assertEquals(container.lines, ["[  OK  ] a", "[  OK  ] boot", "[STOPPD] boot", "[STOPPD] a"]);
  });
}

test("daemon case 69: the console is never opened", async () => {
  await using container = new Namespace(SERVICES, { args: ["-o"] });
  await container.until(() => container.read("inherited").includes("[  OK  ] boot"), "boot");
  assertEquals(await container.run("ls -l /proc/1/fd | grep -c console"), "0\n");
  container.kill("SIGTERM");
  assertEquals(await container.ended(), 0);
  assertEquals(container.lines, []);
});

test("daemon case 70: other signals do nothing", async () => {
  await using container = await booted(SERVICES);
  for (const signal of ["SIGHUP", "SIGUSR2", "SIGALRM"] as const) container.kill(signal);
  assertEquals((await container.ctl("is-started", "a")).stdout, "STARTED\n");
});

test("process 1 with a host that does not reap orphans says so in one line", async () => {
  await using container = await booted(SERVICES, { args: ["-o", "--host", "command"] });
  assertEquals(container.lines.filter((line) => line.includes("zombies")), [
    "dinit: As process 1 with the command host, dinit does not reap orphaned processes: they stay zombies. " +
    "The native host reaps them (grant --allow-ffi).",
  ]);
});

test("daemon case 71: nothing to start, nothing to do", async () => {
  await using container = new Namespace(SERVICES, { args: ["-o", "nosuch"], console: false });
  assertEquals(await container.ended(), 0);
  assertEquals(container.lines, ["dinit: nosuch: could not find service description."]);
});

test("daemon case 72: a reboot of a container is its end", async () => {
  await using container = await booted(SERVICES);
  using client = await Deno.connect({ transport: "unix", path: `${container.directory}/socket` });
  await client.write(Uint8Array.of(10, 4));
  assertEquals(await container.ended(), 0);
  assertEquals(container.lines.slice(-2), ["[STOPPD] boot", "[STOPPD] a"]);
});

test("daemon case 73: the last option about the owner of the machine counts", async () => {
  await using container = await booted(SERVICES, { args: ["-m", "-o"] });
  container.kill("SIGTERM");
  assertEquals([await container.ended(), container.lines.at(-1)], [0, "[STOPPD] a"]);
  await using machine = await booted(SERVICES, { args: ["-o", "-m"] });
  machine.kill("SIGTERM");
  await machine.ended();
  assertEquals(machine.lines.at(-1), "shutdown as 1 of 0: /usr/sbin/shutdown --system -h");
});

const CGROUPS: [file: string, warnings: string[]][] = [
  ["0::/foo/bar\\n", []],
  ["1:cpu:/\\n0::/\\n", ["dinit: In multiple cgroups, cannot determine cgroup root path"]],
  ["0::foo\\n", ["dinit: Could not determine cgroup root path"]],
];
for (const [file, warnings] of CGROUPS) {
  test(`daemon case 74: the control group of a container: ${file}`, async () => {
    const setUp = `printf '${file}' > "$W/cgroup"; mount --bind "$W/cgroup" /proc/1/cgroup`;
    await using container = await booted(SERVICES, { setUp });
    assertEquals(container.text.split("\n").filter((line) => line.startsWith("dinit: ")), warnings);
  });
}

test("a container runs with a read-only /run", async () => {
  const setUp = "mount -o remount,bind,ro /run";
  await using container = await booted(SERVICES, { setUp, socket: "/run/dinitctl" });
  container.kill("SIGTERM");
  assertEquals(await container.ended(), 0);
});

test("hundreds of orphans are reaped, and the daemon does not grow", async () => {
  await using container = await booted({ boot: "type = internal\ndepends-on = ms\n", ms: SERVICES.a });
  // A child leaves a hundred children behind, which have ended or are about to end.
  const orphans = (count: number) =>
    `perl -e 'sub start { my $p; until (defined($p = fork)) { select(undef, undef, undef, 0.01) } $p } ` +
    `for (1..${count / 100}) { unless (start()) { for (1..100) { start() or kill 9, $$ } kill 9, $$ } ` +
    `wait } print "done"'`;
  assertEquals(await container.run(orphans(300), MANY_FORKS), "done");
  const before = await memory(container);
  assertEquals(await container.run(orphans(600 * SCALE), MANY_FORKS), "done");
  await container.until(async () => await zombies(container) === 0, "the last zombie to go");
  const growth = await memory(container) - before;
  assert(growth < 8192, `${growth} kB`);
  assertEquals((await container.ctl("is-started", "ms")).stdout, "STARTED\n");
});

/** How long the forks may take on a machine that has much else to do, in milliseconds. */
const MANY_FORKS = 600_000;

/** The resident memory of process 1, in kilobytes. */
async function memory(container: Namespace): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await container.run("cat /proc/1/status"))![1]);
}

async function zombies(container: Namespace): Promise<number> {
  return Number(await container.run("cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z '"));
}

// ---- The status of one service -------------------------------------------------------------------------------

/** How `app` ends, on command. */
function app(ending: string, settings = ""): Record<string, string> {
  const command = `sh -c "until [ -e ../end ]; do sleep 0.05; done; ${ending}"`;
  return {
    boot: "type = internal\ndepends-on = store\nwaits-for = app\n",
    store: SERVICES.a,
    app: `type = process\nrestart = false\ncommand = ${command}\n${settings}`,
  };
}

const STATUSES: [ending: string, status: number][] = [
  ["exit 0", 0],
  ["exit 42", 42],
  ["kill -KILL $$$$", 137],
];
for (const [ending, status] of STATUSES) {
  Deno.test(`--exit-with: a service that ends by "${ending}"`, async () => {
    await using dinit = new Dinit(app(ending)).start({ args: ["--exit-with=app"] });
    await dinit.printed("[  OK  ] boot");
    dinit.write("end", "");
    assertEquals((await dinit.ended()).code, status);
    assertEquals(dinit.lines.slice(-2), ["[STOPPD] boot", "[STOPPD] store"]);
  });
}

Deno.test("--exit-with: a service that restarts has not ended", async () => {
  const services = app("rm ../end; echo again >> ../log; exit 3", "smooth-recovery = false\n");
  services.app = services.app.replace("restart = false", "restart = true\nrestart-delay = 0");
  await using dinit = new Dinit(services).start({ args: ["--exit-with", "app"] });
  await dinit.printed("[  OK  ] app");
  dinit.write("end", "");
  await dinit.printed("[  OK  ] app", 2);
  assertEquals((await dinit.ctl("is-started", "store")).stdout, "STARTED\n");
  await dinit.ctl("restart", "app");
  await dinit.printed("[  OK  ] app", 3);
  assertEquals((await dinit.stop()).code, 0);
});

Deno.test("--exit-with: a service that cannot be started", async () => {
  const failing: [app: string, status: number][] = [
    ['type = scripted\ncommand = sh -c "exit 7"\n', 7],
    ["type = process\ncommand = /no/such/program\n", 1],
    ["type = internal\ndepends-on = broken\n", 1],
    ["type = internal\ndepends-on = nosuch\n", 1],
  ];
  for (const [text, status] of failing) {
    const broken = "type = scripted\ncommand = false\n";
    await using dinit = new Dinit({ ...SERVICES, app: text, broken }).start({ args: ["--exit-with=app"] });
    assertEquals([(await dinit.ended()).code, text], [status, text]);
  }
});

Deno.test("--exit-with: a requested shutdown is a success", async () => {
  await using dinit = new Dinit(app("exit 5")).start({ args: ["--exit-with=app"] });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.stop()).code, 0);
});

test("--exit-with: a container ends with the status of its service", async () => {
  await using container = await booted(app("exit 42"), { args: ["-o", "--exit-with=app"] });
  await Deno.writeTextFile(`${container.directory}/end`, "");
  assertEquals(await container.ended(), 42);
});

test("--exit-with: not for the manager of a machine", async () => {
  await using machine = new Namespace(SERVICES, { args: ["--exit-with=a"], console: false });
  assertEquals(await machine.ended(), 1);
});
