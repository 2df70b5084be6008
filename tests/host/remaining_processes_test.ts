/** What main processes leave (`kill-mode`), with real processes. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { soon, until } from "../_patience.ts";
import { killUnlessEnded } from "../_processes.ts";
import type { KillMode, LaunchPlan } from "../../src/engine/mod.ts";
import { ServiceType, Signal } from "../../src/model/mod.ts";
import { plan, service, TestHost } from "./_host.ts";

const { TERM, KILL } = Signal;
const CGROUPS = "/sys/fs/cgroup/unified";

function native(name: string, test: (host: TestHost) => Promise<void>): void {
  Deno.test(`native host: ${name}`, async () => {
    await using host = await TestHost.start("native");
    await test(host);
  });
}

/** A main process that has ended, and what it has left. */
interface Left {
  readonly killMode: KillMode;
  /** The processes that it has left, by the names under which its script has written their ids. */
  readonly pids: Readonly<Record<string, number>>;
  /** Signals them. */
  end(signal: number): Promise<void>;
}

/**
 * Runs a shell script as main process to its end. It may call `note NAME PID`. Processes that a failed test leaves are
 * children of the host, and end with it.
 */
async function left(
  host: TestHost,
  killMode: KillMode,
  script: string,
  { id = 1, names = ["left"], changes = {}, cgroup = "" }: {
    id?: number;
    names?: readonly string[];
    changes?: Partial<LaunchPlan>;
    cgroup?: string;
  } = {},
): Promise<Left> {
  const folder = `${host.folder}/${id}`;
  Deno.mkdirSync(folder);
  const note = `note() { echo "$2" >"${folder}/$1.new"; mv "${folder}/$1.new" "${folder}/$1"; }; `;
  const wait = names.map((name) => `while ! [ -e "${folder}/${name}" ]; do sleep 0.01; done; `).join("");
  const environment = new Map([["PATH", Deno.env.get("PATH") ?? ""], ["FOLDER", folder]]);
  const argv = ["sh", "-c", `${note}${script}\n${wait} while ! [ -e "${folder}/end" ]; do sleep 0.01; done`];
  const { pid } = await host.launch(plan(argv, {
    id,
    environment,
    marksTree: killMode === "all",
    cgroup,
    ...changes,
  }));
  await until(() => names.every((name) => exists(`${folder}/${name}`)), `what the process ${pid} leaves`);
  const remains = await host.remainsOf(pid!);
  Deno.writeTextFileSync(`${folder}/end`, "");
  await host.exit(id);
  const own = service({ type: ServiceType.PROCESS, killMode, cgroup }, id, `test${id}`);
  return {
    killMode,
    pids: Object.fromEntries(names.map((name) => [name, Number(Deno.readTextFileSync(`${folder}/${name}`))])),
    end: (signal) => host.endRemains(own, remains, signal),
  };
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** Whether a process runs; a zombie does not. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX]/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return false;
  }
}

/** Waits until nothing is left of a service; returns the process ids that were reported. */
async function ended(host: TestHost, id = 1): Promise<readonly number[]> {
  let found: readonly number[] = [];
  for (;;) {
    const [, pids] = await host.report("remains", id) as [number, number[]];
    if (pids.length === 0) return found;
    found = pids;
  }
}

const CHILD = "sleep 1000 & note left $!";
const OTHER_SESSION =
  `setsid sh -c 'echo $$ >"$FOLDER/left.new"; mv "$FOLDER/left.new" "$FOLDER/left"; exec sleep 1000' &`;
/** Its parent ends at once, as that of a daemon. */
const DAEMON = `(${OTHER_SESSION})`;
/** It notes that it was asked to end. */
const STUBBORN = `sh -c '
trap "touch $FOLDER/asked" TERM
echo $$ >"$FOLDER/left.new"; mv "$FOLDER/left.new" "$FOLDER/left"
while :; do sleep 1000 & wait; done' &`;
/** It makes a process in another session when it is asked to end. */
const FERTILE = `sh -c '
trap "setsid sleep 1000 & exit" TERM
echo $$ >"$FOLDER/left.new"; mv "$FOLDER/left.new" "$FOLDER/left"
while :; do sleep 0.01; done' &`;

