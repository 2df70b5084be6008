/** The daemon as process 1 that owns a machine. All of it needs root, for namespaces. */

import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { rootOnly } from "../_needs.ts";
import { dinitCommand } from "./_dinit.ts";
import { Namespace, type NamespaceOptions } from "./_namespace.ts";

const SERVICES = {
  boot: "type = internal\ndepends-on = a\nwaits-for = b\n",
  a: "type = process\ncommand = sleep 1000\n",
  b: "type = scripted\ncommand = false\n",
};
const NOTHING = { boot: "type = internal\n", single: "type = internal\n" };
const SHUTDOWN = "shutdown as 1 of 0: /usr/sbin/shutdown --system";
const FAILURE = "All services have stopped with no shutdown issued; boot failure?";
const CHOICE = "Choose: (r)eboot, r(e)covery, re(s)tart boot sequence, (p)ower off? ";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...rootOnly(name, "needs namespaces"), fn });
}

function booted(
  services: Readonly<Record<string, string>>,
  options: NamespaceOptions = {},
): Promise<Namespace> {
  return Namespace.started(services, options, "[  OK  ] boot");
}

/** Sends the request for a shutdown of that kind. */
async function order(machine: Namespace, kind: number): Promise<void> {
  using client = await Deno.connect({ transport: "unix", path: `${machine.directory}/socket` });
  await client.write(Uint8Array.of(10, kind));
  await soon(client.read(new Uint8Array(1)), "the answer");
}

const ENDS: [number: number, signal: Deno.Signal, option: string][] = [
  [44, "SIGTERM", "-h"],
  [45, "SIGINT", "-r"],
];
for (const [number, signal, option] of ENDS) {
  test(`daemon case ${number}: ${signal} stops everything, and process 1 becomes shutdown ${option}`, async () => {
    await using machine = await booted(SERVICES);
    machine.kill(signal);
    assertEquals(await machine.ended(), 0);
    assertEquals(machine.lines.slice(-3), ["[STOPPD] boot", "[STOPPD] a", `${SHUTDOWN} ${option}`]);
    assertEquals(machine.read("inherited"), "");
  });
}

test("daemon case 46: SIGQUIT ends at once, without stopping anything", async () => {
  await using machine = await booted(SERVICES);
  machine.kill("SIGQUIT");
  assertEquals(await machine.ended(), 0);
  assertEquals(machine.lines.at(-1), SHUTDOWN);
  assert(!machine.text.includes("STOPPD"));
  assert(!exists(`${machine.directory}/socket`));
});

test("daemon case 47: other signals do nothing", async () => {
  await using machine = await booted(SERVICES);
  for (const signal of ["SIGHUP", "SIGUSR2", "SIGALRM", "SIGWINCH", "SIGPWR", "SIGVTALRM"] as const) {
    machine.kill(signal);
    machine.kill(signal);
  }
  assertEquals((await machine.ctl("is-started", "a")).stdout, "STARTED\n");
  assertEquals(machine.lines.at(-1), "[  OK  ] boot");
});

const ORDERS: [first: Deno.Signal, second: Deno.Signal, option: string][] = [
  ["SIGINT", "SIGTERM", "-h"],
  ["SIGTERM", "SIGINT", "-r"],
];
for (const [first, second, option] of ORDERS) {
  test(`daemon case 48: ${first}, then ${second} while a service is slow to stop`, async () => {
    const stop = "touch ../stopping; until [ -e ../go ]; do sleep 0.05; done";
    const slow = `type = scripted\ncommand = true\nstop-command = sh -c "${stop}"\n`;
    await using machine = await booted({ boot: "type = internal\ndepends-on = slow\n", slow });
    machine.kill(first);
    await machine.until(() => exists(`${machine.directory}/stopping`), "the stop command");
    machine.kill(second);
    await machine.run("sleep 0.2; touch $W/go".replace("$W", machine.directory));
    await machine.ended();
    assertEquals(machine.lines.at(-1), `${SHUTDOWN} ${option}`);
  });
}

