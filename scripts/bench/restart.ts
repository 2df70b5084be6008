/**
 * From the moment when a process kills itself until its replacement runs, by timestamps of the processes themselves,
 * with `restart-delay = 0`. The floor is the same program executing itself: its own start is part of every number.
 */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  type BenchDaemonOptions,
  beside,
  inFolder,
  interleave,
  type Measurement,
  median,
  pause,
} from "./harness/mod.ts";

const RESTARTS = 200;
const SETTINGS = "restart = yes\nrestart-delay = 0\nrestart-limit-count = 0\n";
/** Writes the time when it begins and when it dies. */
const DYING = "#!/bin/bash\necho $EPOCHREALTIME >>$0.times\necho $EPOCHREALTIME >>$0.times\nkill -9 $$\n";
const EXECUTING = `#!/bin/bash\necho $EPOCHREALTIME >>$0.times\n[ "\${1:-0}" -lt ${RESTARTS} ] || exit 0\n` +
  'echo $EPOCHREALTIME >>$0.times\nexec "$0" $((${1:-0} + 1))\n';

/** The median of the times from death to replacement, in milliseconds. */
export function restarts(options: BenchDaemonOptions): Promise<number> {
  return inFolder(async (folder) => {
    const program = `${folder}/program`;
    Deno.writeTextFileSync(program, DYING, { mode: 0o755 });
    const services = { s: `type = process\ncommand = ${program}\n${SETTINGS}` };
    await using daemon = await BenchDaemon.start(folder, services, options);
    await daemon.order("start", "s");
    const written = () => gaps(`${program}.times`);
    while (written().length < RESTARTS) await pause(50);
    return median(written());
  });
}

function selfExecution(): Promise<number> {
  return inFolder(async (folder) => {
    const program = `${folder}/program`;
    Deno.writeTextFileSync(program, EXECUTING, { mode: 0o755 });
    await new Deno.Command(program).output();
    return median(gaps(`${program}.times`));
  });
}

/** The difference from each second time in a file to the next one, in milliseconds. */
function gaps(path: string): number[] {
  const times = linesOf(path).map(Number);
  return times.slice(1).map((time, index) => (time - times[index]) * 1000).filter((_, index) =>
    index % 2 === 1
  );
}

/** The whole lines of a file, which may not exist yet. */
function linesOf(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return [];
  }
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const { self, native, command } = await interleave(runs, {
    self: selfExecution,
    native: () => restarts({ host: "native" }),
    command: () => restarts({ host: "command" }),
  });
  const floor = "the program executing itself";
  return [
    {
      what: "death to replacement, native host",
      unit: "ms",
      values: native,
      limit: atMost(3),
      beside: [beside(floor, native, self)],
    },
    {
      what: "death to replacement, command host",
      unit: "ms",
      values: command,
      beside: [beside(floor, command, self)],
    },
    { what: floor, unit: "ms", values: self },
  ];
}

export const bench: BenchCase = { about: "latency of a restart", measure };
