/**
 * Shows what a daemon and its services do and cost, for people and programs: the figures of processes, and why a start
 * took as long as it did. It reads `/proc` and asks the daemon; the daemon itself does not use it.
 *
 * @module
 */

export { type Figures, FiguresReader, type FiguresReading, type FiguresSubject } from "./figures.ts";
export { earlierStarts, keptRecords, KeptStartError, readKeptStart } from "./kept_starts.ts";
export { kernelTime } from "./kernel_time.ts";
export { type MembershipEvidence, ownersOf } from "./membership.ts";
export { parseProcess, PROC, type ProcessSample, type ProcessSource } from "./processes.ts";
export { keptPhases, phaseStep, readStartRecords } from "./records.ts";
export { readServiceLog, type ServiceLog } from "./service_log.ts";
export {
  analyseStart,
  type ChainLink,
  type NextBound,
  type StartAnalysis,
  type StartRecords,
  usualTarget,
} from "./start_analysis.ts";
export {
  CHART_STYLE,
  type ChartOptions,
  type ChartRow,
  chartRows,
  secondsText,
  startChart,
} from "./start_chart.ts";
export type { PhaseStep, Segment, SegmentKind } from "./start_segments.ts";
