/**
 * How long a client waits for an answer while the daemon is busy: while it starts a thousand services, and while a
 * hundred services restart a thousand times a second. The client asks again a few milliseconds after each answer. The
 * floor is the same client of an idle daemon, in the same round.
 */

import { Request } from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  churningServices,
  inFolder,
  type Measurement,
  median,
  numberedServices,
  pause,
} from "./harness/mod.ts";

const SERVICES = 1000;
/** How long the client waits after an answer, in milliseconds. */
const ASK_EVERY = 2;
/** How long to ask an idle daemon, and one with restarts, in milliseconds. */
const IDLE_TIME = 1000;
const CHURN_TIME = 10_000;
const PERCENT_99 = 0.99;

/** The times of the answers to one client, in milliseconds. */
interface Answers {
  readonly middle: number;
  readonly late: number;
  readonly longest: number;
}

function summary(times: readonly number[]): Answers {
  const sorted = times.toSorted((a, b) => a - b);
  const late = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * PERCENT_99))];
  return { middle: median(sorted), late, longest: sorted[sorted.length - 1] };
}

/** Asks until the work is done. */
async function askDuring(daemon: BenchDaemon, work: () => Promise<unknown>): Promise<Answers> {
  const client = await ControlClient.connect(daemon.socket);
  await client.handshake();
  const times: number[] = [];
  let over = false;
  const done = work().finally(() => over = true);
  while (!over) {
    const asked = performance.now();
    await client.request({ type: Request.QUERYVERSION });
    times.push(performance.now() - asked);
    await pause(ASK_EVERY);
  }
  await done;
  client.close();
  return summary(times);
}

/** The answers of an idle daemon, and of the same daemon while it starts services. */
function duringStart(): Promise<{ idle: Answers; start: Answers }> {
  return inFolder(async (folder) => {
    const description = "type = process\ncommand = /bin/sleep 100000";
    await using daemon = await BenchDaemon.start(folder, numberedServices(SERVICES, description));
    const idle = await askDuring(daemon, () => pause(IDLE_TIME));
    await daemon.handle("all"); // the descriptions are read
    const started = daemon.next("all", ServiceEvent.STARTED);
    const start = await askDuring(daemon, async () => {
      await daemon.order("start", "all");
      await started;
    });
    return { idle, start };
  });
}

function duringRestarts(): Promise<Answers> {
  return inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, churningServices(), { start: ["all"] });
    return await askDuring(daemon, () => pause(CHURN_TIME));
  });
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const [idle, start, restarts]: [Answers[], Answers[], Answers[]] = [[], [], []];
  for (let run = 0; run < runs; run++) {
    const round = await duringStart();
    idle.push(round.idle);
    start.push(round.start);
    restarts.push(await duringRestarts());
  }
  const middles = (answers: readonly Answers[]) => answers.map(({ middle }) => middle);
  const floor = "an idle daemon";
  return [
    { what: `answer of ${floor}, median`, unit: "ms", values: middles(idle) },
    {
      what: `answer while ${SERVICES} services start, median`,
      unit: "ms",
      values: middles(start),
      limit: atMost(5),
      beside: [beside(floor, middles(start), middles(idle))],
    },
    { what: "  99 of 100 answers", unit: "ms", values: start.map(({ late }) => late) },
    { what: "  the longest", unit: "ms", values: start.map(({ longest }) => longest), limit: atMost(20) },
    {
      what: "answer while 1,000 restarts a second go on, median",
      unit: "ms",
      values: middles(restarts),
      beside: [beside(floor, middles(restarts), middles(idle))],
    },
    { what: "  99 of 100 answers", unit: "ms", values: restarts.map(({ late }) => late), limit: atMost(50) },
    { what: "  the longest", unit: "ms", values: restarts.map(({ longest }) => longest) },
  ];
}

export const bench: BenchCase = { about: "answers to a client while the daemon is busy", measure };
