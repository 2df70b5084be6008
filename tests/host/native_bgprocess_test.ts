/** Processes that the host did not start itself: daemons with a pid file, orphans, foreign processes. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { endOf } from "../_processes.ts";
import { exitedWith, ServiceType } from "../../src/model/mod.ts";
import { plan, service, TestHost } from "./_host.ts";

function native(name: string, test: (host: TestHost) => Promise<void>): void {
  Deno.test(`native host: ${name}`, async () => {
    await using host = await TestHost.start("native");
    await test(host);
  });
}

/** A service with a pid file. */
function background(host: TestHost, contents?: string) {
  const pidFile = `${host.folder}/pid`;
  if (contents !== undefined) Deno.writeTextFileSync(pidFile, contents);
  return service({ type: ServiceType.BGPROCESS, pidFile });
}

/** Starts a daemon that detaches itself, and returns its process id. */
async function daemonize(host: TestHost, command = "sleep 1000"): Promise<number> {
  const script =
    `setsid sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec ${command}' "$0" & while ! [ -e "$0" ]; do sleep 0.01; done`;
  const exit = await host.run(["sh", "-c", script, `${host.folder}/daemon`]);
  assertEquals(exit, { kind: "exited", code: 0 });
  return Number(Deno.readTextFileSync(`${host.folder}/daemon`));
}

native("L30: a pid file may use the notations of C, with any text after it", async (host) => {
  const pid = await daemonize(host);
  const service = background(host, ` 0x${pid.toString(16)} junk`);
  assertEquals(await host.adoptFromPidFile(service), { kind: "running", pid, child: true });
  await host.signal(1, "main", 9, true);
  await host.exit();
});

native("L31: a pid file with a text is not valid", async (host) => {
  assertEquals(await host.adoptFromPidFile(background(host, "text")), { kind: "invalid", pid: -1 });
  assertEquals(await host.adoptFromPidFile(background(host, "")), { kind: "invalid", pid: -1 });
});

native(
  "L32: a pid file with an unused pid, or that of an ended daemon, is not valid; the exit is reported",
  async (host) => {
    const unused = 2 ** 22 + 5; // above the largest pid_max
    assertEquals(await host.adoptFromPidFile(background(host, `${unused}`)), {
      kind: "invalid",
      pid: unused,
    });
    // It outlives the program that starts it: that one would take its end away.
    const pid = await daemonize(host, `sh -c "sleep 1; exit 1"`);
    await host.withoutChildren();
    const service = background(host, `${pid}\n`);
    const exit = exitedWith(1);
    assertEquals(await host.adoptFromPidFile(service), { kind: "invalid", pid, exit });
    assertEquals(await host.adoptFromPidFile(service), { kind: "invalid", pid });
  },
);

native(
  "pids that mean groups, all processes, init or the daemon are not valid",
  async (host) => {
    const { pid } = await host.inspect();
    for (const text of ["0", "1", "-1", "-5", `${pid}`, "99999999999999999999"]) {
      const outcome = await host.adoptFromPidFile(background(host, text));
      assertEquals(outcome.kind, "invalid", text);
    }
  },
);

native(
  "L33: a missing or unreadable pid file is reported with the reason",
  async (host) => {
    assertEquals(await host.adoptFromPidFile(background(host)), {
      kind: "unreadable",
      step: "open",
      errno: 2,
    });
    const folder = service({ type: ServiceType.BGPROCESS, pidFile: host.folder });
    assertEquals(await host.adoptFromPidFile(folder), { kind: "unreadable", step: "read", errno: 21 });
  },
);

native("L34: an unrelated process is signalled, but its end is not seen", async (host) => {
  const foreign = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  const service = background(host, `${foreign.pid}\n`);
  assertEquals(await host.adoptFromPidFile(service), { kind: "running", pid: foreign.pid, child: false });
  assertEquals(await host.signal(1, "main", 15, false), "sent");
  assertEquals((await endOf(foreign)).signal, "SIGTERM");
  await host.serviceInactive(service);
  assertEquals(await host.signal(1, "main", 15, false), "no-process");
});

native("L35: a daemon that detached itself becomes a child, and its end is reported", async (host) => {
  const pid = await daemonize(host);
  const { pid: daemon } = await host.inspect();
  assert(Deno.readTextFileSync(`/proc/${pid}/status`).includes(`\nPPid:\t${daemon}\n`));
  await host.adoptFromPidFile(background(host, `${pid}\n`));
  assertEquals((await host.inspect()).running, [pid]);
  assertEquals(await host.signal(1, "main", 15, true), "sent");
  assertEquals(await host.exit(), { kind: "killed", signal: 15, core: false });
  assertEquals((await host.inspect()).running, []);
});

native("a process that forks children and dies leaves no zombies", async (host) => {
  await host.run(["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.0$i & done; exit 0"]);
  await host.withoutChildren();
  assertEquals((await host.inspect()).zombies, 0);
});

Deno.test({
  ...rootOnly("native host: kill-all-on-stop ends every other process", "needs namespaces"),
  fn: async () => {
    const wrapper = ["unshare", "--pid", "--mount", "--fork", "--mount-proc"];
    await using host = await TestHost.start("native", { wrapper, host: { killAllPause: 100 } });
    assertEquals((await host.inspect()).pid, 1); // no other process exists
    await host.launch(plan(["sleep", "1000"], { id: 2 }));
    await host.launch(plan(["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"], { id: 3 }));
    await host.executed(2);
    await host.executed(3);
    await host.run(["sleep", "0.1"]); // the shell has set its trap
    await host.killAll(1);
    assertEquals(await host.exit(2), { kind: "killed", signal: 15, core: false });
    await host.report("allKilled");
    assertEquals(await host.exit(3), { kind: "killed", signal: 9, core: false });
  },
});

native("a pid file that another user can have written names no foreign process", async (host) => {
  const foreign = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  try {
    const { pid } = foreign;
    const path = `${host.folder}/pid`;
    const adopted = { kind: "running", pid, child: false };
    assertEquals(await host.adoptFromPidFile(background(host, `${pid}`)), adopted);
    Deno.chmodSync(path, 0o666);
    assertEquals(await host.adoptFromPidFile(background(host)), { kind: "invalid", pid });
    Deno.chmodSync(path, 0o644);
    Deno.chmodSync(host.folder, 0o777);
    assertEquals(await host.adoptFromPidFile(background(host)), { kind: "invalid", pid });
    Deno.chmodSync(host.folder, 0o755);
    Deno.renameSync(path, `${path}.real`);
    Deno.symlinkSync("pid.real", path);
    assertEquals(await host.adoptFromPidFile(background(host)), { kind: "invalid", pid });
    const warnings = host.reports.filter(({ event }) => event === "warn").map(({ args }) => args[0]);
    assertEquals(warnings.length, 3);
  } finally {
    foreign.kill();
    await endOf(foreign);
  }
});

native("a pid file does not name the process of another service", async (host) => {
  const launched = await host.launch(plan(["sleep", "1000"], { id: 7 }));
  const pid = "pid" in launched ? launched.pid : undefined;
  assertEquals(await host.adoptFromPidFile(background(host, `${pid}`)), { kind: "invalid", pid });
  await host.signal(7, "main", 9, true);
  await host.exit(7);
});
