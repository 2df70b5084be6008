/** Launches in flight: what must hold although several processes are being made at the same time. */

import { assert, assertEquals } from "@std/assert";
import { exitedWith, killedBy, LaunchStage, Signal } from "../../src/model/mod.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { fileOutput, fileWith, plan, TestHost } from "./_host.ts";
import { leavingNothing } from "./_leaving_nothing.ts";

const ENOENT = 2;
const EACCES = 13;
/** More than can be in flight. */
const MANY = 60;

const native = { kinds: ["native"] } as const;

/** One plan for each number from 1 on. */
function plans(count: number, make: (id: number) => LaunchPlan): LaunchPlan[] {
  return Array.from({ length: count }, (_, index) => ({ ...make(index + 1), id: index + 1 }));
}

leavingNothing("a process exists before it is executed, and is executed before it ends", async (host) => {
  await host.launchAll(plans(MANY, () => plan(["true"])));
  const seen = new Map<number, string[]>();
  for (let count = 0; count < 3 * MANY; count++) {
    const { event, args } = await host.next();
    seen.set(args[0] as number, [...seen.get(args[0] as number) ?? [], event]);
  }
  for (let id = 1; id <= MANY; id++) assertEquals(seen.get(id), ["launched", "execSucceeded", "exited"]);
}, native);

for (const launches of ["adaptive", "parallel", "sequence"] as const) {
  Deno.test(`a process is made after the step that requests it (${launches})`, async () => {
    await using host = await TestHost.start("native", { host: { launches } });
    for (const session of ["own", "shared-console"] as const) {
      assertEquals(await host.launchAndCount({ ...plan(["true"]), session }), 0);
      assertEquals(await host.exit(), exitedWith(0));
    }
  });
}

leavingNothing("a signal to a process that does not exist yet reaches it", async (host) => {
  const all = plans(MANY, () => plan(["sleep", "1000"]));
  await host.launchAll(all, all.map(({ id }) => id));
  for (const { id } of all) assertEquals(await host.exit(id), killedBy(Signal.KILL));
}, native);

leavingNothing("a number that is no signal is refused before the process exists, too", async (host) => {
  const sleep = plan(["sleep", "1000"]);
  assertEquals(await host.request(sleep), {});
  assertEquals(await host.signal(1, "main", 9999, false), "bad-signal");
  assertEquals(await host.signal(1, "main", 0, false), "sent");
  assertEquals(await host.signal(1, "main", Signal.TERM, true), "sent");
  assertEquals(await host.exit(), killedBy(Signal.TERM));
}, native);

leavingNothing("each of many launches fails with its own step and reason", async (host) => {
  const { folder } = host;
  Deno.writeTextFileSync(`${folder}/script`, "#!/no/such/interpreter\n", { mode: 0o755 });
  Deno.writeTextFileSync(`${folder}/shell`, "exit 7\n", { mode: 0o755 });
  const kinds: [changes: Partial<LaunchPlan>, failure: [LaunchStage, number]][] = [
    [{ argv: ["/no/such/program"] }, [LaunchStage.EXECUTE, ENOENT]],
    [{ argv: ["no-such-program"] }, [LaunchStage.EXECUTE, ENOENT]],
    [{ argv: [`${folder}/script`] }, [LaunchStage.EXECUTE, ENOENT]],
    [{ argv: ["/etc/passwd"] }, [LaunchStage.EXECUTE, EACCES]],
    [{ argv: [folder] }, [LaunchStage.EXECUTE, EACCES]],
    [{ argv: ["/bin/true"], workingDir: "/no/such/directory" }, [LaunchStage.CHANGE_DIRECTORY, ENOENT]],
    [{ argv: ["true"], output: fileOutput("/no/such/directory/log") }, [LaunchStage.LOG_FILE, ENOENT]],
    [{ argv: ["/no/such/program"], nice: 1 }, [LaunchStage.EXECUTE, ENOENT]],
  ];
  const all = plans(MANY, (id) => ({ ...plan([]), ...kinds[id % kinds.length][0] }));
  const shell = { ...plan([`${folder}/shell`]), id: MANY + 1 };
  await host.launchAll([...all, shell]);
  for (const { id } of all) assertEquals(await host.failure(id), kinds[id % kinds.length][1], `${id}`);
  assertEquals(await host.exit(shell.id), { kind: "exited", code: 7 });
}, native);

