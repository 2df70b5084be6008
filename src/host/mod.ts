/**
 * The host does what the engine decides: it starts, signals and watches processes, and keeps time. It implements the
 * interfaces that the engine declares, and knows services only by their launch plans.
 *
 * @module
 */

export {
  chooseHost,
  type DaemonHost,
  type HostKind,
  type HostMaker,
  HostUnavailableError,
  loadHost,
  nativeHost,
} from "./load_host.ts";
export type { NativeHost } from "./native_host.ts";
export type { NotifyChannels, NotifyEvent } from "./notify/notify_channels.ts";
export type { LogKeeping } from "./keeping/log_keeping.ts";
export type { Probe, Prober, ProbeResult } from "./probing/prober.ts";
export type { LogRotations } from "./rotating/log_rotations.ts";
export type { RotationOutcome } from "./rotating/rotation_program.ts";
export type { BootClock, TickRange } from "../system/mod.ts";
export type { DescriptorStream } from "../system/mod.ts";
export { type InheritedDescriptors, inheritedDescriptors } from "../system/mod.ts";
export { JournalInUseError, readJournalText } from "./processes/journal_file.ts";
export {
  type Journal,
  type JournalEntry,
  type JournalOwner,
  parseJournal,
} from "./processes/journal_format.ts";
export {
  Datagrams,
  Files,
  FileWatch,
  LibcUnavailableError,
  O,
  openLibrary,
  Processes,
  SignalRelay,
  SystemCallError,
  WAKE_UP,
} from "../system/mod.ts";
export type { HostReports, NativeHostOptions } from "./native_options.ts";
export { descriptorOfPath, grantedLink } from "./output/own_descriptor.ts";
export { type JournalCopy, type JournalOptions, ProcessJournal } from "./processes/process_journal.ts";
export { type LaunchNumber, NO_RECORD, type ProcessRecord } from "./processes/process_record.ts";
export { type AlarmMaker, runtimeAlarm } from "./alarm.ts";
export { SystemClock } from "./system_clock.ts";
export { releaseMemory } from "../system/mod.ts";
export {
  fileProblem,
  folderOf,
  folderProblem,
  type Identity,
  isSharedFolder,
  logFileProblem,
  ownIdentity,
} from "../system/mod.ts";
export type { RestoreWay } from "./saved/restoring.ts";
