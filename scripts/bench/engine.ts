/**
 * The engine's cost of one service from start to stop, in graphs of 1,000 and of 100,000 services without processes, of
 * several shapes.
 */

import { MainEnvironment } from "../../src/description/mod.ts";
import {
  type ManagerOptions,
  ServiceGraph,
  ServiceManager,
  type ServiceRecord,
} from "../../src/engine/mod.ts";
import { DependencyKind, LaunchStage, ServiceState, ServiceType } from "../../src/model/mod.ts";
import { atMost, type BenchCase, type BenchContext, interleave, type Measurement } from "./harness/mod.ts";

const SMALL = 1_000;
const LARGE = 100_000;

/** The dependencies of a service, by its number. */
type Shape = (index: number, count: number) => number[];

const SHAPES: Readonly<Record<string, Shape>> = {
  chain: (index) => index === 0 ? [] : [index - 1],
  "fan on one service": (index) => index === 0 ? [] : [0],
  "fan of one service": (index, count) =>
    index < count - 1 ? [] : Array.from({ length: count - 1 }, (_, i) => i),
  diamonds: (index) =>
    index < 2 ? [] : index % 2 === 0 ? [index - 1, index - 2] : [index - 3, index - 2].filter((i) => i >= 0),
  "tree of tens": (index) => index === 0 ? [] : [Math.floor((index - 1) / 10)],
};

const nothing = () => {};

function notLoaded(): never {
  throw new Error("there are no descriptions here");
}

const OPTIONS: Omit<ManagerOptions, "graph"> = {
  source: { directories: [], find: notLoaded },
  environment: new MainEnvironment(),
  clock: { now: () => performance.now(), wallOf: () => 0, setTimer: nothing, clearTimer: nothing },
  console: { requestConsole: () => true, returnConsole: nothing, takeForeground: nothing },
  host: {
    unsupported: nothing as () => undefined,
    launch: () => ({ stage: LaunchStage.EXECUTE, errno: 38, error: "there are no processes here" }),
    signal: () => "no-process",
    openActivationSocket: nothing as () => undefined,
    serviceInactive: nothing,
    serviceUnloaded: nothing,
    adoptFromPidFile: () => ({ kind: "invalid", pid: -1 }),
    killAll: nothing,
    bufferedLog: nothing as () => undefined,
  },
};

/** Microseconds per service to start and stop all services. */
function cost(shape: Shape, count: number): number {
  const graph = new ServiceGraph();
  const services: ServiceRecord[] = [];
  for (let index = 0; index < count; index++) {
    const service = graph.add(`s${index}`, ServiceType.INTERNAL);
    for (const to of shape(index, count)) graph.connect(service, services[to], DependencyKind.REGULAR);
    services.push(service);
  }
  const manager = new ServiceManager({ ...OPTIONS, graph });
  const begin = performance.now();
  for (const service of services) manager.start(service);
  manager.shutdown(1);
  const end = performance.now();
  if (services.some(({ state }) => state !== ServiceState.STOPPED)) {
    throw new Error("a service is not stopped");
  }
  return (end - begin) * 1000 / count;
}

/** The cost of small graphs, repeated until they are as much work as a large one. */
function costOfMany(shape: Shape, count: number): number {
  let sum = 0;
  for (let repeat = 0; repeat < LARGE / count; repeat++) sum += cost(shape, count);
  return sum / (LARGE / count);
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const found: Measurement[] = [];
  for (const [name, shape] of Object.entries(SHAPES)) {
    const { small, large } = await interleave(runs, {
      small: () => costOfMany(shape, SMALL),
      large: () => cost(shape, LARGE),
    }, 1);
    // The fastest rounds count: slower rounds show other load on the machine.
    const ratio = Math.min(...large) / Math.min(...small);
    found.push({
      what: `${name}: each of ${LARGE}`,
      unit: "µs",
      values: large,
      beside: [{ with: `each of ${SMALL}, the best rounds of both`, ratios: [ratio], limit: atMost(1.5) }],
    });
  }
  return found;
}

export const bench: BenchCase = { about: "the engine alone, 100,000 services", measure };
