import { soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded } from "../_processes.ts";

/** Starts processes that are hard to end, prints their ids, and waits, or fails. */
const PROGRAM = `
import { endProcessesWithThis } from "${new URL("../../scripts/process_guard.ts", import.meta.url)}";
endProcessesWithThis(500); // one of them does not end in order
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

/** Whether there is such a process; a zombie is none. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "fails"] as const;
for (const end of ENDS) {
  Deno.test(`whatever a guarded program has started ends with it: ${end}`, async () => {
    const folder = Deno.makeTempDirSync({ prefix: "dinit-guard-" });
    Deno.writeTextFileSync(`${folder}/program.ts`, PROGRAM);
    const program = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--allow-all", `${folder}/program.ts`, end],
      // Without the mark of a guard that the tests may have: the program is to have its own.
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let pids: number[] = [];
    try {
      pids = await soon(started(program.stdout), "the processes");
      if (end === "fails") await program.stdin.close();
      else program.kill(end);
      await endOf(program, "the program");
      await until(() => !pids.some(isRunning), () => `the end of ${pids.filter(isRunning)}`);
    } finally {
      killUnlessEnded(program);
      if (end !== "fails") await program.stdin.close().catch(() => {});
      for (const pid of pids.filter(isRunning)) Deno.kill(pid, "SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
