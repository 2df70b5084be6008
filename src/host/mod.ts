/**
 * The host does what the engine decides: it starts, signals and watches processes, and keeps time. It implements the
 * interfaces that the engine declares, and knows services only by their launch plans.
 *
 * @module
 */

export { createHost, type CreateHostOptions, type DaemonHost, HostUnavailableError } from "./create_host.ts";
export type { BootClock, TickRange } from "../system/mod.ts";
export { CommandHost, type ProcessReports } from "./command_host.ts";
export type { DescriptorStream } from "../system/mod.ts";
export { type InheritedDescriptors, inheritedDescriptors } from "../system/mod.ts";
export { type EndOptions, endProcesses } from "./processes/end_processes.ts";
export { JournalInUseError, readJournalText } from "./processes/journal_file.ts";
export {
  type Journal,
  type JournalEntry,
  type JournalOwner,
  parseJournal,
} from "./processes/journal_format.ts";
export { findLeftovers, launchesOver, type Leftover, ownerLives } from "./processes/leftovers.ts";
export {
  Datagrams,
  FaultHandlers,
  FileWatch,
  LibcUnavailableError,
  MemoryFile,
  openLibrary,
  readWhole,
  SharedMemory,
  SignalRelay,
  SystemCallError,
  WAKE_UP,
} from "../system/mod.ts";
export { logFileTail, type TailOptions } from "./output/log_file_tail.ts";
export { type Key, Machine, type RestartKind, type RunEnd, type RunReports } from "../system/mod.ts";
export { NativeHost } from "./native_host.ts";
export type { HostReports, NativeHostOptions } from "./native_options.ts";
export { descriptorOfPath, grantedLink } from "./output/own_descriptor.ts";
export { type JournalCopy, type JournalOptions, ProcessJournal } from "./processes/process_journal.ts";
export { type LaunchNumber, NO_RECORD, type ProcessRecord } from "./processes/process_record.ts";
export { RefusedVariables } from "./launch/refused_variables.ts";
export { SystemClock } from "./system_clock.ts";
export {
  fileProblem,
  folderOf,
  folderProblem,
  type Identity,
  isSharedFolder,
  logFileProblem,
  ownIdentity,
} from "../system/mod.ts";
