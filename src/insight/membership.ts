/** Which process belongs to which service: one pass over all processes. Pure. */

import type { ProcessSample } from "./processes.ts";

/** What is known besides the list of processes. */
export interface MembershipEvidence {
  /** The process id of the daemon, which adopts orphans. */
  readonly daemon: number;
  /** The service of each main process, by process id. */
  readonly mains: ReadonlyMap<number, string>;
  /** The service of a process in a control group that only one service has; `undefined` for others. */
  groupOwner(pid: number): string | undefined;
  /** The service of an orphan by marks that it has inherited, or by an earlier look; `undefined` if none are known. */
  orphanOwner(process: ProcessSample): string | undefined;
}

/**
 * The service of each process that belongs to one. A service owns its main process, the processes of its session and of
 * its control group, and their descendants. An orphan belongs to the service of which it has marks.
 */
export function ownersOf(
  processes: readonly ProcessSample[],
  evidence: MembershipEvidence,
): Map<number, string> {
  const { daemon, mains } = evidence;
  const all = new Map(processes.map((process) => [process.pid, process]));
  const sessions = sessionsOf(all, evidence);
  const verdicts = new Map<number, string | undefined>([[daemon, undefined], [1, undefined]]);

  /** The owner as far as the process itself shows it. */
  const own = (process: ProcessSample) =>
    mains.get(process.pid) ?? evidence.groupOwner(process.pid) ?? sessions.get(process.session);

  for (const process of processes) {
    // Climbs to the first ancestor that is known, and gives its verdict to all below.
    const path: ProcessSample[] = [];
    let owner: string | undefined;
    for (let at: ProcessSample | undefined = process; at !== undefined; at = all.get(at.parent)) {
      if (verdicts.has(at.pid)) {
        owner = verdicts.get(at.pid);
        break;
      }
      verdicts.set(at.pid, undefined); // ends a circle of parents, which a changing list may show
      path.push(at);
      owner = own(at);
      if (owner !== undefined) break;
      if (at.parent === daemon || at.parent <= 1) {
        owner = evidence.orphanOwner(at);
        break;
      }
    }
    for (const one of path) verdicts.set(one.pid, owner);
  }
  const owners = new Map<number, string>();
  for (const [pid, owner] of verdicts) if (owner !== undefined && all.has(pid)) owners.set(pid, owner);
  return owners;
}

/** The sessions that belong to one service alone: those of its main process. */
function sessionsOf(
  all: ReadonlyMap<number, ProcessSample>,
  { daemon, mains }: MembershipEvidence,
): ReadonlyMap<number, string> {
  const sessions = new Map<number, string>();
  const shared = new Set([0, 1, all.get(daemon)?.session ?? 0]);
  for (const [pid, service] of mains) {
    const session = all.get(pid)?.session ?? pid;
    if (sessions.has(session) && sessions.get(session) !== service) shared.add(session);
    sessions.set(session, service);
  }
  for (const session of shared) sessions.delete(session);
  return sessions;
}
