/** The documents of `analyze`, `timers` and `runs`. */

import type { StartAnalysis } from "../../insight/mod.ts";
import type { BootDocument } from "./earlier_boots.ts";
import type { RunDocument, TimerDocument } from "../../model/schedule_status.ts";

/** `analyze`. Times are in milliseconds since 1970, lengths in milliseconds. */
export interface AnalyzeDocument {
  readonly command: "analyze";
  /** Which start: 0 is that of the daemon, -1 the one before. @default absent, with `--boots` */
  readonly boot?: number;
  /** @default absent, with `--boots` */
  readonly start?: StartAnalysis;
  /** The time of the kernel before the daemon. @default absent, the daemon is not the init of a machine */
  readonly kernel?: number;
  /** With `--boots`: all known starts, that of the daemon first. @default absent, without it */
  readonly boots?: readonly BootDocument[];
  /** The time of each service without waiting for others, the slowest first. @default absent, with `--boots` */
  readonly blame?: readonly {
    readonly service: string;
    readonly length: number;
    readonly outcome: "started" | "failed" | "running";
  }[];
}

/** `timers` */
export interface TimersDocument {
  readonly command: "timers";
  /** The scheduled services that are loaded. @default absent, an expression was tested */
  readonly timers?: readonly TimerDocument[];
  /** Named services that have no schedule, or are not loaded. @default absent, none */
  readonly missing?: readonly string[];
  /** The tested expression, and when it comes true next. @default absent, none was tested */
  readonly test?: { readonly expression: string; readonly zone: string; readonly next: readonly string[] };
}

/** `runs` */
export interface RunListDocument {
  readonly command: "runs";
  readonly service: string;
  /** The latest first. */
  readonly runs: readonly RunDocument[];
  /** When the run in progress began, in milliseconds since 1970. @default absent, there is none */
  readonly running?: number;
}
