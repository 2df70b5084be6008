/** What goes wrong, and what is left behind afterwards: nothing. */

import { assert, assertEquals } from "@std/assert";
import { LaunchStage } from "../../src/model/mod.ts";
import { fileOutput, plan, TestHost } from "./_host.ts";

const MEGABYTE = 2 ** 20;

/** Runs a test; afterwards the host has no zombie, no child and no descriptor more than before. */
function leavingNothing(name: string, test: (host: TestHost) => Promise<void>, wrapper: string[] = []): void {
  Deno.test(`native host: ${name}`, async () => {
    await using host = await TestHost.start("native", { wrapper });
    // Whatever is made once, such as the thread that waits, is made now.
    await host.run(["echo", "x"], { output: { to: "buffer", size: 10 }, id: 99, nice: 1 });
    await host.logWith("x", 99);
    const before = await host.settled();
    host.reports.length = 0;
    await test(host);
    const after = await host.settled(before.descriptors);
    assertEquals([after.zombies, after.children, after.running], [0, 0, []]);
    assertEquals(after.descriptors, before.descriptors);
  });
}

leavingNothing("launches that fail leave nothing behind", async (host) => {
  const failing = [
    plan(["/no/such/program"]),
    plan(["/no/such/program"], { nice: 1, output: { to: "buffer", size: 10 } }),
    plan(["true"], { workingDir: "/no/such/directory", readiness: { fd: 5, variable: undefined } }),
    plan(["true"], { output: fileOutput("/no/such/directory/log"), controlSocket: true }),
    plan(["true"], { output: fileOutput("/") }),
    plan(["true"], { activationSocket: true }), // there is none
    plan([]),
    plan(["a\0b"]),
    plan(["true", "a\0b"]),
  ];
  for (const one of failing) {
    assertEquals(await host.launch(one), {});
    await host.failure();
  }
});

leavingNothing("a full disk is the service's own trouble", async (host) => {
  if (Deno.uid() !== 0) return void console.log("skipped: only root can mount a file system");
  const disk = `${host.folder}/disk`;
  Deno.mkdirSync(disk);
  const mount = await new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=16k", "none", disk] })
    .output();
  if (!mount.success) return void console.log("skipped: no file system can be mounted here");
  try {
    const exit = await host.run(["sh", "-c", "yes | head -c 100000 || exit 1; echo x"], {
      output: fileOutput(`${disk}/log`),
    });
    assertEquals(exit.code, 1);
    await host.launch(plan(["true"], { output: fileOutput(`${disk}/other`) }));
    await host.exit();
  } finally {
    await new Deno.Command("umount", { args: [disk] }).output();
  }
});

leavingNothing(
  "descriptors run out: launches fail with the reason, and succeed again later",
  async (host) => {
    const { pid } = await host.inspect();
    const limit = async (soft: number) => {
      const args = [`--pid=${pid}`, `--nofile=${soft}:`];
      assert((await new Deno.Command("prlimit", { args }).output()).success);
    };
    await limit(3); // nothing more can be opened; what is open stays
    const launched = await host.launch(plan(["true"], { readiness: { fd: 5, variable: undefined } }));
    assertEquals(launched, { error: "can't create notification pipe: Too many open files" });
    assertEquals(await host.launch(plan(["true"], { output: { to: "buffer", size: 10 } })), {
      error: "can't create output pipe: Too many open files",
    });
    await host.launch(plan(["true"]));
    assertEquals((await host.failure())[1], 24);
    await limit(20_000);
    assertEquals(await host.run(["true"]), { code: 1, status: 0 });
  },
);

