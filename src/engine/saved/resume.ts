/**
 * The first step of a restored engine: it compares the saved state with what the host has taken over, and continues from
 * the truth. A process that was committed and never made is launched. A process that is gone has ended with an unknown
 * status, and its service does what it always does about that.
 */

import { LimitError, ServiceState, UNKNOWN_EXIT } from "../../model/mod.ts";
import {
  type Child,
  childOf,
  endsRemains,
  hasProcessState,
  isAlive,
  type ProcessRole,
  type ProcessState,
  type ServiceRecord,
} from "../graph/record.ts";
import { continueRemains, noteRemains, PROCESS_ROLES } from "../launcher/process_events.ts";
import { launchAgain } from "../launcher/launch_again.ts";
import type { ResumeContext } from "./saved_data.ts";

/** A process of the saved state that the host has not taken over. */
interface Missing {
  readonly service: ServiceRecord;
  readonly role: ProcessRole;
  readonly child: Child;
  /** It has ended unseen; it has ended, and only the result of its execution was not known; or it was never made. */
  readonly fate: "ended" | "ended-early" | "never-made";
}

/** A timer that expired while no engine ran. */
interface Expired {
  readonly service: ServiceRecord;
  readonly timer: NonNullable<ProcessState["timer"]>;
}

/** Continues from the saved state. */
export function resume(context: ResumeContext): void {
  const { graph, lifecycle, events, host, isShuttingDown } = context;
  setVariables(context);
  lifecycle.resume();
  const services = [...graph.services()];
  const expired = setTimers(services, context);
  // All processes are looked up before anything is done about one: no decision relies on a process that is gone.
  const missing = services.filter(hasProcessState).flatMap((service) => missingProcesses(service, context));
  const wanted = missing.filter(({ service, fate }) =>
    fate !== "never-made" && service.explicit && service.target === ServiceState.STARTED
  );
  for (const service of services.filter(({ process }) => endsRemains(process))) {
    if (!continueRemains(host, service)) events.remains(service, []);
  }
  for (const { id, phase } of services) if (phase.kind === "killing-all") host.killAll(id);
  for (const one of missing) {
    settle(context, one);
    lifecycle.drain();
  }
  for (const { service } of wanted) {
    if (!service.explicit && !isShuttingDown()) lifecycle.activate(service);
    lifecycle.drain();
  }
  for (const { service, timer } of expired) {
    if (service.process.timer !== timer) continue; // another one was set, or none is needed any more
    graph.changes.service(service);
    events.timerExpired(service, timer.purpose);
    lifecycle.drain();
  }
}

/** The variables that clients have changed. They all had room before; a smaller limit leaves the last ones out. */
function setVariables({ environment, variables }: ResumeContext): void {
  for (const [name, value] of variables) {
    try {
      if (value === undefined) environment.unset(name);
      else environment.set(name, value);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
    }
  }
}

/** Sets the timers again; returns those that have expired, in the order of their times. */
function setTimers(services: readonly ServiceRecord[], { clock }: ResumeContext): Expired[] {
  const now = clock.now();
  const expired: Expired[] = [];
  for (const service of services) {
    const { timer } = service.process;
    if (timer === undefined) continue;
    if (timer.at > now) clock.setTimer(service.id, timer.purpose, timer.at);
    else expired.push({ service, timer });
  }
  return expired.sort((a, b) => a.timer.at - b.timer.at);
}

/** The processes of a service that the host does not know. The record then says that they are gone. */
function missingProcesses(service: ServiceRecord, { graph, host }: ResumeContext): Missing[] {
  const missing: Missing[] = [];
  for (const role of PROCESS_ROLES) {
    const child = childOf(service.process, role);
    if (child === undefined || !isAlive(child)) continue;
    const found = host.processOf?.(service.id, role);
    if (found !== undefined) {
      if (child.pid === undefined && child.ended === undefined) {
        child.pid = found.pid;
        graph.changes.service(service);
      }
      continue;
    }
    graph.changes.service(service);
    if (role === "main") noteRemains(host, service, child.pid);
    child.pid = undefined;
    child.foreign = false;
    const wasMade = !child.execPending || (role === "main" && hasWorked(service));
    if (child.ended !== undefined) missing.push({ service, role, child, fate: "ended-early" });
    else if (!wasMade) missing.push({ service, role, child, fate: "never-made" });
    else {
      child.execPending = false;
      child.ended = UNKNOWN_EXIT;
      missing.push({ service, role, child, fate: "ended" });
    }
  }
  return missing;
}

/** Whether the main process is known to have run its program, even if its host has not said so. */
function hasWorked({ phase }: ServiceRecord): boolean {
  return phase.kind === "up" || phase.kind === "asked-to-stop" ||
    (phase.kind === "waiting-for-dependents" && phase.brought === "up" && phase.recovery === undefined);
}

/** Does what follows from the lack of a process, unless the service has got over it meanwhile. */
function settle({ events, launcher }: ResumeContext, { service, role, child, fate }: Missing): void {
  if (childOf(service.process, role) !== child) return; // the service was stopped
  if (fate === "never-made") {
    if (child.execPending && !launchAgain(launcher, service, role)) events.neverMade(service, role);
  } else if (child.ended !== undefined) { // otherwise it was launched again
    if (fate === "ended-early") events.execSucceeded(service, role);
    else events.endedUnseen(service, role);
  }
}
