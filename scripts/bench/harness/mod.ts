/**
 * The common parts of the benchmarks: rounds in which the sides take turns, numbers with their spread, limits, reports,
 * and the real daemon with services.
 *
 * @module
 */

export { BareLoop, type BareLoopOptions } from "./bare_loop.ts";
export { whileBusy } from "./busy.ts";
export { chart, type ChartPlace } from "./chart.ts";
export { CHURN_RATE, churningServices, restartsReached } from "./churn.ts";
export {
  BenchDaemon,
  type BenchDaemonOptions,
  DAEMON_FLAGS,
  DINIT_BINARY,
  DINIT_REFERENCE,
  dinitCommand,
  ROOT,
} from "./daemon.ts";
export { inFolder, numberedServices, pause, writeServices } from "./folder.ts";
export {
  atLeast,
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  type Comparison,
  isMet,
  type Limit,
  type Measurement,
} from "./measurement.ts";
export { type Machine, machine } from "./machine.ts";
export { isInstalled, type Peer, PEERS } from "./peers.ts";
export { cpuTime, memoryOf, memoryOfTree, Watched } from "./proc.ts";
export { emptyProgram, partOf, timeOf } from "./programs.ts";
export { type CaseReport, missed, type Report, reportLines } from "./report.ts";
export { interleave, type Sides } from "./rounds.ts";
export { median, summarize, type Summary } from "./statistics.ts";
