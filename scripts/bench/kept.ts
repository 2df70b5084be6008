/** Kept logs: how fast their services can write, what becomes of it beside other loggers, and the memory of the keeper. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atLeast,
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  inFolder,
  interleave,
  isInstalled,
  type Measurement,
  memoryOf,
  numberedServices,
  pause,
  timeOf,
} from "./harness/mod.ts";

const MEGABYTE = 1e6;
const LINE = "a service wrote a line of the usual length, which is about eighty characters...\n";
/** How much the fast and the slow loggers get, in megabytes. */
const INPUT = 400;
const SLOW_INPUT = 40;
/** A writer that writes each line by itself, as services do, gets this much. */
const LINES_INPUT = 40;
const LINE_BY_LINE = `/bin/dd status=none bs=${LINE.length} if=`;
/** The size at which all loggers begin another file. */
const FILE_SIZE = 10 * MEGABYTE;
/** The last line of the output. */
const END = "the end\n";

const SERVICES = 1000;
/** A steady writer: megabytes in a second, and seconds. */
const STEADY = { rate: 20, seconds: 300 } as const;
const STEPS = 10;
const PAUSE = 2000;

/** The speed of a service, in megabytes per second. */
interface Speed {
  /** Until it has written everything. */
  readonly writer: number;
  /** Until everything is in the log. */
  readonly log: number;
}

function input(folder: string, megabytes: number): string {
  const path = `${folder}/input`;
  Deno.writeTextFileSync(path, LINE.repeat(Math.ceil(megabytes * MEGABYTE / LINE.length)) + END);
  return path;
}

function endsWithLastLine(log: string): boolean {
  try {
    using file = Deno.openSync(log);
    file.seekSync(-END.length, Deno.SeekMode.End);
    const last = new Uint8Array(END.length);
    return file.readSync(last) === END.length && new TextDecoder().decode(last) === END;
  } catch (error) {
    if (error instanceof Error) return false; // it has just been rotated
    throw error;
  }
}

/** A service that writes a file to its log: with a command, and so many megabytes. */
function service(settings: string, command: string, megabytes: number): Promise<Speed> {
  return inFolder(async (folder) => {
    const log = `${folder}/web.log`;
    const text = `type = process\nrestart = no\nlogfile = ${log}\n${settings}`;
    const path = input(folder, megabytes);
    await using daemon = await BenchDaemon.start(folder, {
      web: `${text}command = ${command}${path}\n`,
      // The keeper of logs runs before the measurement.
      other: `type = process\ncommand = /bin/sleep 1000\n${text.replaceAll("web.log", "other.log")}`,
    });
    await daemon.handle("other");
    await daemon.handle("web");
    await pause(PAUSE);
    const begin = performance.now();
    const ended = daemon.next("web", ServiceEvent.STOPPED);
    await daemon.order("start", "web");
    await ended;
    const written = performance.now() - begin;
    while (!endsWithLastLine(log)) await pause(2);
    return { writer: megabytes / written * 1000, log: megabytes / (performance.now() - begin) * 1000 };
  });
}

/** Megabytes per second of another logger: a command of the shell that reads the input and writes to a folder. */
function logger(command: (folder: string) => string): Promise<number> {
  return inFolder(async (folder) => {
    const path = input(folder, SLOW_INPUT);
    Deno.mkdirSync(`${folder}/log`);
    const time = await timeOf("/bin/sh", ["-c", `cat '${path}' | { ${command(`${folder}/log`)}; }`]);
    return SLOW_INPUT / time * 1000;
  });
}

const KEPT = `log-type = kept\nlog-compress = no\nlog-max-size = ${FILE_SIZE}\n`;

