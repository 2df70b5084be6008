import type { BootTime, Files, Logins, MemoryFiles, Processes } from "../../system/mod.ts";
import type { OwnDescriptors, ProcessHandles } from "../../system/surviving.ts";
import type { LaunchFollower } from "../launch/launch_follower.ts";
import type { LaunchQueue } from "../launch/launch_queue.ts";
import type { HostReports } from "../native_options.ts";
import type { LogCollector } from "../output/log_collector.ts";
import type { NotifyChannels } from "../notify/notify_channels.ts";
import type { OutputPipes } from "../output/output_pipes.ts";
import type { AdoptedEnds } from "../processes/adopted_ends.ts";
import type { ProcessRecord } from "../processes/process_record.ts";
import type { ProcessTable } from "../processes/process_table.ts";
import type { ServiceSignals } from "../processes/service_signals.ts";
import type { ActivationSockets } from "../resources/activation_sockets.ts";

/** What a host gives to its restoration. */
export interface RestoreContext {
  readonly files: Files;
  readonly memory: MemoryFiles;
  readonly descriptors: OwnDescriptors;
  readonly processes: Processes;
  readonly handles: ProcessHandles;
  readonly clock: BootTime;
  readonly table: ProcessTable;
  readonly queue: LaunchQueue;
  readonly signals: ServiceSignals;
  readonly logins: Logins;
  readonly record: ProcessRecord;
  readonly reports: HostReports;
  readonly follower: LaunchFollower;
  readonly adoptedEnds: AdoptedEnds;
  readonly logs: LogCollector;
  readonly pipes: OutputPipes;
  readonly activation: ActivationSockets;
  /** Loaded if the earlier program had notification sockets. */
  readonly notify: NotifyChannels | undefined;
  /** See `NativeHostOptions`; it takes the descriptor. */
  readonly serveControl: ((connection: number) => void) | undefined;
  /** Writes a warning to the daemon's log. */
  readonly warn: (text: string) => void;
}