const FAREWELLS: [kind: number, will: string, option: string][] = [
  [2, "halt", "-h"],
  [3, "power down", "-p"],
  [4, "reboot", "-r"],
  [6, "kexec", "-k"],
];
for (const [kind, will, option] of FAREWELLS) {
  test(`daemon case 49: the last line before a shutdown of kind ${kind}`, async () => {
    await using machine = await booted(NOTHING, { args: ["--console-level", "info"] });
    await order(machine, kind);
    await machine.ended();
    assertEquals(machine.lines.slice(-2), [
      `dinit: No more active services. Will ${will}.`,
      `${SHUTDOWN} ${option}`,
    ]);
  });
}

test("daemon case 50: words of the kernel without a meaning for init", async () => {
  await using machine = new Namespace(NOTHING, { args: ["nopti", "auto", "--bogus", "single"] });
  await machine.printed("[  OK  ] single");
  assertEquals(machine.lines, ["[  OK  ] single"]);
});

test("daemon case 51: after -m words are services", async () => {
  await using machine = new Namespace(NOTHING, { args: ["nopti", "-m", "nosuch", "single"] });
  await machine.printed("[  OK  ] single");
  assertEquals(machine.lines, ["dinit: nosuch: could not find service description.", "[  OK  ] single"]);
});

test("daemon case 52: bad words", async () => {
  await using machine = await booted(NOTHING, { args: [".x"] });
  assertEquals(machine.lines, ["[  OK  ] boot"]);
  for (const word of ["-e", ""]) {
    await using failed = new Namespace(NOTHING, { args: [word], console: false });
    assertEquals(await failed.ended(), 1);
  }
});

const READ_ONLY_RUN = { socket: "/run/dinitctl", setUp: "mount -o remount,bind,ro /run" };

test("daemon case 53: the socket and readiness come when /run becomes writable", async () => {
  const rw = "type = scripted\ncommand = mount -o remount,bind,rw /run\noptions = starts-rwfs\n";
  const services = { boot: "type = internal\ndepends-on = rw\n", rw };
  await using machine = new Namespace(services, { ...READ_ONLY_RUN, args: ["-F", "1"] });
  await machine.printed("/run/dinitctl\0");
  await machine.printed("[  OK  ] boot");
  assertEquals(machine.text.includes("Error"), false);
  assertEquals(await machine.run("stat -c %A /run/dinitctl"), "srw-------\n");
});

test("daemon case 54: a service that should make /run writable fails to do so", async () => {
  const rw = "type = scripted\ncommand = true\noptions = starts-rwfs\n";
  const services = { boot: "type = internal\ndepends-on = rw\n", rw };
  await using machine = await booted(services, READ_ONLY_RUN);
  await machine.printed("Read-only file system\n");
  assertEquals(machine.lines.filter((line) => !line.includes("boot")), [
    "[  OK  ] rw",
    "dinit: Error binding control socket: Read-only file system",
  ]);
});

test("daemon case 55: failing to create the socket does not end process 1", async () => {
  await using machine = await booted(NOTHING, { socket: "/nodir/x" });
  assertEquals(machine.lines, [
    "dinit: Error binding control socket: No such file or directory",
    "[  OK  ] boot",
  ]);
});

test("daemon case 56: no console to ask after a boot failure", async () => {
  await using machine = new Namespace({}, { console: false });
  await machine.ended();
  assertEquals(machine.lines, [
    "dinit: boot: could not find service description.",
    FAILURE,
    "Halting.",
    `${SHUTDOWN} -h`,
  ]);
});

const NO_SERVICE = "dinit: nosuch: could not find service description.";

test("daemon case 57: an invalid answer, and the boot sequence again", async () => {
  await using machine = new Namespace(NOTHING, { args: ["-t", "nosuch"] });
  await machine.printed(CHOICE);
  assertEquals(machine.text, `${NO_SERVICE}\n${FAILURE}\n${CHOICE}`);
  await machine.type("x");
  await machine.printed(CHOICE, 2);
  await machine.type("s");
  await machine.printed("[  OK  ] boot");
  assertEquals(machine.lines, [NO_SERVICE, FAILURE, `${CHOICE}x`, `${CHOICE}s`, "[  OK  ] boot"]);
  await machine.until(async () => (await machine.ctl("list")).code === 0, "the control socket");
});

