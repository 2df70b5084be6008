/** Keeping logs: the throughput of `dinit log` and its peers, its memory, and the time to show the end of a large log. */

import {
  atLeast,
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  DAEMON_FLAGS,
  dinitCommand,
  emptyProgram,
  inFolder,
  interleave,
  isInstalled,
  type Measurement,
  memoryOf,
  pause,
  timeOf,
} from "./harness/mod.ts";

const MEGABYTE = 1e6;
/** The lines of the input, and how much of it the fast and the slow programs get. */
const LINE = "a service wrote a line of the usual length, which is about eighty characters...\n";
const INPUT = 400;
const SLOW_INPUT = 40;
/** The size at which all programs begin another file. */
const FILE_SIZE = 10 * MEGABYTE;

/** A steady writer: megabytes in a second, and seconds. */
const STEADY = { rate: 20, seconds: 60 } as const;
const STEPS = 10;

const LARGE_LOG = 1000;

/** A keeper of logs: a command of the shell that reads the input and writes to a folder. */
interface Keeper {
  readonly name: string;
  /** The program that must be installed. @default none */
  readonly program?: string;
  /** Megabytes of input. */
  readonly input: number;
  command(folder: string): string;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(" ");
}

function own(...options: string[]): (folder: string) => string {
  const args = ["log", "--compress=no", `--max-size=${FILE_SIZE}`, ...options];
  const [program, words] = dinitCommand(args, DAEMON_FLAGS);
  return (folder) => quoted([program, ...words, `${folder}/`]);
}

const KEEPERS = {
  stamped: { name: "dinit log with stamps", input: INPUT, command: own("--timestamps=iso") },
  plain: { name: "dinit log", input: INPUT, command: own() },
  json: { name: "dinit log with documents", input: INPUT, command: own("--timestamps=iso", "--format=json") },
  cat: { name: "cat into a file", input: INPUT, command: (folder) => `cat >'${folder}/log'` },
  s6: {
    name: "s6-log T",
    program: "s6-log",
    input: SLOW_INPUT,
    command: (folder) => `s6-log T s${FILE_SIZE} n7 '${folder}'`,
  },
  svlogd: {
    name: "svlogd -tt",
    program: "svlogd",
    input: SLOW_INPUT,
    command: (folder) => `echo s${FILE_SIZE} >'${folder}/config'; svlogd -tt '${folder}' 2>/dev/null`,
  },
} as const satisfies Record<string, Keeper>;
type KeeperName = keyof typeof KEEPERS;

async function throughput(runs: number, note: (text: string) => void): Promise<Measurement[]> {
  return await inFolder(async (folder) => {
    const input = `${folder}/input`;
    Deno.writeTextFileSync(input, LINE.repeat(Math.ceil(INPUT * MEGABYTE / LINE.length)));
    const names = (Object.keys(KEEPERS) as KeeperName[]).filter((name) => {
      const { program }: Keeper = KEEPERS[name];
      const isPresent = program === undefined || isInstalled(program);
      if (!isPresent) note(`${program} is not installed: not compared`);
      return isPresent;
    });
    const rate = (name: KeeperName) => async () => {
      const { command, input: size }: Keeper = KEEPERS[name];
      Deno.mkdirSync(`${folder}/${name}`);
      const bytes = size * MEGABYTE;
      const time = await timeOf("/bin/sh", [
        "-c",
        `head -c ${bytes} '${input}' | { ${command(`${folder}/${name}`)}; }`,
      ]);
      Deno.removeSync(`${folder}/${name}`, { recursive: true });
      return size / time * 1000;
    };
    const sides = Object.fromEntries(names.map((name) => [name, rate(name)])) as Record<
      KeeperName,
      () => Promise<number>
    >;
    const values = await interleave(runs, sides, 1);
    const peers = [["s6", atLeast(2)], ["svlogd", atLeast(10)], ["cat", undefined]] as const;
    const compared = peers.filter(([name]) => names.includes(name)).map(([name, limit]) =>
      beside(KEEPERS[name].name, values.stamped, values[name], limit)
    );
    return names.map((name) => ({
      what: KEEPERS[name].name,
      unit: "MB/s",
      values: values[name],
      ...name === "stamped" ? { beside: compared } : {},
    }));
  });
}

/** How much the memory of a keeper grows while a service writes steadily, in megabytes. */
async function growth(): Promise<Measurement[]> {
  return await inFolder(async (folder) => {
    const [program, words] = dinitCommand(["log", "--timestamps=iso", `${folder}/`], DAEMON_FLAGS);
    const child = new Deno.Command(program, { args: [...words], stdin: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    const piece = new TextEncoder().encode(LINE.repeat(STEADY.rate * MEGABYTE / STEPS / LINE.length));
    let early = 0;
    let most = 0;
    const begin = performance.now();
    for (let step = 0; step < STEADY.seconds * STEPS; step++) {
      await writer.write(piece);
      const { resident } = memoryOf(child.pid);
      if (step === STEADY.seconds * STEPS / 3) early = resident;
      if (step > STEADY.seconds * STEPS / 3) most = Math.max(most, resident);
      await pause(Math.max(0, begin + (step + 1) * 1000 / STEPS - performance.now()));
    }
    await writer.close();
    await child.status;
    const what = `memory of dinit log at ${STEADY.rate} MB/s, most of ${STEADY.seconds} s`;
    return [
      { what, unit: "MB", values: [most] },
      { what: "its growth after the first third", unit: "MB", values: [most - early], limit: atMost(10) },
    ];
  });
}

/** The time to show the end of a large log. */
async function end(runs: number): Promise<Measurement[]> {
  return await inFolder(async (folder) => {
    const log = `${folder}/web.log`;
    const piece = new TextEncoder().encode(LINE.repeat(MEGABYTE / LINE.length));
    const file = Deno.openSync(log, { write: true, create: true });
    for (let size = 0; size < LARGE_LOG; size++) file.writeSync(piece);
    file.syncSync(); // the disk must not be busy with it
    file.close();
    const services = { web: `type = scripted\ncommand = /bin/true\nlogfile = ${log}\n` };
    await using daemon = await BenchDaemon.start(folder, services);
    await daemon.handle("web");
    const ctl = (...words: string[]) => () =>
      timeOf(...dinitCommand(["ctl", "--socket-path", daemon.socket, ...words]));
    const { empty, logs } = await interleave(runs * 5, {
      empty: emptyProgram(folder),
      logs: ctl("logs", "-n", "100", "web"),
    }, 2);
    return [{
      what: `ctl logs -n 100 of ${LARGE_LOG} MB, more than an empty Deno program`,
      unit: "ms",
      values: logs.map((time, round) => time - empty[round]),
      limit: atMost(50),
    }];
  });
}

async function measure({ runs, note }: BenchContext): Promise<Measurement[]> {
  return [...await throughput(runs, note), ...await growth(), ...await end(runs)];
}

export const bench: BenchCase = {
  about: "throughput and memory of dinit log, and the end of a large log",
  measure,
};