for (const killMode of ["group", "all"] as const) {
  native(`kill-mode = ${killMode} ends a child that the main process has left`, async (host) => {
    const { pids, end } = await left(host, killMode, CHILD);
    assert(runs(pids.left));
    await end(TERM);
    assertEquals(await ended(host), [pids.left]);
    assert(!runs(pids.left));
    await host.withoutChildren();
  });

  native(`kill-mode = ${killMode} kills a child that ignores TERM`, async (host) => {
    const { pids, end } = await left(host, killMode, STUBBORN);
    await end(TERM);
    const [, found] = await host.report("remains");
    assert((found as number[]).includes(pids.left));
    await until(() => exists(`${host.folder}/1/asked`), "its request to end");
    assert(runs(pids.left));
    await end(KILL);
    assertEquals(await ended(host), []);
    assert(!runs(pids.left));
    await host.withoutChildren();
  });

  native(`kill-mode = ${killMode} reports at once that nothing is left`, async (host) => {
    const { end } = await left(host, killMode, "", { names: [] });
    await end(TERM);
    assertEquals(await ended(host), []);
  });

  native(`kill-mode = ${killMode} ends more processes than the host watches at a time`, async (host) => {
    const { end } = await left(
      host,
      killMode,
      "for n in $(seq 100); do sleep 1000 & done; note left $!",
    );
    await end(TERM);
    assertEquals((await ended(host)).length, 20);
    await host.withoutChildren();
  });

  native(`kill-mode = ${killMode} leaves other services and strangers alone`, async (host) => {
    const stranger = new Deno.Command("sleep", { args: ["1000"] }).spawn();
    try {
      const other = await host.launch(plan(["sh", "-c", "sleep 1000 & exec sleep 1000"], { id: 2 }));
      await host.executed(2);
      const orphan = await left(host, "process", DAEMON, { id: 3 });
      const { pids, end } = await left(host, killMode, CHILD);
      await end(TERM);
      await ended(host);
      assertEquals(
        [pids.left, other.pid!, orphan.pids.left, stranger.pid].map(runs),
        [false, true, true, true],
      );
      Deno.kill(orphan.pids.left, "SIGKILL");
      await host.signal(2, "main", KILL, true);
    } finally {
      killUnlessEnded(stranger);
      await soon(stranger.status, "the end of the stranger");
    }
    await host.withoutChildren();
  });
}

native(
  "kill-mode = group leaves a process in another session alone, kill-mode = all ends it",
  async (host) => {
    const kept = await left(host, "group", OTHER_SESSION);
    await kept.end(TERM);
    assertEquals(await ended(host), []);
    assert(runs(kept.pids.left));
    Deno.kill(kept.pids.left, "SIGKILL");
    const { pids, end } = await left(host, "all", OTHER_SESSION, { id: 2 });
    await end(TERM);
    assertEquals(await ended(host, 2), [pids.left]);
    assert(!runs(pids.left));
    await host.withoutChildren();
  },
);

native("kill-mode = all ends a daemon that has lost its parent and its session", async (host) => {
  const { pids, end } = await left(host, "all", DAEMON);
  await end(TERM);
  assertEquals(await ended(host), [pids.left]);
  assert(!runs(pids.left));
  await host.withoutChildren();
});

native("kill-mode = all ends what appears while it ends the rest", async (host) => {
  const { end } = await left(host, "all", FERTILE);
  await end(TERM);
  await ended(host);
  await host.withoutChildren();
});

native("kill-mode = all ends the tree of a main process that still runs", async (host) => {
  const script = `setsid sleep 1000 & trap "" TERM; while :; do sleep 0.1; done`;
  const { pid } = await host.launch(plan(["sh", "-c", script]));
  await until(() => childrenOf(pid!).length > 0, "its child");
  const own = service({ type: ServiceType.PROCESS, killMode: "all" });
  await host.endRemains(own, await host.remainsOf(pid!), KILL);
  assertEquals(await host.exit(), { kind: "killed", signal: KILL, core: false });
  await ended(host);
  await host.withoutChildren();
});

Deno.test({
  ...rootOnly(
    "native host: kill-mode = all ends all processes in the control group of the service",
    `makes a group in ${CGROUPS}`,
    exists(`${CGROUPS}/cgroup.procs`),
  ),
  async fn() {
    const cgroup = `/unified/dinit-test-${crypto.randomUUID()}`;
    Deno.mkdirSync(`/sys/fs/cgroup${cgroup}`);
    try {
      await using host = await TestHost.start("native");
      const hidden = `(env -i setsid sleep 1000 & echo $! >"$FOLDER/left")`;
      const { pids, end } = await left(host, "all", hidden, { cgroup });
      assert(runs(pids.left));
      await end(TERM);
      assertEquals(await ended(host), [pids.left]);
      await host.withoutChildren();
    } finally {
      Deno.removeSync(`/sys/fs/cgroup${cgroup}`);
    }
  },
});

function childrenOf(parent: number): number[] {
  const pids = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return false;
    }
  });
}