for (const [key, option] of [["p", "-p"], ["R", "-r"]]) {
  test(`daemon case 58: the answer ${key}`, async () => {
    await using machine = new Namespace(NOTHING, { args: ["-t", "nosuch"] });
    await machine.printed(CHOICE);
    await machine.type(key);
    await machine.ended();
    assertEquals(machine.lines.slice(-2), [CHOICE + key, `${SHUTDOWN} ${option}`]);
  });
}

test("daemon case 59: no recovery service", async () => {
  await using machine = new Namespace(NOTHING, { args: ["-t", "nosuch"] });
  await machine.printed(CHOICE);
  await machine.type("e");
  await machine.printed(CHOICE, 2);
  assertEquals(machine.lines.slice(-4), [
    `${CHOICE}e`,
    "dinit: Could not load service recovery: service description not found.",
    "Unable to start recovery service.",
    CHOICE,
  ]);
});

/** A recovery shell that ends when a file appears. */
const RECOVERY = "type = process\nrestart = false\noptions = runs-on-console\n" +
  'command = sh -c "echo recovering; until [ -e ../mended ]; do sleep 0.05; done"\n';

test("daemon case 60: a recovery service on the console, and the question after it", async () => {
  await using machine = new Namespace({ recovery: RECOVERY }, { args: ["-t", "nosuch"] });
  await machine.printed(CHOICE);
  await machine.type("e");
  await machine.printed("recovering");
  // The control socket, which is closed during the question, is opened meanwhile.
  const isStarted = async () => (await machine.ctl("is-started", "recovery")).stdout === "STARTED\n";
  await machine.until(isStarted, "the control socket");
  await machine.run(`touch ${machine.directory}/mended`);
  await machine.printed(`${FAILURE}\n${CHOICE}`, 2);
});

for (const [signal, option] of [["SIGTERM", "-h"], ["SIGINT", "-r"]] as const) {
  test(`daemon case 61: ${signal} instead of an answer`, async () => {
    await using machine = new Namespace(NOTHING, { args: ["-t", "nosuch"] });
    await machine.printed(CHOICE);
    machine.kill(signal);
    await machine.ended();
    assertEquals(machine.lines.at(-1), `${CHOICE}${SHUTDOWN} ${option}`);
  });
}

test("daemon case 62: no shutdown program", async () => {
  await using machine = await booted(NOTHING, { setUp: "rm /usr/sbin/shutdown" });
  machine.kill("SIGTERM");
  await machine.printed("dinit: Error executing /usr/sbin/shutdown: No such file or directory\n");
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) machine.kill(signal);
  machine.kill("SIGQUIT");
  await machine.printed("dinit: Error executing /usr/sbin/shutdown: No such file or directory\n", 2);
  assertEquals(await machine.run("echo alive"), "alive\n");
});

const RECORDED = {
  boot: "type = internal\ndepends-on = rw\n",
  rw: "type = scripted\ncommand = true\noptions = starts-rwfs\n",
};

test("daemon case 63: the boot is recorded", async () => {
  const setUp = "echo junk > /run/utmp; : > /var/log/wtmp";
  await using machine = await booted(RECORDED, { setUp });
  await machine.until(async () => await machine.run("wc -c < /run/utmp") === "384\n", "the record");
  assertEquals(await machine.run("cmp /run/utmp /var/log/wtmp && echo same"), "same\n");
  assertEquals(await machine.run("od -An -tx1 -N8 /run/utmp"), " 02 00 00 00 00 00 00 00\n");
  assertEquals(await machine.run("od -An -tx1 -j8 -N332 -v /run/utmp | tr -d ' 0\\n'"), "");
});

test("daemon case 63: a missing table is not created", async () => {
  await using machine = await booted(RECORDED);
  assertEquals(await machine.run("ls /run/utmp /var/log/wtmp"), "");
});

test("daemon case 64: the environment file of the machine, and the words of the kernel", async () => {
  await using machine = await booted({
    boot: "type = internal\ndepends-on = say\n",
    say: 'type = scripted\ncommand = sh -c "echo $$FOO $$quietx > ../said"\n',
  }, { env: { quietx: "1" }, setUp: "mkdir /etc/dinit; echo FOO=bar > /etc/dinit/environment" });
  assertEquals(machine.read("said"), "bar 1\n");
});

