/**
 * `deno task bench example`: what a newcomer waits for. From starting the daemon to all services of the example being
 * started, and one `ctl status` beside an empty Deno program, run in turns.
 *
 * @module
 */

const RUNS = 7;

/** The arguments of `deno run` in a task of `deno.json`, as the task has them. */
function taskArguments(task: string, root: string): string[] {
  const config = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  const command: string = config.tasks[task].command.split("deno run ")[1];
  return ["run", ...command.replaceAll("$PWD", root).replaceAll('"', "").split(" ")];
}

/** Starts the daemon and waits until `boot` is started; gives the milliseconds and a function that ends it. */
async function startExample(root: string): Promise<{ elapsed: number; end: () => Promise<void> }> {
  Deno.mkdirSync(`${root}/run`, { recursive: true });
  const before = performance.now();
  const args = taskArguments("start", root);
  const daemon = new Deno.Command(Deno.execPath(), { args, cwd: root, stdout: "piped" }).spawn();
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

async function time(args: string[], root: string): Promise<number> {
  const before = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: root, stdout: "null" }).output();
  if (!success) throw new Error(`failed: deno ${args.join(" ")}`);
  return performance.now() - before;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Runs the benchmark and prints its table. */
export async function benchExample(): Promise<void> {
  const root = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");
  const starts: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { elapsed, end } = await startExample(root);
    starts.push(elapsed);
    await end();
  }
  const { end } = await startExample(root);
  const empty = Deno.makeTempFileSync({ suffix: ".ts" });
  const status = [...taskArguments("ctl", root), "status"];
  const [emptyTimes, statusTimes]: [number[], number[]] = [[], []];
  for (let run = 0; run < 3 * RUNS; run++) {
    emptyTimes.push(await time(["run", empty], root));
    statusTimes.push(await time(status, root));
  }
  await end();
  Deno.removeSync(empty);
  const ratio = median(statusTimes) / median(emptyTimes);
  console.log(`start of the example, all services started   ${median(starts).toFixed(0)} ms (at most 1500)`);
  console.log(`empty Deno program                           ${median(emptyTimes).toFixed(1)} ms`);
  console.log(`ctl status                                   ${median(statusTimes).toFixed(1)} ms`);
  console.log(`ctl status / empty program                   ${ratio.toFixed(2)} (at most 2)`);
}

if (import.meta.main) await benchExample();
