/** Disks that are full, and systems that have no more descriptors or processes to give. */

import { rootOnly } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { LaunchStage } from "../../src/model/mod.ts";
import { fileOutput, type HostKind, KINDS, plan, TestHost } from "./_host.ts";
import { leavingNothing } from "./_leaving_nothing.ts";

const [EAGAIN, EMFILE, ENOSPC] = [11, 24, 28];

/** A tiny disk that only the host and its processes see, at `/mnt`. */
const TINY_DISK = [
  ["unshare", "--mount", "--propagation", "private"],
  ["sh", "-c", 'mount -t tmpfs -o size=16k,nr_inodes=3 none /mnt && exec "$@"', "sh"],
].flat();

leavingNothing("a full disk affects only the service", async (host) => {
  const script = "yes | head -c 100000 || exit 7";
  const exit = await host.run(["sh", "-c", `${script}; exit 8`], { output: fileOutput("/mnt/log") });
  assertEquals(exit, { kind: "exited", code: 7 }); // it was reported
  const { pid } = await host.inspect();
  assertEquals(Deno.statSync(`/proc/${pid}/root/mnt/log`).size, 16 * 1024);
  // A file can still be made, but nothing can be written to it; then not even that.
  await host.run(["true"], { output: fileOutput("/mnt/other") });
  await host.launch(plan(["true"], { output: fileOutput("/mnt/third") }));
  assertEquals(await host.failure(), [LaunchStage.LOG_FILE, ENOSPC]);
}, { wrapper: TINY_DISK, rootOnly: "mounts a file system" });

/** Runs an action while the host cannot open files; its open files stay open. */
async function withoutDescriptors(host: TestHost, action: () => Promise<void>): Promise<void> {
  const { pid } = await host.inspect();
  const limit = async (soft: number) => {
    const args = [`--pid=${pid}`, `--nofile=${soft}:`];
    assert((await outputOf("prlimit", { args })).success);
  };
  await limit(3);
  try {
    await action();
  } finally {
    await limit(20_000);
  }
}

leavingNothing(
  "without free descriptors launches fail with the reason, and succeed again later",
  async (host) => {
    await withoutDescriptors(host, async () => {
      await host.launch(plan(["true"]));
      assertEquals((await host.failure())[1], EMFILE);
      await host.launch(plan(["true"], { output: fileOutput(`${host.folder}/log`) }));
      assertEquals((await host.failure())[1], EMFILE);
    });
    for (const output of [{ to: "null" }, { to: "buffer", size: 10 }, fileOutput("/dev/null")] as const) {
      assertEquals(await host.run(["true"], { output }), { kind: "exited", code: 0 });
    }
  },
);

leavingNothing("without free descriptors a launch that needs a pipe names it", async (host) => {
  await withoutDescriptors(host, async () => {
    const launched = await host.launch(plan(["true"], { readiness: { fd: 5, variable: undefined } }));
    assertEquals(launched, {
      stage: LaunchStage.ARRANGE_FDS,
      errno: EMFILE,
      error: "can't create notification pipe: Too many open files",
    });
    assertEquals(await host.launch(plan(["true"], { output: { to: "buffer", size: 10 } })), {
      stage: LaunchStage.STANDARD_FDS,
      errno: EMFILE,
      error: "can't create output pipe: Too many open files",
    });
  });
}, { kinds: ["native"] });

/** The hosts' messages when no process can be made. */
const NO_PROCESS: Record<HostKind, (host: TestHost) => Promise<void>> = {
  async native(host) {
    const error = "Resource temporarily unavailable";
    const failure = { stage: LaunchStage.EXECUTE, errno: EAGAIN };
    assertEquals(await host.launch(plan(["true"])), { ...failure, error: `could not fork: ${error}` });
    assertEquals(await host.launch(plan(["true"], { role: "stop" })), {
      ...failure,
      error: `could not fork (for stop command): ${error}`,
    });
  },
  async command(host) {
    await host.launch(plan(["true"]));
    assertEquals(await host.failure(), [LaunchStage.EXECUTE, EAGAIN]);
  },
};

for (const kind of KINDS) {
  Deno.test({
    ...rootOnly(
      `${kind} host: without free processes a launch fails with the reason, and succeeds again later`,
      "limits a control group",
      controlGroups() !== undefined,
    ),
    async fn() {
      const group = `${controlGroups()}/dinit-test-${crypto.randomUUID()}`;
      Deno.mkdirSync(group);
      try {
        await using host = await TestHost.start(kind);
        await host.run(["true"], { output: { to: "buffer", size: 10 } });
        const { pid, descriptors } = await host.settled();
        Deno.writeTextFileSync(`${group}/cgroup.procs`, `${pid}`);
        Deno.writeTextFileSync(`${group}/pids.max`, Deno.readTextFileSync(`${group}/pids.current`));
        await NO_PROCESS[kind](host);
        Deno.writeTextFileSync(`${group}/pids.max`, "max");
        assertEquals(await host.run(["true"]), { kind: "exited", code: 0 });
        assertEquals((await host.settled(descriptors)).descriptors, descriptors);
      } finally {
        await removed(group);
      }
    },
  });
}

/** Where control groups with a limit on processes can be made. */
function controlGroups(): string | undefined {
  return ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].find((path) => {
    try {
      if (path.endsWith("/pids")) return Deno.statSync(`${path}/cgroup.procs`).isFile;
      return / pids\b|^pids\b/.test(Deno.readTextFileSync(`${path}/cgroup.subtree_control`));
    } catch {
      return false; // there are none here
    }
  });
}

/** Removes a control group as soon as the host in it has ended. */
async function removed(group: string): Promise<void> {
  await until(() => {
    try {
      Deno.removeSync(group);
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return false; // a process in it ends
    }
  }, "the end of the control group");
}