leavingNothing("descriptors of one launch never reach the process of another one", async (host) => {
  const { folder } = host;
  const list = 'ls -l /proc/$$/fd >"$0"; true';
  const all = plans(MANY, (id) => ({
    ...plan(["sh", "-c", list, `${folder}/${id}.fds`]),
    output: id % 3 === 0
      ? fileOutput(`${folder}/${id}.log`)
      : id % 3 === 1
      ? { to: "buffer", size: 100 }
      : { to: "null" },
    controlSocket: id % 4 === 0,
    readiness: id % 5 === 0 ? { fd: 9, variable: undefined } : undefined,
  }));
  await host.launchAll(all);
  for (const { id, controlSocket, readiness, output } of all) {
    await host.exit(id);
    const lines = Deno.readTextFileSync(`${folder}/${id}.fds`).split("\n").filter((line) =>
      line.includes(" -> ")
    );
    const open = new Map(lines.map((line) => /(\d+) -> (.*)/.exec(line)!.slice(1) as [string, string]));
    // While the list is written, the shell keeps its output under another number.
    const kept = [...open].filter(([fd]) => Number(fd) >= 10);
    assertEquals(kept.filter(([_fd, target]) => target !== open.get("2")), [], `${id}`);
    const expected = ["0", "1", "2", ...controlSocket ? ["3"] : [], ...readiness === undefined ? [] : ["9"]];
    assertEquals([...open.keys()].filter((fd) => Number(fd) < 10).sort(), expected, `${id}`);
    const logs = lines.filter((line) => line.includes(".log"));
    assertEquals(logs.every((line) => output.to === "file" && line.endsWith(output.path)), true, `${logs}`);
  }
}, native);

leavingNothing("all get the limit of open files that the daemon was started with", async (host) => {
  const { folder } = host;
  // The daemon has two descriptors for each of them, which is more than the limit.
  const script = 'ulimit -n >"$0.new" && mv "$0.new" "$0"; exec sleep 1000';
  const all = plans(100, (id) => ({
    ...plan(["sh", "-c", script, `${folder}/limit${id}`]),
    output: { to: "buffer", size: 10 },
    readiness: { fd: 4, variable: undefined },
  }));
  await host.launchAll(all);
  for (const { id } of all) await fileWith(`${folder}/limit${id}`, "64\n");
  for (const { id } of all) await host.signal(id, "main", Signal.KILL, true);
  for (const { id } of all) assertEquals(await host.exit(id), killedBy(Signal.KILL));
}, { ...native, wrapper: ["sh", "-c", 'ulimit -n 4096; ulimit -S -n 64; "$@"; exit $?', "sh"] });

Deno.test("a process is made by a thread that lasts, so its parent-death signal does not come early", async () => {
  await using host = await TestHost.start("native");
  const { pid: own } = await host.inspect();
  const { pid } = await host.launch(plan(["sleep", "1000"]));
  const threads = Array.from(Deno.readDirSync(`/proc/${own}/task`), ({ name }) => name);
  const status = threads.map((thread) => Deno.readTextFileSync(`/proc/${own}/task/${thread}/status`));
  // Only launch threads block every signal that can be blocked.
  const lasting = status.filter((text) => /^SigBlk:\tf{4}/m.test(text));
  assertEquals(lasting.length, 1);
  assert(pid! > 1);
  await host.signal(1, "main", Signal.KILL, true);
  await host.exit();
});

Deno.test("a changed umask of the daemon does not reach processes", async () => {
  await using host = await TestHost.start("native");
  const usual = (await host.output("umask")).trim();
  const before = await host.umask(0o777);
  const path = `${host.folder}/umask`;
  await host.launch(plan(["sh", "-c", 'u=$(umask); umask 0; echo $u >"$0"', path]));
  await host.umask(before);
  await fileWith(path, `${usual}\n`);
  await host.exit();
});