Deno.test("native host: processes run out: a launch fails with the reason", async () => {
  if (Deno.uid() !== 0) return void console.log("skipped: only root can limit a control group");
  const root = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].find((path) => {
    try {
      return Deno.readTextFileSync(`${path}/cgroup.procs`) !== "" || true;
    } catch {
      return false;
    }
  });
  if (root === undefined) return void console.log("skipped: there are no control groups here");
  const group = `${root}/dinit-test-${crypto.randomUUID()}`;
  Deno.mkdirSync(group);
  try {
    await using host = await TestHost.start("native");
    await host.run(["true"], { output: { to: "buffer", size: 10 } });
    const { pid } = await host.inspect();
    Deno.writeTextFileSync(`${group}/cgroup.procs`, `${pid}`);
    try {
      Deno.writeTextFileSync(`${group}/pids.max`, Deno.readTextFileSync(`${group}/pids.current`));
    } catch {
      return void console.log("skipped: processes cannot be limited here");
    }
    assertEquals(await host.launch(plan(["true"])), {
      error: "could not fork: Resource temporarily unavailable",
    });
    assertEquals(await host.launch(plan(["true"], { role: "stop" })), {
      error: "could not fork (for stop command): Resource temporarily unavailable",
    });
    Deno.writeTextFileSync(`${group}/pids.max`, "max");
    assertEquals(await host.run(["true"]), { code: 1, status: 0 });
  } finally {
    for (let tries = 0; tries < 200; tries++) {
      try {
        Deno.removeSync(group);
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10)); // the host is still ending
      }
    }
  }
});

leavingNothing("a child that ends before its launch returns is reported in order", async (host) => {
  for (let id = 1; id <= 50; id++) await host.launch(plan(["true"], { id }));
  for (let id = 1; id <= 50; id++) {
    await host.exit(id);
    const executed = host.reports.findIndex(({ args }) => args[0] === id);
    assertEquals(host.reports[executed].event, "execSucceeded");
  }
});

leavingNothing("a flood of output is dropped, and the process is not held up", async (host) => {
  const output = { to: "buffer", size: 100 } as const;
  assertEquals(await host.run(["sh", "-c", "head -c 50000000 /dev/zero"], { output }), {
    code: 1,
    status: 0,
  });
  assertEquals((await host.log()).length, 100);
});

leavingNothing("a storm of 5,000 short-lived processes", async (host) => {
  const storm = async () => {
    await host.launchMany(plan(["true"]), 1000);
    for (let id = 1; id <= 1000; id++) assertEquals(await host.exit(id), { code: 1, status: 0 });
    host.reports.length = 0;
  };
  await storm();
  await storm(); // what this takes at its peak is not given back to the system at once
  const { memory } = await host.inspect();
  for (let round = 0; round < 5; round++) await storm();
  const grown = (await host.inspect()).memory - memory;
  assert(grown < 5 * MEGABYTE, `grew by ${(grown / MEGABYTE).toFixed(1)} MB`);
});

leavingNothing("20,000 adopted orphans are reaped", async (host) => {
  // Each shell leaves children behind that end when the shell has: they read from a pipe that it alone can write to.
  const script = `mkfifo "$0"; exec 4<>"$0" 3<"$0"; i=0
    while [ $i -lt 500 ]; do { exec 4>&-; read -r x <&3; } & i=$((i+1)); done
    wc -w </proc/$$/task/$$/children`;
  const output = fileOutput(`${host.folder}/count`);
  for (let round = 0; round < 40; round++) {
    await host.run(["sh", "-c", script, `${host.folder}/pipe${round}`], { output });
  }
  const counts = Deno.readTextFileSync(`${host.folder}/count`).trim().split("\n").map(Number);
  assert(counts.reduce((sum, count) => sum + count, 0) >= 20_000, `${counts}`);
  while ((await host.inspect()).children > 0);
});

leavingNothing("a chain that fails does not let its process run on", async (host) => {
  const limits = [{ resource: "nofile", soft: 200n, hard: 100n }] as const;
  await host.launch(plan(["sleep", "1000"], { limits }));
  assertEquals((await host.failure())[0], LaunchStage.RESOURCE_LIMITS);
  assertEquals(host.reports, []);
});
