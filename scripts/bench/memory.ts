/** Memory of the daemon: when idle, with a thousand services, and after many restarts. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  churningServices,
  DINIT_BINARY,
  inFolder,
  type Measurement,
  memoryOf,
  numberedServices,
  pause,
  restartsReached,
} from "./harness/mod.ts";

const SERVICES = 1000;
/** Of the memory that belongs to the daemon alone, with many services. */
const OWN_LIMIT = atMost(DINIT_BINARY === undefined ? 23 : 26);
/** The restarts of one service per second in sixteen hours, compressed into a minute. */
const MINUTE = 60_000;
const RESTARTS = 100_000;
/** After this many restarts, memory that is needed only once is in use. */
const WARM_UP = 10_000;
/** The pause before a measurement, in milliseconds: by then the daemon has given back what it does not need. */
const REST = 8000;

interface Idle {
  readonly empty: number;
  readonly none: number;
  readonly many: number;
  /** The private memory of `many`; the rest are pages of the runtime's file. */
  readonly own: number;
  /** Kilobytes. */
  readonly each: number;
}

/** Megabytes of a waiting Deno program, of a daemon without services, and of a daemon with many. */
function idle(): Promise<Idle> {
  return inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/waiting.ts`, "setInterval(() => {}, 1e9);\n");
    const args = ["run", `${folder}/waiting.ts`];
    const waiting = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
    const description = "type = process\ncommand = /bin/sleep 100000";
    await using daemon = await BenchDaemon.start(folder, numberedServices(SERVICES, description));
    await pause(REST);
    const empty = memoryOf(waiting.pid).resident;
    const none = memoryOf(daemon.pid);
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    await pause(REST);
    const many = memoryOf(daemon.pid);
    waiting.kill("SIGKILL");
    await waiting.status;
    const each = (many.own - none.own) / SERVICES;
    return { empty, none: none.resident, many: many.resident, own: many.own / 1024, each };
  });
}

/** Megabytes after the warm-up, after a minute and after all restarts. */
function churn(): Promise<{ begin: number; minute: number; end: number }> {
  return inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, churningServices(), { start: ["all"] });
    const from = await restartsReached(daemon, WARM_UP);
    const begin = memoryOf(daemon.pid).resident;
    await restartsReached(daemon, from + MINUTE);
    const minute = memoryOf(daemon.pid).resident;
    await restartsReached(daemon, from + RESTARTS);
    return { begin, minute, end: memoryOf(daemon.pid).resident };
  });
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const idles: Idle[] = [];
  const churns: { begin: number; minute: number; end: number }[] = [];
  for (let run = 0; run < runs; run++) {
    idles.push(await idle());
    churns.push(await churn());
  }
  const empty = idles.map(({ empty }) => empty);
  const many = idles.map(({ many }) => many);
  const begin = churns.map(({ begin }) => begin);
  const program = "a Deno program that waits";
  return [
    { what: program, unit: "MB", values: empty },
    {
      what: "daemon without services",
      unit: "MB",
      values: idles.map(({ none }) => none),
      beside: [beside(program, idles.map(({ none }) => none), empty)],
    },
    {
      what: `daemon with ${SERVICES} services, just started`,
      unit: "MB",
      values: many,
      limit: atMost(50),
      beside: [beside(program, many, empty)],
    },
    {
      what: "  of which no other program has any",
      unit: "MB",
      values: idles.map(({ own }) => own),
      limit: OWN_LIMIT,
    },
    { what: "  own memory for each", unit: "KB", values: idles.map(({ each }) => each) },
    {
      what: `after ${MINUTE} restarts within a minute`,
      unit: "MB",
      values: churns.map(({ minute }) => minute),
      beside: [beside(`after ${WARM_UP}`, churns.map(({ minute }) => minute), begin)],
    },
    {
      what: `growth over ${RESTARTS} restarts`,
      unit: "MB",
      values: churns.map(({ begin, end }) => end - begin),
      limit: atMost(2),
    },
  ];
}

export const bench: BenchCase = { about: "memory when idle, with services, after churn", measure };
