/**
 * The host does what the engine decides: it starts, signals and watches processes, and keeps time. It implements
 * the interfaces that the engine declares, and knows nothing of services but what a launch plan says.
 *
 * @module
 */

export { createHost, type CreateHostOptions, type DaemonHost, HostUnavailableError } from "./create_host.ts";
export { CommandHost, type ProcessRecord, type ProcessReports } from "./command_host.ts";
export type { DescriptorStream } from "./descriptor_stream.ts";
export { type InheritedDescriptors, inheritedDescriptors } from "./inherited_descriptors.ts";
export { type EndOptions, endProcesses, stillRunning } from "./leftovers.ts";
export {
  Datagrams,
  FileWatch,
  LibcUnavailableError,
  openLibrary,
  SignalRelay,
  SystemCallError,
  WAKE_UP,
} from "./libc/mod.ts";
export { type Key, Machine, type RestartKind, type RunEnd, type RunReports } from "./machine.ts";
export { NativeHost } from "./native_host.ts";
export type { HostReports, NativeHostOptions } from "./native_options.ts";
export { type JournalEntry, ProcessJournal, readJournal } from "./process_journal.ts";
export { SystemClock } from "./system_clock.ts";
