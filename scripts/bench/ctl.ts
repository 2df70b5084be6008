/** The time of a `dinit ctl` command to a running daemon, compared with an empty Deno program. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  DINIT_BINARY,
  dinitCommand,
  emptyProgram,
  inFolder,
  interleave,
  type Measurement,
  numberedServices,
  timeOf,
} from "./harness/mod.ts";

const SERVICES = 1000;
/** The largest ratios to the empty program. */
const [STATUS_LIMIT, LIST_LIMIT] = DINIT_BINARY === undefined
  ? [atMost(1.3), atMost(1.6)]
  : [atMost(1.15), atMost(1.3)];
/** Calls of each program in one round: a single call is too short to measure. */
const CALLS = 5;

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, numberedServices(SERVICES, "type = internal"));
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    const ctl = (...words: string[]) => () =>
      timeOf(...dinitCommand(["ctl", "--socket-path", daemon.socket, ...words]));
    const { empty, status, list } = await interleave(runs * CALLS, {
      empty: emptyProgram(folder),
      status: ctl("status", "s7"),
      list: ctl("list"),
    }, 2);
    const program = "an empty Deno program";
    return [
      { what: program, unit: "ms", values: empty },
      {
        what: "ctl status of one service",
        unit: "ms",
        values: status,
        beside: [beside(program, status, empty, STATUS_LIMIT)],
      },
      {
        what: `ctl list of ${SERVICES} services`,
        unit: "ms",
        values: list,
        beside: [beside(program, list, empty, LIST_LIMIT)],
      },
    ];
  });
}

export const bench: BenchCase = { about: "ctl status and ctl list", measure };
