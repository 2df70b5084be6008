/** Processes on the console: the host runs on a separate terminal, which `script` makes. */

import { assert, assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { rootOnly } from "../_needs.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { plan, TestHost } from "./_host.ts";

/** Runs the host on a new terminal; the output of `script` is ignored. */
const TERMINAL = ["sh", "-c", 'exec script -qec "exec $*" /dev/null', "sh"];

/** What `/proc` says of a process and its terminal. */
interface Place {
  readonly group: number;
  readonly session: number;
  readonly terminal: number;
  readonly foreground: number;
}

function place(pid: number): Place {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  return { group: fields[2], session: fields[3], terminal: fields[4], foreground: fields[5] };
}

function onTerminal(
  name: string,
  test: (host: TestHost) => Promise<void>,
  wrapper: readonly string[] = TERMINAL,
  ignore = false,
): void {
  Deno.test({
    name: `native host: ${name}`,
    ignore,
    async fn() {
      await using host = await TestHost.start("native", { wrapper });
      await test(host);
    },
  });
}

/** A process on the console that runs until it is killed, with what can be seen of it. */
async function look(host: TestHost, changes: Partial<LaunchPlan>, id = 1) {
  const { pid } = await host.launch(plan(["sleep", "1000"], { id, ...changes }));
  await host.executed(id);
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const files = (pid: number) => [0, 1, 2].map((fd) => Deno.readLinkSync(`/proc/${pid}/fd/${fd}`));
  const all = await descriptorsOf(pid!);
  const { pid: daemon } = await host.inspect();
  return {
    pid: pid!,
    place: place(pid!),
    blocked: /^SigBlk:\s*0*(\w+)$/m.exec(status)![1],
    all,
    sameFiles: files(pid!).join() === files(daemon).join(),
    daemon: { pid: daemon, ...place(daemon) },
  };
}

/** The open descriptors of a program that has just been executed; it still reads its libraries at first. */
async function descriptorsOf(pid: number): Promise<string[]> {
  let all: string[] = [];
  await until(() => {
    all = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => name).toSorted();
    return all.length === 3;
  }, () => `three descriptors; there are ${all}`);
  return all;
}

async function end(host: TestHost, id = 1): Promise<void> {
  await host.signal(id, "main", 9, true);
  await host.exit(id);
}

onTerminal(
  "L36: a process on the console has the terminal in the foreground, with keys masked",
  async (host) => {
    const seen = await look(host, { session: "console" });
    assert(seen.sameFiles);
    assertEquals(seen.all, ["0", "1", "2"]);
    assertEquals(seen.place.group, seen.pid);
    assertEquals(seen.place.session, seen.daemon.session);
    assertEquals(seen.place.foreground, seen.pid);
    assertEquals(seen.blocked, "380006"); // INT, QUIT, TSTP, TTIN, TTOU
    await end(host);
    await host.takeForeground();
    const daemon = place(seen.daemon.pid);
    assertEquals(daemon.foreground, daemon.group);
  },
);

onTerminal("L37: with unmask-intr the interrupt key reaches it", async (host) => {
  const seen = await look(host, { session: "console", unmaskInterrupt: true });
  assertEquals(seen.blocked, "380004");
  await end(host);
});

onTerminal(
  "L38: a process that shares the console is in the background, with nothing masked",
  async (host) => {
    const seen = await look(host, { session: "shared-console" });
    assert(seen.sameFiles);
    assertEquals(seen.place.group, seen.pid);
    assertEquals(seen.place.session, seen.daemon.session);
    assertEquals(seen.place.foreground, seen.daemon.foreground);
    assert(seen.place.foreground !== seen.pid);
    assertEquals(seen.blocked, "0");
    await end(host);
  },
);

onTerminal("a process on the console may need a chain of tools", async (host) => {
  const seen = await look(host, { session: "console", nice: 1 });
  assert(seen.sameFiles);
  assertEquals([seen.all, seen.place.foreground, seen.blocked], [["0", "1", "2"], seen.pid, "380006"]);
  await end(host);
});

onTerminal("the terminal passes from one process to the next", async (host) => {
  const first = await look(host, { session: "console" });
  await end(host);
  const second = await look(host, { session: "console" }, 2);
  assertEquals([first.place.foreground, second.place.foreground], [first.pid, second.pid]);
  await end(host, 2);
});

/** A terminal that `script` makes and that no session has yet. */
const UNUSED_TERMINAL = ["sh", "-c", 'exec script -qec "exec setsid -w $*" /dev/null', "sh"];
const UNUSED = rootOnly(
  "a process takes a free terminal, in a new session",
  "takes the terminal from `script`",
);

onTerminal(
  UNUSED.name,
  async (host) => {
    const seen = await look(host, { session: "console" });
    assert(seen.sameFiles);
    assertEquals([seen.place.session, seen.place.group, seen.place.foreground], [
      seen.pid,
      seen.pid,
      seen.pid,
    ]);
    assert(seen.place.terminal !== 0);
    assertEquals(seen.all, ["0", "1", "2"]);
    await end(host);
  },
  UNUSED_TERMINAL,
  UNUSED.ignore,
);
