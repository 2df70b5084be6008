/**
 * A Debian machine that boots with the compiled binary as its init. `deno task test:vm`, after `deno task compile`;
 * with DINIT_BINARY the binary at that path, with its launchers beside it.
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import "../_processes.ts";
import { makeUnexecutable, readFromDisk, uncleanness } from "../../scripts/vm/disk.ts";
import { PASSWORD } from "../../scripts/vm/distribution.ts";
import { Lab } from "../../scripts/vm/lab.ts";
import type { Machine } from "../../scripts/vm/machine.ts";
import { REPOSITORY } from "../../scripts/vm/product.ts";
import { reasonAgainst } from "../../scripts/vm/programs.ts";

const BINARY = Deno.env.get("DINIT_BINARY") ?? `${REPOSITORY}dist/dinit`;
const DIST = BINARY.slice(0, BINARY.lastIndexOf("/"));

/** All services that are started after an ordinary boot. */
const SERVICES = [
  "boot",
  "coldplug",
  "cron",
  "disks",
  "fscheck",
  "getty@tty1",
  "getty@ttyS0",
  "hostname",
  "kmods",
  "localfs",
  "login-ready",
  "network",
  "pseudofs",
  "rootcheck",
  "rootrw",
  "sysinit",
  "syslogd",
  "udevd",
];

function reasonToIgnore(): string | undefined {
  const reason = reasonAgainst();
  if (reason !== undefined) return reason;
  try {
    Deno.statSync(BINARY);
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `no ${BINARY}: run \`deno task compile\` first`;
    throw error;
  }
}

const reason = reasonToIgnore();
if (reason !== undefined) console.error(`the tests of the virtual machine are ignored: ${reason}`);

/** Made by the first test that needs it. */
let lab: Lab | undefined;

/** A test with machines. */
function machineTest(name: string, body: (lab: Lab) => Promise<void>): void {
  Deno.test(
    reason === undefined ? name : `${name} (${reason})`,
    { ignore: reason !== undefined },
    async () => {
      lab ??= await Lab.open(DIST);
      await body(lab);
    },
  );
}

Deno.test.afterAll(() => lab?.[Symbol.dispose]());

/** The services that are started, neither skipped nor failed, and their processes if they have one. */
function startedServices(list: string): Map<string, number | undefined> {
  const services = new Map<string, number | undefined>();
  for (const line of list.trim().split("\n")) {
    const [, name, pid] = /^\[[[{]\+[\]}] {5}\] (\S+)(?: \(pid: (\d+)\))?/.exec(line) ?? [];
    if (name !== undefined) services.set(name, pid === undefined ? undefined : Number(pid));
  }
  return services;
}

/** The daemon's complaints on the console: at its ordinary level it prints no other sentences. */
function complaints(machine: Machine): string[] {
  return machine.console.lines.map(({ text }) => text)
    .filter((text) =>
      text.startsWith("dinit: ") || text.startsWith("[FAILED]") || text.includes("Kernel panic")
    );
}

