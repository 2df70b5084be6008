/** Failing launches: their messages, and that they leave nothing behind. */

import { assertEquals } from "@std/assert";
import { LaunchStage } from "../../src/model/mod.ts";
import type { LaunchPlan, OutputPlan } from "../../src/engine/mod.ts";
import { binary } from "./_binary.ts";
import { fileOutput, plan } from "./_host.ts";
import { leavingNothing } from "./_leaving_nothing.ts";

const [ENOENT, EACCES, ENOTDIR, EISDIR, ELOOP] = [2, 13, 20, 21, 40];

type Output = (folder: string) => OutputPlan;
const OUTPUTS: Record<string, Output> = {
  "without a log": () => ({ to: "null" }),
  "with a buffered log": () => ({ to: "buffer", size: 100 }),
  "with a log file": (folder) => fileOutput(`${folder}/log`),
};

/** Files that cannot be executed, and why. */
const FILES: [name: string, contents: string | Uint8Array, mode: number, errno: number][] = [
  ["not executable", "#!/bin/sh\n", 0o644, EACCES],
  ["interpreter missing", "#!/no/such/interpreter\n", 0o755, ENOENT],
  ["interpreter not executable", "#!/etc/passwd\n", 0o755, EACCES],
  ["interpreter is a directory", "#!/tmp\n", 0o755, EACCES],
  ["linker missing", binary("/no/such/linker"), 0o755, ENOENT],
];

/** Commands that cannot be executed, with the reasons; creates their files. */
function commands(folder: string): [argv: string[], errno: number][] {
  for (const [name, contents, mode] of FILES) {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    Deno.writeFileSync(`${folder}/${name}`, bytes, { mode });
  }
  Deno.symlinkSync("in a circle", `${folder}/in a circle`);
  return [
    ...FILES.map(([name, , , errno]): [string[], number] => [[`${folder}/${name}`], errno]),
    [["/no/such/program"], ENOENT],
    [["no-such-program"], ENOENT],
    [["/etc/passwd/program"], ENOTDIR],
    [[folder], EACCES],
    [[`${folder}/in a circle`], ELOOP],
    [[], ENOENT],
  ];
}

for (const [how, output] of Object.entries(OUTPUTS)) {
  leavingNothing(`a command that cannot be executed is reported with the reason, ${how}`, async (host) => {
    for (const [argv, errno] of commands(host.folder)) {
      assertEquals(await host.launch(plan(argv, { output: output(host.folder) })), {}, argv[0]);
      assertEquals(await host.failure(), [LaunchStage.EXECUTE, errno], argv[0]);
    }
  });

  leavingNothing(`a missing working directory is reported with the reason, ${how}`, async (host) => {
    const gone = `${host.folder}/gone`;
    const failure = async (workingDir: string) => {
      assertEquals(await host.launch(plan(["true"], { workingDir, output: output(host.folder) })), {});
      return await host.failure();
    };
    Deno.mkdirSync(gone);
    await host.run(["true"], { workingDir: gone, output: output(host.folder) });
    Deno.removeSync(gone);
    assertEquals(await failure(gone), [LaunchStage.CHANGE_DIRECTORY, ENOENT]);
    Deno.writeTextFileSync(gone, "");
    assertEquals(await failure(gone), [LaunchStage.CHANGE_DIRECTORY, ENOTDIR]);
  });
}

leavingNothing(
  "a command that cannot be executed is reported in the same way with and without a chain of tools",
  async (host) => {
    for (const [argv, errno] of commands(host.folder)) {
      await host.launch(plan(argv, { nice: 1, output: { to: "buffer", size: 10 } }));
      assertEquals(await host.failure(), [LaunchStage.EXECUTE, errno], argv[0]);
    }
    await host.launch(plan(["true"], { nice: 1, workingDir: "/no/such/directory" }));
    assertEquals(await host.failure(), [LaunchStage.CHANGE_DIRECTORY, ENOENT]);
  },
  { kinds: ["native"] },
);

leavingNothing("a log file that cannot be opened is reported with the reason", async (host) => {
  const failure = async (path: string, changes: Partial<LaunchPlan> = {}) => {
    assertEquals(await host.launch(plan(["true"], { output: fileOutput(path), ...changes })), {});
    return await host.failure();
  };
  assertEquals(await failure("/no/such/directory/log"), [LaunchStage.LOG_FILE, ENOENT]);
  assertEquals(await failure("/etc/passwd/log"), [LaunchStage.LOG_FILE, ENOTDIR]);
  assertEquals(await failure(host.folder), [LaunchStage.LOG_FILE, EISDIR]);
  assertEquals(await failure("none/log", { role: "stop" }), [LaunchStage.LOG_FILE, ENOENT]);
});

leavingNothing("launches with extra descriptors leave nothing behind when they fail", async (host) => {
  const failing = [
    plan(["true"], { workingDir: "/no/such/directory", readiness: { fd: 5, variable: undefined } }),
    plan(["true"], { output: fileOutput("/no/such/directory/log"), controlSocket: true }),
    plan(["true"], { activationSocket: true }), // the service has none
    plan(["true"], { limits: [{ resource: "nofile", soft: 200n, hard: 100n }], controlSocket: true }),
  ];
  for (const one of failing) {
    await host.launch(one);
    await host.failure();
    if (one.controlSocket) host.reports.length = 0; // its exit may be reported or not
  }
}, { kinds: ["native"] });

leavingNothing("a text with a zero in it cannot be passed on", async (host) => {
  for (const argv of [["a\0b"], ["true", "a\0b"]]) {
    assertEquals(await host.launch(plan(argv)), {});
    assertEquals((await host.failure())[0], LaunchStage.EXECUTE);
  }
});

leavingNothing("a chain that fails does not let its process run on", async (host) => {
  const limits = [{ resource: "nofile", soft: 200n, hard: 100n }] as const;
  await host.launch(plan(["sleep", "1000"], { limits }));
  assertEquals((await host.failure())[0], LaunchStage.RESOURCE_LIMITS);
  assertEquals(host.reports, []);
}, { kinds: ["native"] });