test("daemon case 65: a soft reboot", async () => {
  await using machine = await booted(SERVICES, { args: ["auto", "-t", "boot"] });
  await order(machine, 5);
  await machine.printed("[  OK  ] boot", 2);
  const again = machine.lines.find((line) => line.startsWith("again"));
  const paths = `--services-dir ${machine.directory}/sd --socket-path ${machine.directory}/socket`;
  assertEquals(again, `again as 1: ${paths} auto -t boot`);
  // Whether a child gets the first streams depends on the runtime; the real program opens the console itself.
  const output = machine.text + machine.read("inherited");
  assert(/^shutdown as \d+ of 1: \/usr\/sbin\/shutdown --system -s$/m.test(output), output);
  assertEquals((await machine.ctl("is-started", "a")).stdout, "STARTED\n");
  machine.kill("SIGTERM");
  await machine.ended();
  assertEquals(machine.lines.at(-1), `${SHUTDOWN} -h`);
});

test("daemon case 66: a soft reboot without a daemon to start", async () => {
  await using machine = await booted(NOTHING, { setUp: "chmod -x /usr/bin/dinit" });
  await order(machine, 5);
  await machine.ended();
  assertEquals(machine.lines.slice(-3), [
    "dinit: Error executing /usr/bin/dinit: Permission denied",
    "dinit: Could not soft-reboot. Will attempt reboot.",
    `${SHUTDOWN} -r`,
  ]);
});

test("a soft reboot whose shutdown program fails continues", async () => {
  const setUp = "printf '#!/bin/sh\\nexit 3\\n' > /usr/sbin/shutdown";
  await using machine = await booted(NOTHING, { setUp });
  await order(machine, 5);
  await machine.printed("[  OK  ] boot", 2);
  assert(machine.lines.includes("dinit: Execution of shutdown returned non-zero status"), machine.text);
});

test("daemon case 67: a manager with the paths of a user", async () => {
  await using machine = await booted(NOTHING, { args: ["-u"] });
  machine.kill("SIGTERM");
  await machine.ended();
  assertEquals(machine.lines.at(-1), `${SHUTDOWN} -h`);
});

test("daemon case 68: a service reboots by the control connection that it was given", async () => {
  const command = dinitCommand(["shutdown", "--use-passed-cfd", "-r"]).join(" ");
  const fsck = `type = process\ncommand = ${command}\noptions = pass-cs-fd\n`;
  await using machine = new Namespace({ boot: "type = internal\ndepends-on = fsck\n", fsck });
  await machine.ended();
  assertEquals(machine.lines.at(-1), `${SHUTDOWN} -r`);
});

test("a recovery that starts without asking has the console to itself", async () => {
  await using machine = new Namespace({ recovery: RECOVERY }, { args: ["--auto-recovery"] });
  await machine.printed("recovering");
  assert(!machine.text.includes(CHOICE), machine.text);
  machine.kill("SIGTERM");
  await machine.ended();
  assertEquals(machine.lines.at(-1), `${SHUTDOWN} -h`);
});

test("a recovery that cannot be started without asking", async () => {
  await using machine = new Namespace({}, { args: ["-r"] });
  await machine.printed(CHOICE);
  const reason = "dinit: Unable to start recovery service: service description not found.";
  assert(machine.lines.includes(reason), machine.text);
});

test("no boot service to continue with", async () => {
  await using machine = new Namespace({}, { args: ["-t", "nosuch"] });
  await machine.printed(CHOICE);
  await machine.type("s");
  await machine.ended();
  assertEquals(machine.lines.slice(-2), [
    "dinit: Could not start 'boot' service. Will attempt reboot.",
    `${SHUTDOWN} -r`,
  ]);
});

test("a manager that must remain without services keeps serving, and halts on command", async () => {
  await using machine = await booted(NOTHING);
  await order(machine, 1);
  await machine.printed("[STOPPD] boot");
  // The daemon closes its control socket for a moment when everything has stopped.
  const isStopped = async () => (await machine.ctl("is-started", "boot")).stdout === "STOPPED\n";
  await machine.until(isStopped, "the control socket");
  await order(machine, 2);
  await machine.ended();
  assertEquals(machine.lines.at(-1), `${SHUTDOWN} -h`);
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
