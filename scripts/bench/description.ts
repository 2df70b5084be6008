/**
 * How long it takes to load and link 10,000 service descriptions, compared with only reading their bytes. Prints
 * both times and their ratio: the median of five rounds in which both take turns. The ratio is to stay below three.
 */

import { FileUsers, MainEnvironment } from "../../src/description/mod.ts";
import { ServiceManager } from "../../src/engine/mod.ts";
import { CommandHost, SystemClock } from "../../src/host/mod.ts";

const COUNT = 10_000;
const ROUNDS = 5;
/** Reading and loading take turns after so many files, so that both meet the same other work of the machine. */
const TURN = 250;

function describe(index: number): string {
  return [
    `# service number ${index}`,
    "type = process",
    `command = /usr/bin/worker --number ${index} --verbose`,
    "restart = on-failure",
    "restart-delay = 0.5",
    "stop-timeout = 5",
    `logfile = /var/log/worker-${index}.log`,
    // Each group of ten hangs from the one before it: what is named is loaded already, as in a set that is loaded
    // from its roots, where each service is read once.
    index === 0 ? "# the first" : `depends-on = worker-${Math.floor((index - 1) / 10)}`,
  ].join("\n") + "\n";
}

/** How long a function takes for some names, in milliseconds. */
function measure(names: readonly string[], run: (name: string) => void): number {
  const start = performance.now();
  for (const name of names) run(name);
  return performance.now() - start;
}

/** How long two functions take for all names when they take turns. */
function measureBoth(
  names: readonly string[],
  readOne: (name: string) => void,
  loadOne: (name: string) => void,
): { read: number; load: number } {
  let read = 0;
  let load = 0;
  for (let at = 0; at < names.length; at += TURN) {
    const turn = names.slice(at, at + TURN);
    read += measure(turn, readOne);
    load += measure(turn, loadOne);
  }
  return { read, load };
}

function newManager(directory: string): ServiceManager {
  const quiet = () => {};
  const reports = { execSucceeded: quiet, execFailed: quiet, exited: quiet, allKilled: quiet };
  return new ServiceManager({
    directories: [directory],
    environment: new MainEnvironment(Deno.env.toObject()),
    users: new FileUsers(),
    identity: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 },
    clock: new SystemClock(quiet),
    host: new CommandHost(reports, { started: quiet, ended: quiet }),
    console: { requestConsole: () => true, returnConsole: quiet, takeForeground: quiet },
    log: { message: quiet, started: quiet, failed: quiet, stopped: quiet },
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function compare(directory: string): void {
  const names = Array.from({ length: COUNT }, (_, index) => `worker-${index}`);
  names.forEach((name, index) => Deno.writeTextFileSync(`${directory}/${name}`, describe(index)));
  const rounds = Array.from({ length: ROUNDS }, () => {
    const manager = newManager(directory);
    return measureBoth(
      names,
      (name) => Deno.readFileSync(`${directory}/${name}`),
      (name) => manager.load(name),
    );
  });
  const read = median(rounds.map((round) => round.read));
  const load = median(rounds.map((round) => round.load));
  const ratio = median(rounds.map((round) => round.load / round.read));
  console.log(
    `${COUNT} descriptions: read ${read.toFixed(0)} ms, loaded ${load.toFixed(0)} ms, ratio ${
      ratio.toFixed(2)
    }`,
  );
}

const directory = Deno.makeTempDirSync({ prefix: "dinit-bench-" });
try {
  compare(directory);
} finally {
  Deno.removeSync(directory, { recursive: true });
}
