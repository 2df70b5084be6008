import type { ExitStatus, LaunchRefusal, ProcessRole, ServiceManager } from "../engine/mod.ts";
import type { DaemonHost, DescriptorStream, HostMaker, ProcessRecord } from "../host/mod.ts";
import type { StateStore } from "../model/saving.ts";
import type { DaemonOptions } from "./options.ts";

/** The group of the owner of a machine: the root group. */
const MACHINE_CGROUP = "";

/** A warning for process 1 of a container with the command host, shown once at the start. */
const ZOMBIES =
  "As process 1 with the command host, dinit does not reap orphaned processes: they stay zombies. " +
  "The native host reaps them (grant --allow-ffi).";

/** Learns what the host reports about processes before the engine does. True: the process is not the engine's. */
export interface ProcessFollower {
  launched(id: number, role: ProcessRole): boolean;
  executed(id: number, role: ProcessRole): boolean;
  failed(id: number, role: ProcessRole, errno: number, refusal: LaunchRefusal | undefined): boolean;
  exited(id: number, role: ProcessRole, exit: ExitStatus): boolean;
}

/** Callbacks from the host into the daemon. Functions, because the host is made before the manager and the record. */
export interface HostContext {
  manager(): ServiceManager;
  /** Those who start processes besides the engine. */
  followers(): readonly ProcessFollower[];
  /** The folder of notification sockets. */
  notifyFolder(): string;
  /** The record of started and ended processes. */
  record(): ProcessRecord;
  /** Serves the control connection of a process. */
  serveControl(stream: DescriptorStream): void;
  /** Where the host saves its state. @default nothing is saved */
  readonly store: StateStore | undefined;
  /** The signals that processes block; bit 0 is signal 1. @default those that this program blocks */
  readonly blocked: bigint | undefined;
  /** Writes a warning to the log. */
  warn(text: string): void;
}

/** Makes the host of the daemon. */
export function hostForDaemon(
  makeHost: HostMaker,
  { manager: isManager, cgroupPath, cgroups, socketPath }: Pick<
    DaemonOptions,
    "manager" | "cgroupPath" | "cgroups" | "socketPath"
  >,
  { manager, followers, notifyFolder, record, serveControl, store, blocked, warn }: HostContext,
): DaemonHost {
  const created = makeHost({
    launched: (id, role, pid) => {
      if (!followers().some((one) => one.launched(id, role))) manager().launched(id, role, pid);
    },
    execSucceeded: (id, role) => {
      if (!followers().some((one) => one.executed(id, role))) manager().execSucceeded(id, role);
    },
    execFailed: (id, role, stage, errno, refusal) => {
      if (!followers().some((one) => one.failed(id, role, errno, refusal))) {
        manager().execFailed(id, role, stage, errno, refusal);
      }
    },
    exited: (id, role, exit) => {
      if (!followers().some((one) => one.exited(id, role, exit))) manager().exited(id, role, exit);
    },
    ready: (id) => manager().ready(id),
    readinessClosed: (id) => manager().readinessClosed(id),
    remains: (id, pids) => manager().remains(id, pids),
    allKilled: (id) => manager().allKilled(id),
  }, {
    launching: (plan, holds) => record().launching(plan, holds),
    commit: () => record().commit(),
    started: (launch, pid) => record().started(launch, pid),
    failed: (launch) => record().failed(launch),
    adopted: (pid, service) => record().adopted(pid, service),
    continued: (entry, pid) => record().continued(entry, pid),
    ended: (pid) => record().ended(pid),
  }, {
    serveControl,
    notifyFolder,
    store,
    blocked,
    warn,
    cgroup: cgroupPath ?? (isManager ? MACHINE_CGROUP : undefined),
    groups: cgroups,
    groupFolder: socketPath === undefined ? undefined : groupFolder(socketPath),
  });
  if (created.kind === "command" && Deno.pid === 1) warn(ZOMBIES);
  return created;
}

/** The folder of the control groups of this daemon: the same for the next daemon with its control socket. */
function groupFolder(socketPath: string): string {
  let hash = 0x811c9dc5; // FNV-1a
  for (const byte of new TextEncoder().encode(socketPath)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `dinit-${hash.toString(16).padStart(8, "0")}`;
}
