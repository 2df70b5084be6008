/** The objects that the native host is made of, each given the others that it needs. */

import { Signal } from "../model/mod.ts";
import { NO_STATE_STORE } from "../model/saving.ts";
import {
  Accounts,
  BootTime,
  Files,
  LaunchThreads,
  type Library,
  Logins,
  MemoryFiles,
  Poller,
  Processes,
  Sockets,
  Spawner,
  Terminal,
  WholeFiles,
} from "../system/mod.ts";
import { OwnDescriptors, ProcessHandles, signalBits } from "../system/surviving.ts";
import { bootAlarm } from "./alarm.ts";
import { ControlSockets } from "./control_sockets.ts";
import { LaunchFollower } from "./launch/launch_follower.ts";
import { LAUNCH_WIDTH, LaunchQueue } from "./launch/launch_queue.ts";
import { LaunchSlots, sizeOfSlots } from "./launch/launch_slots.ts";
import { Launching } from "./launch/launching.ts";
import { NullDevice } from "./launch/null_device.ts";
import { OpenFileLimit } from "./launch/open_file_limit.ts";
import { SlotsMemory } from "./launch/slots_memory.ts";
import { StartedWith } from "./launch/started_with.ts";
import { GroupEntry } from "./launch/group_entry.ts";
import { Tools } from "./launch/tools.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import { LogCollector } from "./output/log_collector.ts";
import { OutputPipes } from "./output/output_pipes.ts";
import { OrphanEnds } from "./processes/orphan_ends.ts";
import { ProcessEnds } from "./processes/process_ends.ts";
import type { ProcessRecord } from "./processes/process_record.ts";
import { ProcessTable } from "./processes/process_table.ts";
import { SavedProcesses } from "./processes/saved_processes.ts";
import { ServiceSignals } from "./processes/service_signals.ts";
import { ActivationSockets } from "./resources/activation_sockets.ts";
import { ownCgroup } from "./resources/cgroups.ts";
import { GroupHierarchy } from "./resources/group_hierarchy.ts";

/** Signals that the daemon and its processes ignore (lifecycle 8.5, step 18). */
export const IGNORED = [Signal.PIPE, Signal.TSTP, Signal.TTIN, Signal.TTOU];
/** Signals that processes never block, even if the daemon does. */
export const NEVER_BLOCKED = [Signal.TERM, Signal.CHLD];
/** See `NativeHostOptions`, in milliseconds. */
const END_PATIENCE = 100;

/** The objects that the native host is made of. */
export type NativeParts = ReturnType<typeof nativeParts>;

/** Creates them. Nothing runs, and no process is reaped, before the host begins. */
export function nativeParts(
  library: Library,
  reports: HostReports,
  record: ProcessRecord,
  options: NativeHostOptions,
) {
  const store = options.store ?? NO_STATE_STORE;
  const warn = (text: string) => options.warn?.(text);
  const ownIds = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };

  const files = new Files(library);
  const memory = new MemoryFiles(library);
  const poller = new Poller(library);
  const processes = new Processes(library);
  const handles = new ProcessHandles(library);
  const sockets = new Sockets(library);
  const terminal = new Terminal(library);
  const access = new WholeFiles(library, files);
  const clock = new BootTime(library, files);
  const alarm = bootAlarm(library, poller, () => clock.milliseconds());

  const table: ProcessTable = new ProcessTable((pid) => store.changed(savedProcesses, pid));
  const savedProcesses = new SavedProcesses(table);
  const logs = new LogCollector({ files, memory, poller, store, warn });
  const pipes = new OutputPipes(files, store);
  const activation = new ActivationSockets(files, sockets, store);
  const nothing = new NullDevice(files);
  const tools = new Tools(files, options.toolFolders);
  const openFiles = new OpenFileLimit(library, access);
  const controlSockets = new ControlSockets({ library, files, sockets, poller });

  const cgroup = ownCgroup(files, options, warn);
  const hierarchy = new GroupHierarchy({
    mode: options.groups ?? "asked",
    own: options.cgroup,
    instance: options.groupFolder ?? `dinit-${Deno.pid}`,
    warn,
  });
  const threads = new LaunchThreads(library, poller, LAUNCH_WIDTH);
  const size = sizeOfSlots(LAUNCH_WIDTH + 1); // one for a launch that is made at once
  const slots = new SlotsMemory(library, files, size, options.store !== undefined);
  const queue = new LaunchQueue({
    record,
    store,
    spawner: new Spawner(library, signalBits(IGNORED)),
    threads,
    slots: new LaunchSlots(slots.memory),
    openFiles,
    launches: options.launches ?? "adaptive",
    serve: () => poller.serve(),
    over: (plan, outcome, held) => launching.over(plan, outcome, held),
    launch: {
      files,
      memory,
      sockets,
      terminal,
      tools,
      groupEntry: new GroupEntry(memory, library.architecture),
      logs,
      pipes,
      activation,
      nothing,
      access,
      startedWith: new StartedWith(files, access),
      ownIds,
      cgroup,
      blocked: (options.blocked ?? processes.blockedSignals()) & ~signalBits(NEVER_BLOCKED),
      niceness: () => processes.niceness(),
    },
  });
  const signals = new ServiceSignals(processes, handles, table, queue);

  const parts = {
    library,
    files,
    access,
    memory,
    poller,
    processes,
    handles,
    sockets,
    terminal,
    tools,
    clock,
    alarm,
    table,
    logs,
    pipes,
    activation,
    nothing,
    openFiles,
    controlSockets,
    threads,
    slots,
    queue,
    signals,
    record,
    reports,
    store,
    ownIds,
    cgroup,
    hierarchy,
    warn,
    users: new Accounts(library),
    descriptors: new OwnDescriptors(library),
    orphanEnds: new OrphanEnds(queue),
    logins: new Logins(library, options.loginFile),
    launches: queue,
    notifyFolder: options.notifyFolder ?? (() => `/tmp/dinit-${Deno.pid}.notify`),
    endPatience: options.endPatience ?? END_PATIENCE,
  };
  const follower = new LaunchFollower(parts);
  const ends = new ProcessEnds(parts);
  const serve = options.serveControl;
  const serveControl = serve && ((fd: number) => serve(controlSockets.connection(fd)));
  const launching: Launching = new Launching({ ...parts, follower, ends, serveControl });
  return { ...parts, follower, ends, launching, serveControl };
}
