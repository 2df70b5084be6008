/**
 * The C library with types: files, processes, terminals, sockets and waiting. Methods take and return ordinary values.
 * Only this folder calls foreign functions, and no address leaves it. The layouts of structures are those of glibc on
 * x86-64 and arm64.
 *
 * @module
 */

export { Datagrams } from "./datagram.ts";
export { Accounts } from "./accounts.ts";
export {
  BOOT_ID_FILE,
  type BootClock,
  parseStat,
  type ProcessStat,
  RuntimeBootClock,
  type TickRange,
  TICKS_PER_SECOND,
} from "./boot_clock.ts";
export { ByteCounts, ConnectionCounts } from "./byte_counts.ts";
export { DescriptorStream } from "./descriptor_stream.ts";
export { FileWatch } from "./file_watch.ts";
export { releaseMemory } from "./free_memory.ts";
export { AT_CWD, type FileKind, Files, O } from "./files.ts";
export {
  type Architecture,
  LibcUnavailableError,
  type Library,
  openLibrary,
  SystemCallError,
} from "./library.ts";
export { descriptorMark, entryProgram } from "./entry_program.ts";
export { type Limit, OpenFiles } from "./limits.ts";
export { type LoginName, Logins } from "./logins.ts";
export { BootTime } from "./boot_time.ts";
export { bootRecord } from "./login_record.ts";
export { MemoryFiles } from "./memory_files.ts";
export { Interest, Poller, type Watch } from "./poller.ts";
export { type ChildState, decodeWaitStatus, Processes } from "./processes.ts";
export { SignalRelay, WAKE_UP } from "./signal_relay.ts";
export { SharedMemory } from "./shared_memory.ts";
export { Sockets } from "./sockets.ts";
export { type LaunchThread, LaunchThreads } from "./launch_threads.ts";
export { Memory } from "./memory.ts";
export { type DescriptorAction, type ProcessGroup, type SpawnRequest, SpawnWork } from "./spawn_work.ts";
export { pidIn, type PidPlace, Spawner } from "./spawner.ts";
export { TimerDescriptor } from "./timer_descriptor.ts";
export { Terminal } from "./terminal.ts";
export { WholeFiles } from "./whole_files.ts";
export { type InheritedDescriptors, inheritedDescriptors } from "./inherited_descriptors.ts";
export {
  type FileFacts,
  fileProblem,
  folderOf,
  folderProblem,
  type Identity,
  isSharedFolder,
  logFileProblem,
  ownIdentity,
  pidFileProblem,
} from "./trust.ts";
