/**
 * A thousand restarts per second for half a minute: whether the daemon keeps up, what the restarts cost, and how long
 * clients wait.
 */

import { Request } from "../../src/control/mod.ts";
import {
  atLeast,
  BareLoop,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  CHURN_RATE,
  churningServices,
  cpuTime,
  inFolder,
  type Measurement,
  median,
  pause,
} from "./harness/mod.ts";

const SECONDS = 30;
/** How often a client asks the daemon meanwhile, in milliseconds. */
const ASK_EVERY = 20;
const BARE_LOOP = 500;

interface Churn {
  /** Restarts per second. */
  readonly rate: number;
  /** The daemon's processor time per restart, in milliseconds. */
  readonly cost: number;
  /** Median and maximum of the time that a client waited for a reply, in milliseconds. */
  readonly reply: number;
  readonly worst: number;
}

function churn(): Promise<Churn> {
  return inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, churningServices(), { start: ["all"] });
    const client = await daemon.client();
    await pause(1000); // the console has all messages
    const [before, cpuBefore, begin] = [await daemon.restarts(), cpuTime(daemon.pid), performance.now()];
    const replies: number[] = [];
    while (performance.now() - begin < SECONDS * 1000) {
      const asked = performance.now();
      await client.request({ type: Request.QUERYVERSION });
      replies.push(performance.now() - asked);
      await pause(ASK_EVERY);
    }
    const elapsed = performance.now() - begin;
    const cpu = cpuTime(daemon.pid) - cpuBefore;
    const restarts = await daemon.restarts() - before;
    return {
      rate: restarts / elapsed * 1000,
      cost: cpu / restarts,
      reply: median(replies),
      worst: Math.max(...replies),
    };
  });
}

/** How many processes a bare loop can start per second. */
function bareRate(): number {
  const environment = new Map(Object.entries(Deno.env.toObject()));
  const loop = new BareLoop(["/bin/true"], environment, { asService: true });
  const elapsed = loop.start(BARE_LOOP);
  loop.stop("together");
  return BARE_LOOP / elapsed * 1000;
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const all: Churn[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs; run++) {
    bare.push(bareRate());
    all.push(await churn());
  }
  const rates = all.map(({ rate }) => rate);
  return [
    {
      what: `restarts, ${CHURN_RATE} asked for, ${SECONDS} s long`,
      unit: "1/s",
      values: rates,
      limit: atLeast(CHURN_RATE * 0.95),
      beside: [beside("what a bare posix_spawn loop can start", rates, bare)],
    },
    { what: "daemon's processor time for one", unit: "ms", values: all.map(({ cost }) => cost) },
    { what: "round trip of a client meanwhile, median", unit: "ms", values: all.map(({ reply }) => reply) },
    { what: "round trip of a client meanwhile, worst", unit: "ms", values: all.map(({ worst }) => worst) },
  ];
}

export const bench: BenchCase = { about: "1,000 restarts a second for 30 s", measure };
