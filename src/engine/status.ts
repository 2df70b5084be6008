/** The public facts about a service (control protocol 8, and the overview of all services). */

import {
  type ServiceOverview,
  ServiceState,
  type ServiceStatus,
  StopReason,
  waitStatusOf,
} from "../model/mod.ts";
import { logFilePath } from "./launcher/launch_plan.ts";
import { failureCause } from "./launcher/restart_policy.ts";
import type { Clock } from "./ports.ts";
import { endsRemains, isHard, isTriviallyStopped, type ServiceRecord } from "./graph/record.ts";

/** The service as a status buffer shows it. */
export function statusOf(service: ServiceRecord): ServiceStatus {
  const { process } = service;
  return {
    state: service.state,
    target: service.target,
    waitingForConsole: service.phase.kind === "waiting-for-console",
    holdingConsole: service.haveConsole,
    skipped: service.skipped,
    explicit: service.explicit,
    reason: service.reason,
    pid: process.main.pid,
    launchStage: process.launchStage,
    launchErrno: process.launchErrno,
    ...(process.launchText === undefined ? {} : { launchText: process.launchText }),
    ...(service.reason === StopReason.UNHEALTHY && process.unhealthy !== undefined
      ? { unhealthy: process.unhealthy }
      : {}),
    ...(process.exit?.kind === "killed" && process.exit.memoryLimit !== undefined
      ? { outOfMemory: process.exit.memoryLimit }
      : {}),
    exit: waitStatusOf(process.exit),
    modified: service.description.modified,
  };
}

/** The service with its public facts. */
export function overviewOf(service: ServiceRecord, clock: Pick<Clock, "wallOf">): ServiceOverview {
  const logFile = logFilePath(service.description);
  const cause = service.state === ServiceState.STOPPED ? failureCause(service) : undefined;
  const { timer } = service.process;
  return {
    ...statusOf(service),
    name: service.name,
    type: service.type,
    since: clock.wallOf(service.since),
    waitingFor: waitingFor(service),
    restarts: service.restarts,
    ...(cause === undefined ? {} : { cause }),
    ...(timer?.purpose === "restart-delay" ? { retryAt: clock.wallOf(timer.at) } : {}),
    ...(logFile === undefined ? {} : { logFile }),
  };
}

/**
 * What blocks the start or stop of a service: names of services, or `console`, `restart-delay`, `trigger`,
 * `remaining-processes`. Empty if it waits only for its own process.
 */
function waitingFor({ phase, dependencies, dependents, process }: ServiceRecord): string[] {
  const names = new Set<string>();
  switch (phase.kind) {
    case "waiting-for-console":
      names.add("console");
      break;
    case "waiting-for-dependencies":
      for (const edge of dependencies) if (edge.waiting) names.add(edge.to.name);
      break;
    case "awaiting-trigger":
      names.add("trigger");
      break;
    case "waiting-for-dependents":
      for (const edge of dependents) {
        if (isHard(edge) && !isTriviallyStopped(edge.from)) names.add(edge.from.name);
      }
  }
  if (endsRemains(process)) names.add("remaining-processes");
  if (process.timer?.purpose === "restart-delay") names.add("restart-delay");
  return [...names];
}
