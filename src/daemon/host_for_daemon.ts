import type { ServiceManager } from "../engine/mod.ts";
import { createHost, type DaemonHost, type DescriptorStream, type ProcessRecord } from "../host/mod.ts";
import type { DaemonOptions } from "./options.ts";

/** The group of the owner of a machine: the root of all. */
const MACHINE_CGROUP = "";

/** Said once, at the start, by process 1 of a container that has the command host. */
const ZOMBIES =
  "As process 1 with the command host, dinit does not reap orphaned processes: they stay zombies. " +
  "The native host reaps them (grant --allow-ffi).";

/** Callbacks from the host into the daemon. Functions, because the host is made before the manager and the record. */
export interface HostContext {
  manager(): ServiceManager;
  /** Where the starts and ends of processes are recorded. */
  record(): ProcessRecord;
  /** Serves the control connection that a process has been given. */
  serveControl(stream: DescriptorStream): void;
  /** Writes a warning to the log. */
  warn(text: string): void;
}

/** The host that the options ask for. Throws `HostUnavailableError` if it cannot be had. */
export function hostForDaemon(
  { manager: isManager, host, cgroupPath }: Pick<DaemonOptions, "manager" | "host" | "cgroupPath">,
  { manager, record, serveControl, warn }: HostContext,
): DaemonHost {
  const created = createHost({
    execSucceeded: (id, role) => manager().execSucceeded(id, role),
    execFailed: (id, role, stage, errno) => manager().execFailed(id, role, stage, errno),
    exited: (id, role, exit) => manager().exited(id, role, exit),
    ready: (id) => manager().ready(id),
    readinessClosed: (id) => manager().readinessClosed(id),
    allKilled: (id) => manager().allKilled(id),
  }, {
    launching: (plan) => record().launching(plan),
    started: (launch, pid) => record().started(launch, pid),
    failed: (launch) => record().failed(launch),
    adopted: (pid, service) => record().adopted(pid, service),
    ended: (pid) => record().ended(pid),
  }, {
    kind: isManager ? "native" : host, // no other takes care of orphans
    serveControl,
    warn,
    cgroup: cgroupPath ?? (isManager ? MACHINE_CGROUP : undefined),
  });
  if (created.kind === "command" && Deno.pid === 1) warn(ZOMBIES);
  return created;
}