machineTest("Debian boots to a login, restarts killed services, and powers off cleanly", async (lab) => {
  const disk = lab.disk();
  await using machine = lab.start(disk);
  await machine.logIn();
  assertEquals(complaints(machine), []);

  const before = startedServices(await machine.enter("dinitctl list"));
  assertEquals([...before.keys()].sort(), SERVICES);
  assertEquals((await machine.run("dinit-check")).status, 0);
  assertMatch(await machine.enter("who -b"), /system boot/);
  assertMatch(await machine.enter("ps -o args= -p 1"), /^\/usr\/bin\/dinit$/m);

  // A disk that the device manager knows by its label.
  await machine.enter("echo LABEL=root /mnt ext4 ro 0 0 >>/etc/fstab");
  assertEquals((await machine.run("/usr/lib/dinit-system/disks")).status, 0);

  const victims = ["cron", "getty@tty1", "syslogd", "udevd"];
  await machine.enter(`kill -9 ${victims.map((name) => before.get(name)).join(" ")}`);
  let after = startedServices(await machine.enter("dinitctl list"));
  for (
    let look = 1;
    look < 20 && victims.some((name) => after.get(name) === before.get(name) || !after.get(name));
    look++
  ) {
    await machine.enter("sleep 0.5");
    after = startedServices(await machine.enter("dinitctl list"));
  }
  assertEquals([...after.keys()].sort(), SERVICES);
  for (const name of victims) {
    assert(after.get(name) !== undefined, `${name} has no process`);
    assertNotEquals(after.get(name), before.get(name), name);
  }
  assertEquals((await machine.run("dinitctl stop cron && dinitctl start cron")).status, 0);

  await machine.type("poweroff\n");
  await machine.see("Issuing shutdown command...\n");
  await machine.see("Issuing shutdown via kernel...\n");
  await machine.ended();
  assertMatch(machine.console.text, /reboot: Power down/);
  assertEquals(uncleanness(disk), undefined);

  // The log of the whole boot, which the daemon kept until there was a syslogd, and of the end of syslogd.
  const log = readFromDisk(disk, "/var/log/syslog");
  for (const name of SERVICES) assert(log.includes(`dinit: service ${name} started.`), `${name} in ${log}`);
  const allowed =
    /: (?:Starting system|service \S+ (?:started|stopped)\.|Service \S+ (?:process )?terminated due to signal 9)$/;
  const messages = log.split("\n").filter((line) => / dinit: /.test(line));
  assertEquals(messages.filter((line) => !allowed.test(line)), []);
  assertEquals(readFromDisk(disk, "/var/log/sysinit.log"), "");
  assertEquals(readFromDisk(disk, "/var/log/network.log"), "");
});

/** Services with limits: one that needs too much memory, one that wants many processes, one that wants a processor. */
const LIMITED = {
  eater: ["command = /usr/bin/tail /dev/zero", "memory-max = 32M", "swap-max = 0", "restart = no"],
  many: ["command = /root/many", "pids-max = 8", "kill-mode = all"],
  busy: ["command = /root/busy", "cpu-max = 0.2", "cpu-weight = 10"],
};

/** Control groups with limits, in a machine that boots. */
async function checkLimits(machine: Machine): Promise<void> {
  for (const [name, lines] of Object.entries(LIMITED)) {
    const text = ["type = process", ...lines].map((line) => `'${line}'`).join(" ");
    await machine.enter(`printf '%s\\n' ${text} >/etc/dinit.d/${name}`);
  }
  await machine.enter(
    `printf '%s\\n' '#!/bin/bash' 'for i in {1..20}; do setsid sleep 1000 & done; exec sleep 1000' >/root/many`,
  );
  await machine.enter(`printf '%s\\n' '#!/bin/sh' 'while :; do :; done' >/root/busy; chmod +x /root/*`);
  await machine.run("dinitctl start eater");
  let status = "";
  for (let look = 0; look < 60 && !status.includes("Reason: out of memory (32M)"); look++) {
    await machine.enter("sleep 0.5");
    status = await machine.enter("dinitctl status eater");
  }
  assertMatch(status, /Reason: out of memory \(32M\)/);
  assertEquals((await machine.run("dinitctl start many && dinitctl start busy")).status, 0);
  const folder = "/sys/fs/cgroup/dinit-*";
  const processes = () => machine.enter(`cat ${folder}/many.service/cgroup.procs | wc -l`);
  for (let look = 0; look < 60 && Number(await processes()) < 8; look++) await machine.enter("sleep 0.5");
  assertEquals(Number(await processes()), 8);
  assertMatch(await machine.enter(`cat ${folder}/many.service/pids.events`), /^max [1-9]/m);
  assertMatch(await machine.enter(`cat ${folder}/busy.service/cpu.max`), /^20000 100000$/m);
  assertEquals((await machine.run("dinitctl stop many && dinitctl stop busy")).status, 0);
  assertEquals((await machine.run("! pgrep -x sleep")).status, 0);
  await machine.enter("sleep 1");
  assertEquals((await machine.run(`! ls -d ${folder}/*.service`)).status, 0);
}

