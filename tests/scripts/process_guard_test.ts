import { assertEquals } from "@std/assert";
import { soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";

/** Makes a temporary file, starts processes that are hard to end, prints their ids, and waits, or fails. */
const PROGRAM = `
import { leaveNothingBehind } from "${new URL("../../scripts/process_guard.ts", import.meta.url)}";
leaveNothingBehind(500); // one of them does not end in order
Deno.makeTempFileSync();
console.log(Deno.env.get("TMPDIR"));
const script = "sleep 1000 & echo $!; setsid sleep 1000 & echo $!; " +
  "sh -c 'trap \\"\\" TERM HUP INT; echo $$; sleep 1000; sleep 1000' & echo started; wait";
const child = new Deno.Command("sh", { args: ["-c", script], detached: true, stdout: "inherit" }).spawn();
console.log(child.pid);
if (Deno.args[0] === "fails") {
  await Deno.stdin.read(new Uint8Array(1)); // the test has seen that all of them are there
  throw new Error("as it was asked to");
}
await child.status;
`;

/** The folder and the ids of processes that the program prints, once it has started all of them. */
async function started(output: ReadableStream<Uint8Array>): Promise<{ temporary: string; pids: number[] }> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    const pids = text.match(/^\d+$/gm) ?? [];
    if (pids.length === 4 && text.includes("started\n")) {
      return { temporary: text.split("\n")[0], pids: pids.map(Number) };
    }
  }
  throw new Error(`ended early: ${text}`);
}

/** Whether a process exists; a zombie does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

function filesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "fails"] as const;
for (const end of ENDS) {
  Deno.test(`whatever a guarded program has started or written ends with it: ${end}`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "dinit-guard-" });
    Deno.writeTextFileSync(`${folder}/program.ts`, PROGRAM);
    const program = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--allow-all", `${folder}/program.ts`, end],
      // Without the mark of the tests' own guard: the program must have its own.
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let pids: number[] = [];
    try {
      const all = await soon(started(program.stdout), "the processes");
      pids = all.pids;
      assertEquals(filesIn(all.temporary).length, 1);
      if (end === "fails") await program.stdin.close();
      else program.kill(end);
      await endOf(program, "the program");
      await until(() => !pids.some(isRunning), () => `the end of ${pids.filter(isRunning)}`);
      await until(() => filesIn(all.temporary).length === 0, () => `the end of ${all.temporary}`);
    } finally {
      killUnlessEnded(program);
      if (end !== "fails") await program.stdin.close().catch(() => {});
      for (const pid of pids.filter(isRunning)) Deno.kill(pid, "SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** A file of tests that starts a guard, or finds one, and looks for a while whether it is still there. */
const FILE_OF_TESTS = (looks: number) => `
import { leaveNothingBehind } from "${new URL("../../scripts/process_guard.ts", import.meta.url)}";
leaveNothingBehind();
Deno.test("its temporary files and processes are there", async () => {
  const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  const folder = Deno.env.get("TMPDIR");
  for (let look = 0; look < ${looks}; look++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    Deno.statSync(folder);
  }
  child.kill("SIGKILL");
  const { signal } = await child.status;
  if (signal !== "SIGKILL") throw new Error("it had ended by " + signal);
});
`;

Deno.test("the end of one file of tests harms no other that runs in the same program", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-guard-" });
  try {
    for (const [name, looks] of [["first", 1], ["second", 30]] as const) {
      Deno.writeTextFileSync(`${folder}/${name}_test.ts`, FILE_OF_TESTS(looks));
    }
    for (const mode of [[], ["--parallel"]]) {
      const { code, stdout } = await outputOf(Deno.execPath(), {
        args: ["test", "--no-config", "--no-check", "--allow-all", ...mode, folder],
        clearEnv: true,
        env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/", NO_COLOR: "1" },
      });
      assertEquals(code, 0, new TextDecoder().decode(stdout));
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
