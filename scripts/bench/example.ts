/**
 * A newcomer's waiting time: from starting the daemon until all services of the example are started, and one `ctl
 * status`, both with the permissions that the tasks grant.
 */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  emptyProgram,
  inFolder,
  interleave,
  type Measurement,
  ROOT,
  timeOf,
} from "./harness/mod.ts";

/** The arguments of `deno run` in a task of `deno.json`, unchanged. */
function taskArguments(task: string): string[] {
  const config = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const command: string = config.tasks[task].command.split("deno run ")[1];
  return ["run", ...command.replaceAll("$PWD", ROOT.slice(0, -1)).replaceAll('"', "").split(" ")];
}

/** Starts the daemon and waits until `boot` is started; returns the milliseconds and a function that ends it. */
async function startExample(): Promise<{ elapsed: number; end: () => Promise<void> }> {
  Deno.mkdirSync(`${ROOT}run`, { recursive: true });
  const before = performance.now();
  const args = taskArguments("start");
  const daemon = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdout: "piped" }).spawn();
  const reader = daemon.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!printed.includes("[  OK  ] boot\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the example did not start:\n${printed}`);
    printed += value;
  }
  const elapsed = performance.now() - before;
  const end = async () => {
    daemon.kill("SIGTERM");
    while (!(await reader.read()).done);
    await daemon.status;
  };
  return { elapsed, end };
}

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    Deno.chdir(ROOT);
    const empty = emptyProgram(folder);
    const start = async () => {
      const { elapsed, end } = await startExample();
      await end();
      return elapsed;
    };
    const starts = await interleave(runs, { empty, start });
    const { end } = await startExample();
    const calls = await interleave(3 * runs, {
      empty,
      status: () => timeOf(Deno.execPath(), [...taskArguments("ctl"), "status"]),
    });
    await end();
    const program = "an empty Deno program";
    return [
      {
        what: "start of the example, all services started",
        unit: "ms",
        values: starts.start,
        limit: atMost(1500),
        beside: [beside(program, starts.start, starts.empty)],
      },
      {
        what: "ctl status of the example",
        unit: "ms",
        values: calls.status,
        beside: [beside(program, calls.status, calls.empty, atMost(2))],
      },
      { what: program, unit: "ms", values: calls.empty },
    ];
  });
}

export const bench: BenchCase = { about: "the example of services/, as the tasks run it", measure };