machineTest("limits of control groups hold, and `reboot` restarts the machine cleanly", async (lab) => {
  const disk = lab.disk();
  await using machine = lab.start(disk);
  await machine.logIn();
  await checkLimits(machine);
  await machine.type("reboot\n");
  await machine.ended();
  assertMatch(machine.console.text, /reboot: Restarting system/);
  assertEquals(complaints(machine), []);
  assertEquals(uncleanness(disk), undefined);
});

const FAULTS = ["SEGV", "ABRT", "BUS"];

machineTest(
  "faults of process 1 while the machine runs, and while it boots, cost no service",
  async (lab) => {
    const disk = lab.disk();
    {
      await using machine = lab.start(disk);
      await machine.logIn();
      const before = startedServices(await machine.enter("dinitctl list"));
      for (const fault of FAULTS) {
        await machine.enter(`kill -${fault} 1`);
        // The login has the console, so the daemon says it only to the system's log.
        const isSaid = `grep -q 'dinit had a fault: SIG${fault} ' /var/log/syslog`;
        await machine.enter(`for i in {1..60}; do ${isSaid} && break; sleep 0.5; done`);
        assertEquals((await machine.run(isSaid)).status, 0, fault);
        assertEquals(startedServices(await machine.enter("dinitctl list")), before, fault);
      }
      assertEquals((await machine.run("dinitctl restart cron")).status, 0);
      // The next boot has a fault in its middle.
      const ill =
        `type = scripted\\ncommand = /bin/kill -SEGV 1\\ndepends-on = localfs\\nbefore = network\\n`;
      await machine.enter(`printf '${ill}' >/etc/dinit.d/ill; ln -s ../ill /etc/dinit.d/boot.d/ill`);
      await machine.type("reboot\n");
      await machine.ended();
    }
    await using machine = lab.start(disk);
    await machine.see("dinit had a fault: SIGSEGV");
    await machine.logIn();
    const started = startedServices(await machine.enter("dinitctl list"));
    assertEquals([...started.keys()].sort(), [...SERVICES, "ill"].sort());
    await machine.type("poweroff\n");
    await machine.ended();
    assertMatch(machine.console.text, /reboot: Power down/);
    assertEquals(uncleanness(disk), undefined);
  },
);

machineTest("a boot that fails asks what to do, and can be repaired and tried again", async (lab) => {
  const disk = lab.disk();
  makeUnexecutable(disk, "/usr/lib/dinit-system/sysinit");
  await using machine = lab.start(disk);
  const question = "Choose: (r)eboot, r(e)covery, re(s)tart boot sequence, (p)ower off? ";

  const boot = await machine.see("All services have stopped with no shutdown issued; boot failure?\n");
  assertMatch(boot, /^dinit: sysinit: execution failed - executing command: Permission denied$/m);
  assertMatch(boot, /^\[FAILED\] boot$/m);
  await machine.see(question);
  await machine.type("e");
  await machine.see("(or press Control-D to continue): ");
  await machine.type(`${PASSWORD}\n`);
  await machine.useShell("root@vm:~# ");
  assertEquals((await machine.run("chmod +x /usr/lib/dinit-system/sysinit")).status, 0);
  await machine.type("exit\n");

  await machine.see(question);
  await machine.type("s");
  await machine.logIn();
  assertEquals([...startedServices(await machine.enter("dinitctl list")).keys()].sort(), SERVICES);
  await machine.type("poweroff\n");
  await machine.ended();
  assertEquals(uncleanness(disk), undefined);
});
