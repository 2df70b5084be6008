/** Which processes belong to a service, and what they cost. */

import { assertEquals } from "@std/assert";
import { needing, programPath } from "../_needs.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { until } from "../_patience.ts";
import { FiguresReader, ownersOf, parseProcess, type ProcessSample } from "../../src/insight/mod.ts";

const DAEMON = 10;

/** A process that leads its own session unless it says otherwise. */
function process(pid: number, parent: number, facts: Partial<ProcessSample> = {}): ProcessSample {
  return { pid, parent, session: pid, program: "p", startTicks: pid, cpuSeconds: 0, memory: 1000, ...facts };
}

function owners(
  processes: readonly ProcessSample[],
  mains: readonly [number, string][],
  orphans: Record<number, string> = {},
) {
  const found = ownersOf(processes, {
    daemon: DAEMON,
    mains: new Map(mains),
    groupOwner: () => undefined,
    orphanOwner: ({ pid }) => orphans[pid],
  });
  return Object.fromEntries(found);
}

Deno.test("a service owns its session, its descendants, and the orphans that it has marked", () => {
  const processes = [
    process(1, 0),
    process(DAEMON, 1),
    process(20, DAEMON),
    process(21, 20, { session: 20 }),
    process(22, 21), // setsid
    process(23, 22, { session: 22 }),
    process(24, DAEMON, { session: 20 }), // has lost its parent
    process(25, DAEMON), // has lost its parent and begun a session
    process(26, 25, { session: 25 }),
    process(30, DAEMON),
    process(31, 30, { session: 30 }),
    process(40, DAEMON), // a stranger
    process(50, 1),
    process(51, 50, { session: 50 }),
  ];
  assertEquals(owners(processes, [[20, "web"], [30, "db"]], { 25: "web" }), {
    20: "web",
    21: "web",
    22: "web",
    23: "web",
    24: "web",
    25: "web",
    26: "web",
    30: "db",
    31: "db",
  });
});

Deno.test("the session of the daemon, and one that two services share, belong to none", () => {
  const processes = [
    process(DAEMON, 1, { session: 5 }),
    process(11, 1, { session: 5 }),
    process(20, DAEMON, { session: 5 }),
    process(30, DAEMON, { session: 7 }),
    process(40, DAEMON, { session: 7 }),
    process(41, DAEMON, { session: 7 }),
  ];
  assertEquals(owners(processes, [[20, "a"], [30, "b"], [40, "c"]]), { 20: "a", 30: "b", 40: "c" });
});

Deno.test("a list of processes that changes while it is read leads to no endless search", () => {
  assertEquals(owners([process(20, 21), process(21, 20)], [[99, "gone"]]), {});
});

Deno.test("the name of a program may contain anything", () => {
  const fields = "1 2 3 0 0 0 0 0 0 0 100 50 20 30 20 0 1 0 777 4096 25 0";
  const found = parseProcess(`7 (a) R (b) S ${fields}\n`, 4096);
  assertEquals(found, {
    pid: 7,
    program: "a) R (b",
    parent: 1,
    session: 3,
    startTicks: 777,
    cpuSeconds: 2,
    memory: 25 * 4096,
  });
  for (const text of [`7 (a) Z ${fields}`, "", "7 (a)", "7 a S 1"]) {
    assertEquals(parseProcess(text, 4096), undefined);
  }
});

Deno.test("the use of processors is that between two readings, and a process keeps its service when it loses its parent", () => {
  let now = 0;
  let all = [process(20, DAEMON, { cpuSeconds: 1 }), process(21, 20, { cpuSeconds: 1 })];
  const reader = new FiguresReader({ processes: () => all, memoryOf: () => undefined }, () => now);
  const first = reader.read([{ name: "web", pid: 20 }], DAEMON).services.get("web");
  assertEquals(first, { cpuSeconds: 2, memory: 2000, processes: 2 });
  now = 2000;
  all = [process(20, DAEMON, { cpuSeconds: 1.5 }), process(21, DAEMON, { cpuSeconds: 1.5 })];
  const second = reader.read([{ name: "web", pid: 20 }], DAEMON).services.get("web");
  assertEquals(second, { cpuSeconds: 3, cpu: 0.5, memory: 2000, processes: 2 });
  now = 3000;
  all = [process(20, DAEMON, { cpuSeconds: 0 })]; // a new process with the same number
  assertEquals(reader.read([{ name: "web", pid: 20 }], DAEMON).services.get("web")?.cpu, 0);
});

const withPs = needing(
  "the figures of real processes are those of ps, double-forked ones in other sessions included",
  "ps",
  programPath("ps") !== undefined,
);
Deno.test({ ...withPs, fn: compareWithPs });

async function compareWithPs(): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-figures-" });
  const output = `${directory}/out`;
  const script =
    `exec >"${output}" 2>&1; (setsid sh -c 'sleep 1000 & echo $$ $!; exec sleep 1000' &); sleep 1000 & ` +
    "echo $$ $!; wait";
  const child = new Deno.Command("setsid", { args: ["sh", "-c", script], stdin: "null", stdout: "null" })
    .spawn();
  const pids = await until(() => {
    try {
      const found = Deno.readTextFileSync(output).trim().split(/\s+/).map(Number);
      return found.length === 4 ? found : undefined;
    } catch {
      return undefined;
    }
  }, "the processes");
  try {
    const reader = new FiguresReader();
    const services = [{ name: "web", pid: child.pid }];
    const reading = await until(() => {
      const found = reader.read(services, undefined);
      return found.services.get("web")?.processes === 4 ? found : undefined;
    }, () => `4 processes instead of ${reader.read(services, undefined).services.get("web")?.processes}`);
    assertEquals(reading.members.get("web")?.map(({ pid }) => pid).sort(), pids.toSorted());
    // The processes may still be executing their programs.
    await until(async () => {
      const { stdout } = await outputOf("ps", { args: ["-o", "rss=", "-p", pids.join(",")] });
      const sizes = new TextDecoder().decode(stdout).trim().split(/\s+/).map((size) => Number(size) * 1024);
      const memory = sizes.reduce((sum, size) => sum + size, 0);
      const own = reader.read(services, undefined).services.get("web")?.memory ?? 0;
      return Math.abs(own - memory) <= 0.05 * memory;
    }, "the memory that ps shows");
  } finally {
    for (const pid of pids) {
      try {
        if (pid > 1) Deno.kill(pid, "SIGKILL");
      } catch {
        // it has ended
      }
    }
    killUnlessEnded(child);
    await endOf(child, "the shell");
    Deno.removeSync(directory, { recursive: true });
  }
}
