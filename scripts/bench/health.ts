/** What health checks cost: two hundred services with a check twice a second, and a client beside them. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  cpuTime,
  inFolder,
  type Measurement,
  memoryOf,
  numberedServices,
  pause,
} from "./harness/mod.ts";

const SERVICES = 200;
/** The length of a round, in milliseconds. */
const ROUND = 30_000;
/** The pause after the start, in milliseconds, during which V8 compiles and collects garbage. */
const REST = 15_000;
/** The pause between two requests of the client, in milliseconds. */
const BETWEEN = 20;
const MINUTE = 60_000;

/** A server that accepts connections and closes them. Closes with `using`. */
function server(): { readonly port: number } & Disposable {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  void (async () => {
    for await (const connection of listener) connection.close();
  })();
  const { port } = listener.addr as Deno.NetAddr; // it listens on a port
  return { port, [Symbol.dispose]: () => listener.close() };
}

/** What one round has shown. */
interface Round {
  /** In percent of a core. */
  readonly share: number;
  /** The 99th percentile of the answers to an honest client, in milliseconds. */
  readonly late: number;
  /** The mean of the private memory, in kilobytes. */
  readonly own: number;
}

async function round(daemon: BenchDaemon): Promise<Round> {
  const times: number[] = [];
  let own = 0;
  const [begin, before] = [performance.now(), cpuTime(daemon.pid)];
  while (performance.now() - begin < ROUND) {
    const asked = performance.now();
    await daemon.statusOf("all");
    times.push(performance.now() - asked);
    own += memoryOf(daemon.pid).own;
    await pause(BETWEEN);
  }
  const share = (cpuTime(daemon.pid) - before) / (performance.now() - begin) * 100;
  times.sort((a, b) => a - b);
  return { share, late: times[Math.floor(times.length * 0.99)], own: own / times.length };
}

function measure({ runs, note }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    using listening = server();
    const description = "type = process\ncommand = /bin/sleep 100000\n" +
      `health-tcp = 127.0.0.1:${listening.port}\nhealth-interval = 0.5s\n`;
    await using daemon = await BenchDaemon.start(folder, numberedServices(SERVICES, description));
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    await pause(REST);
    const rounds: Round[] = [];
    for (let run = 0; run < runs; run++) rounds.push(await round(daemon));
    const slopes = rounds.slice(1).map(({ own }, index) => (own - rounds[index].own) * MINUTE / ROUND);
    if (slopes.length === 0) note("The growth of the memory needs two rounds");
    return [
      {
        what: `daemon with ${SERVICES} services, a check of each twice a second`,
        unit: "% of a core",
        values: rounds.map(({ share }) => share),
        limit: atMost(20),
      },
      {
        what: "slowest of a hundred answers to a client meanwhile",
        unit: "ms",
        values: rounds.map(({ late }) => late),
        limit: atMost(20),
      },
      ...slopes.length === 0
        ? []
        : [{ what: "growth of its memory a minute", unit: "kB", values: slopes, limit: atMost(50) }],
    ];
  });
}

export const bench: BenchCase = { about: "health checks of many services", measure };
