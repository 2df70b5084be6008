import { assertEquals } from "@std/assert";
import { endOf } from "../_processes.ts";

/** Starts processes that are hard to end, prints their ids, and waits, or fails. */
const PROGRAM = `
import { endProcessesWithThis } from "${new URL("../../scripts/process_guard.ts", import.meta.url)}";
endProcessesWithThis();
const script = "sleep 1000 & echo $!; setsid sleep 1000 & echo $!; " +
  "sh -c 'trap \\"\\" TERM HUP INT; echo $$; sleep 1000; sleep 1000' & echo started; wait";
const child = new Deno.Command("sh", { args: ["-c", script], detached: true, stdout: "inherit" }).spawn();
console.log(child.pid);
if (Deno.args[0] === "fails") {
  await new Promise((resolve) => setTimeout(resolve, 200)); // the others are started meanwhile
  throw new Error("as it was asked to");
}
await child.status;
`;

/** The ids of processes that the program prints, once it has started all of them. */
async function started(output: ReadableStream<Uint8Array>): Promise<number[]> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    const pids = text.match(/^\d+$/gm) ?? [];
    if (pids.length === 4 && text.includes("started\n")) return pids.map(Number);
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

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "fails"] as const;
for (const end of ENDS) {
  Deno.test(`all processes of a guarded program end with it: ${end}`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "dinit-guard-" });
    Deno.writeTextFileSync(`${folder}/program.ts`, PROGRAM);
    const program = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--allow-all", `${folder}/program.ts`, end],
      // Without the mark of the tests' own guard: the program must have its own.
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let pids: number[] = [];
    try {
      pids = await started(program.stdout);
      if (end !== "fails") program.kill(end);
      await endOf(program, "the program");
      for (let looks = 0; looks < 1000 && pids.some(isRunning); looks++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assertEquals(pids.filter(isRunning), []);
    } finally {
      for (const pid of pids.filter(isRunning)) Deno.kill(pid, "SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