async function throughput(runs: number, note: (text: string) => void): Promise<Measurement[]> {
  const writers: Record<"kept" | "file", number[]> = { kept: [], file: [] };
  const speed = (kind: "kept" | "file", settings: string) => async () => {
    const { writer, log } = await service(settings, "/bin/cat ", INPUT);
    writers[kind].push(writer);
    return log;
  };
  const lines = (settings: string) => async () => (await service(settings, LINE_BY_LINE, LINES_INPUT)).writer;
  const stamped = `${KEPT}log-timestamps = iso\n`;
  const present = (program: string) => {
    if (!isInstalled(program)) note(`${program} is not installed: not compared`);
    return isInstalled(program);
  };
  const hasS6 = present("s6-log");
  const hasSvlogd = present("svlogd");
  const s6 = (folder: string) => `s6-log T s${FILE_SIZE} n7 '${folder}'`;
  const svlogd = (folder: string) =>
    `echo s${FILE_SIZE} >'${folder}/config'; svlogd -tt '${folder}' 2>/dev/null`;
  const values = await interleave(runs, {
    kept: speed("kept", stamped),
    file: speed("file", ""),
    keptLines: lines(stamped),
    fileLines: lines(""),
    s6: () => hasS6 ? logger(s6) : Promise.resolve(0),
    svlogd: () => hasSvlogd ? logger(svlogd) : Promise.resolve(0),
  }, 0);
  return [{
    what: "kept log with stamps",
    unit: "MB/s",
    values: values.kept,
    beside: [
      ...hasS6 ? [beside("s6-log T", values.kept, values.s6, atLeast(2))] : [],
      ...hasSvlogd ? [beside("svlogd -tt", values.kept, values.svlogd, atLeast(10))] : [],
    ],
  }, {
    what: "writer of single lines to a kept log with stamps",
    unit: "MB/s",
    values: values.keptLines,
    beside: [beside("the same to a log file", values.keptLines, values.fileLines, atLeast(0.5))],
  }, {
    what: "writer of large pieces to a kept log with stamps",
    unit: "MB/s",
    values: writers.kept,
    beside: [beside("the same to a log file", writers.kept, writers.file, atLeast(0.5))],
  }];
}

/** The keeper of a daemon, once it has the memory of its first log. */
async function keeperOf(daemon: BenchDaemon): Promise<number> {
  await pause(PAUSE);
  const { logKeeper } = (await daemon.overview()).daemon;
  if (logKeeper === undefined) throw new Error("there is no keeper of logs");
  return logKeeper;
}

/** What many idle kept logs cost: the own memory of keeper and daemon, in megabytes, more than with one. */
function idle(): Promise<{ keeper: number; daemon: number }> {
  return inFolder(async (folder) => {
    const own = (pid: number) => memoryOf(pid).own / 1024;
    const kept = (name: string) =>
      `type = process\ncommand = /bin/sleep 100000\nlog-type = kept\nlogfile = ${folder}/${name}.log`;
    const services = numberedServices(SERVICES, "");
    for (const name of Object.keys(services)) {
      if (/^s\d/.test(name)) services[name] = `${kept(name)}\ndepends-on = base\n`;
    }
    await using daemon = await BenchDaemon.start(folder, { first: kept("first"), ...services });
    await daemon.handle("first");
    const keeper = await keeperOf(daemon);
    const before = { keeper: own(keeper), daemon: own(daemon.pid) };
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    await pause(PAUSE);
    return { keeper: own(keeper) - before.keeper, daemon: own(daemon.pid) - before.daemon };
  });
}

/** The memory of the keeper while a service writes steadily, in megabytes: after a third of the time, and the most after that. */
function steady(): Promise<{ early: number; most: number }> {
  return inFolder(async (folder) => {
    const path = `${folder}/piece`;
    Deno.writeTextFileSync(path, LINE.repeat(STEADY.rate * MEGABYTE / STEPS / LINE.length));
    const text = `type = process\n${KEPT}log-timestamps = iso\nlogfile = ${folder}/web.log\n`;
    await using daemon = await BenchDaemon.start(folder, {
      web: `${text}command = /bin/sh -c "while cat ${path}; do sleep ${1 / STEPS}; done"\n`,
    }, { start: ["web"] });
    const keeper = await keeperOf(daemon);
    let early = 0;
    let most = 0;
    for (let second = 0; second < STEADY.seconds; second++) {
      await pause(1000);
      const { resident } = memoryOf(keeper);
      if (second < STEADY.seconds / 3) early = resident;
      else most = Math.max(most, resident);
    }
    return { early, most };
  });
}

async function measure({ runs, note }: BenchContext): Promise<Measurement[]> {
  const speeds = await throughput(runs, note);
  const { keeper, daemon } = await idle();
  const { early, most } = await steady();
  return [
    ...speeds,
    {
      what: `own memory of the keeper for ${SERVICES} idle logs`,
      unit: "MB",
      values: [keeper],
      limit: atMost(5),
    },
    { what: `own memory of the daemon for ${SERVICES} services with them`, unit: "MB", values: [daemon] },
    { what: `keeper at ${STEADY.rate} MB/s, most of ${STEADY.seconds} s`, unit: "MB", values: [most] },
    { what: "  its growth after the first third", unit: "MB", values: [most - early], limit: atMost(10) },
  ];
}

export const bench: BenchCase = { about: "throughput of kept logs, and memory of their keeper", measure };
