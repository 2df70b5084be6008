/** A native host continues with the processes, the output and the sockets of an earlier program, in both ways. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exitedWith, killedBy, ServiceType } from "../../src/model/mod.ts";
import { until } from "../_patience.ts";
import { plan, service, TestHost } from "./_host.ts";
import { surviving } from "./_surviving.ts";

const BUFFER = { output: { to: "buffer", size: 4096 } } as const;
const KILL = 9;
const TERM = 15;

/** A test in which a host is killed, and another one adopts what it has left. */
function adopting(
  name: string,
  prepare: (host: TestHost) => Promise<number>,
  check: (host: TestHost, pid: number) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const folder = Deno.makeTempDirSync();
    const state = `${folder}/state`;
    let pid: number | undefined;
    try {
      {
        await using host = await TestHost.start("native", { host: { state } });
        pid = await prepare(host);
        await host.kill();
      }
      await using host = await TestHost.start("native", { host: { state, way: "adopt" } });
      await check(host, pid);
    } finally {
      if (pid !== undefined && isThere(pid)) Deno.kill(-pid, "SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

function isThere(pid: number): boolean {
  try {
    return !/\) Z/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

async function launched(host: TestHost, script: string, changes = {}): Promise<number> {
  const { pid } = await host.launch(plan(["sh", "-c", script], changes));
  await host.executed((changes as { id?: number }).id);
  return pid!;
}

surviving(
  "a signal reaches the process of an earlier program, and its end is reported once",
  async (host) => {
    const pid = await launched(host, "sleep 1000");
    await host.replace();
    assertEquals(await host.processOf(1), { pid });
    assertEquals(await host.processOf(2), undefined);
    assertEquals(await host.signal(1, "main", TERM, true), "sent");
    assertEquals(await host.exit(), killedBy(TERM));
    assertEquals(await host.signal(1, "main", TERM, true), "no-process");
    assertEquals(host.reports.filter(({ event }) => event === "exited" || event === "execSucceeded"), []);
  },
);

surviving("an end during the replacement of the program is reported by the next program", async (host) => {
  const go = `${host.folder}/go`;
  await launched(host, `while ! [ -e ${go} ]; do sleep 0.1; done; exit 7`);
  Deno.writeTextFileSync(go, ""); // it may end before, during or after the replacement
  await host.replace();
  assertEquals(await host.exit(), exitedWith(7));
  await host.withoutChildren();
});

surviving("buffered output goes on in the same buffer, with all that was there before", async (host) => {
  await launched(
    host,
    "trap 'echo last' TERM; echo first; while :; do sleep 0.1; done",
    BUFFER,
  );
  await host.logWith("first");
  for (let round = 0; round < 3; round++) await host.replace();
  assertEquals(await host.log(), "first\n");
  await host.signal(1, "main", TERM, false);
  assertEquals(await host.logWith("last"), "first\nlast\n");
  assertEquals(await host.log(true), "first\nlast\n");
  await host.replace();
  assertEquals(await host.log(), "");
  await host.signal(1, "main", KILL, true);
});

surviving("readiness that is announced during the replacement is reported, and only once", async (host) => {
  const go = `${host.folder}/go`;
  const script = `while ! [ -e ${go} ]; do sleep 0.1; done; echo ready >&3; exec sleep 1000`;
  await launched(host, script, { readiness: { fd: 3, variable: undefined } });
  Deno.writeTextFileSync(go, "");
  await host.replace();
  await host.report("ready");
  await host.replace();
  await host.signal(1, "main", KILL, true);
  assertEquals(await host.exit(), killedBy(KILL));
  assertEquals(host.reports.filter(({ event }) => event === "ready"), []);
});

surviving("a chain of tools that is at work goes on, and its failure is reported", async (host) => {
  const { pid } = await host.launch(plan(["/bin/sleep", "1000"], { nice: 1 }));
  await host.replace(); // before or after the chain executes the command
  await host.executed();
  assertEquals(await host.processOf(1), { pid });
  await host.launch(plan(["/bin/sleep", "1"], { id: 2, cgroup: "/no/such/group/here" }));
  await host.signal(1, "main", KILL, true);
  await host.exit();
});

surviving("a pipe between two services keeps what is in it", async (host) => {
  const result = `${host.folder}/result`;
  const producing = { id: 1, name: "producer", output: { to: "pipe" } } as const;
  assertEquals(await host.run(["sh", "-c", "echo through the pipe"], producing), exitedWith(0));
  await host.replace();
  const consuming = { id: 2, name: "consumer", consumerOf: "producer" };
  await host.run(["sh", "-c", `read line; echo "$line" >${result}`], consuming);
  assertEquals(Deno.readTextFileSync(result), "through the pipe\n");
});

surviving("an activation socket stays open, also for a connection that waits", async (host) => {
  const socketPath = `${host.folder}/socket`;
  const described = service({ type: ServiceType.PROCESS, socketPath, socketPermissions: 0o600 });
  assertEquals(await host.openActivationSocket(described), undefined);
  const before = await Deno.connect({ transport: "unix", path: socketPath });
  await host.replace();
  const after = await Deno.connect({ transport: "unix", path: socketPath });
  before.close();
  after.close();
  assertEquals(await host.run(["sh", "-c", "[ -S /dev/fd/3 ]"], { activationSocket: true }), exitedWith(0));
});

surviving("a launch that was under way is found by its command, and is not made twice", async (host) => {
  const { pid } = await host.launch(plan(["sleep", "1000"]));
  await host.executed();
  await host.replace({ forget: true });
  await host.executed();
  assertEquals(await host.processOf(1), { pid });
  assertEquals(await host.signal(1, "main", TERM, true), "sent");
  assertEquals(await host.exit(), killedBy(TERM));
});

surviving("a service that is gone, and one whose launch was not made, have no process", async (host) => {
  await launched(host, "exit 0");
  await host.exit();
  await host.replace({ forget: true });
  assertEquals(await host.processOf(1), undefined);
});

surviving("twenty replacements leave no descriptor, child or process behind", async (host) => {
  await launched(host, "echo x; exec sleep 1000", BUFFER);
  await host.logWith("x");
  await host.replace();
  const first = await host.inspect();
  for (let round = 0; round < 20; round++) await host.replace();
  const last = await host.inspect();
  assertEquals([last.descriptors, last.children], [first.descriptors, first.children]);
  await host.signal(1, "main", KILL, true);
});

Deno.test("documents that contradict each other are refused, and nothing has changed", async (t) => {
  const cases: Record<string, [string, [number, unknown][]][]> = {
    "a process without a service": [["process", [[100, { seen: 1 }]]]],
    "process 1": [["process", [[1, { id: 1, seen: 1 }]]]],
    "two processes in one role": [["process", [[100, { id: 1, seen: 1 }], [101, { id: 1, seen: 1 }]]]],
    "one descriptor for two things": [
      ["socket", [[1, { fd: 9, inode: 1 }]]],
      ["output", [[1, { name: "a", size: 10, file: 9 }]]],
    ],
    "a descriptor that is no number": [["socket", [[1, { fd: -1, inode: 1 }]]]],
    "an unknown tool": [["process", [[100, {
      id: 1,
      seen: 1,
      chain: { fd: 8, inode: 1, links: [{ tool: "rm", stage: 1 }] },
    }]]]],
  };
  const folder = Deno.makeTempDirSync();
  const state = `${folder}/state`;
  for (const [name, documents] of Object.entries(cases)) {
    await t.step(name, async () => {
      for (const way of ["same-process", "adopt"]) {
        Deno.writeTextFileSync(state, JSON.stringify(documents));
        await using host = await TestHost.start("native", { host: { state, way } });
        assertStringIncludes(String((await host.report("refused"))[0]), "Cannot use the saved state");
        assertEquals(await host.processOf(1), undefined);
      }
    });
  }
  Deno.removeSync(folder, { recursive: true });
});

adopting(
  "after a kill, the next host has the process, signals it and reports how it ended",
  (host) => launched(host, "trap 'exit 5' TERM; sleep 1000 & wait"),
  async (host, pid) => {
    assertEquals(await host.processOf(1), { pid });
    assertEquals(await host.signal(1, "main", 0, false), "sent");
    assertEquals(await host.signal(1, "main", TERM, true), "sent");
    const exit = await host.exit();
    // Linux tells it from 6.15 on, after the parent has reaped the process.
    assert(exit.kind === "unknown" || exit.kind === "exited" && exit.code === 5, JSON.stringify(exit));
    assertEquals(await host.signal(1, "main", TERM, true), "no-process");
  },
);

adopting(
  "after a kill, the output that is in the pipe and that comes later is in the buffer",
  (host) => launched(host, "trap 'echo later' USR1; while :; do sleep 0.1; done", BUFFER),
  async (host) => {
    await host.signal(1, "main", 10, false);
    assertEquals(await host.logWith("later"), "later\n");
  },
);

adopting(
  "after a kill, an activation socket is taken from its process",
  async (host) => {
    const socketPath = `${host.folder}/socket`;
    await host.openActivationSocket(
      service({ type: ServiceType.PROCESS, socketPath, socketPermissions: 0o600 }),
    );
    return await launched(host, "sleep 1000", { activationSocket: true });
  },
  async (host, pid) => {
    assertEquals(await host.processOf(1), { pid });
    assertEquals(
      await host.run(["sh", "-c", "[ -S /dev/fd/3 ]"], { activationSocket: true, role: "stop" }),
      exitedWith(0),
    );
  },
);

Deno.test("a process that has got the number of a service's process later is never touched", async () => {
  const folder = Deno.makeTempDirSync();
  const state = `${folder}/state`;
  const other = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  try {
    // The service's process was there in the first second after the boot.
    Deno.writeTextFileSync(state, JSON.stringify([["process", [[other.pid, { id: 1, seen: 100 }]]]]));
    for (const way of ["same-process", "adopt"]) {
      await using host = await TestHost.start("native", { host: { state, way } });
      assertEquals(await host.processOf(1), undefined);
      assertEquals(await host.signal(1, "main", KILL, true), "no-process");
      Deno.writeTextFileSync(state, JSON.stringify([["process", [[other.pid, { id: 1, seen: 100 }]]]]));
    }
    await until(() => isThere(other.pid), "the other process");
  } finally {
    other.kill("SIGKILL");
    await other.status;
    Deno.removeSync(folder, { recursive: true });
  }
});
