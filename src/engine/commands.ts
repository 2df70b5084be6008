/**
 * Commands from the control socket: their checks in order, their effects, and their results. Lifecycle specification
 * 6.2 and 12.5.
 */

import { DependencyKind, isOrdering, isSandboxed, ServiceState, ServiceType } from "../model/mod.ts";
import { chainLength, isStartPinned, reaches, type ServiceGraph } from "./graph/graph.ts";
import type { FactReporter } from "./facts.ts";
import type { ProcessEvents } from "./launcher/process_events.ts";
import { isReplaceable } from "./launcher/replacement.ts";
import type { ProcessHost } from "./ports.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import { hasRoomForEdge } from "./graph/load_limits.ts";
import type { StartParameters } from "./graph/start_parameters.ts";
import { isActive, type ServiceRecord, takesSignals } from "./graph/record.ts";

export type { RunCause } from "./graph/run.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;

/** The longest chain of dependencies at run time. */
const MAX_CHAIN = 32;

/** The result of a command to start, stop or restart. `already`: the wanted state holds now. */
export type OrderResult = "already" | "accepted";

/** What a start came to; the service may be pinned stopped, or everything is being stopped. */
export type StartResult = OrderResult | "shutting-down" | "pinned-stopped";

/** What a stop came to; the service may be pinned started, or be needed. */
export type StopResult = OrderResult | "pinned-started" | Dependents;

/** What a restart came to; only a service that is started can be restarted. */
export type RestartResult = OrderResult | "shutting-down" | "pinned-started" | "not-started" | Dependents;

/** What a wake came to; there may be no active dependent to attach the service to. */
export type WakeResult = StartResult | "no-dependents";

/** What the order to send a signal came to. */
export type SignalResult = "sent" | "no-process" | "bad-signal" | "failed";

/** What the order to add a dependency came to. */
export type LinkResult = "added" | "exists" | "refused";

/** A gentle stop is refused because these services need the service. */
export interface Dependents {
  /** The services, in the order in which they were connected. */
  readonly dependents: ServiceRecord[];
}

/** What every order is given. */
export interface OrderContext {
  readonly lifecycle: Lifecycle;
  readonly graph: ServiceGraph;
  /** The daemon is stopping all services: nothing may start. */
  readonly shuttingDown: boolean;
}

/** How to start a service. */
export interface StartOptions {
  /** It may not be stopped until it is unpinned. @default false */
  readonly pin?: boolean;
  /** What its processes get besides what its description says, if it is stopped now. @default nothing */
  readonly parameters?: StartParameters;
}

function outcome(service: ServiceRecord, wanted: ServiceState): OrderResult {
  return service.state === wanted ? "already" : "accepted";
}

function isPinnedStopped(service: ServiceRecord): boolean {
  return service.pinStop && (service.state === STOPPED || service.state === STOPPING);
}

/** Explicit start. Only a service that is stopped takes the parameters. */
export function start(
  { lifecycle, shuttingDown }: OrderContext,
  service: ServiceRecord,
  { pin = false, parameters }: StartOptions,
): StartResult {
  if (shuttingDown) return "shutting-down";
  if (isPinnedStopped(service)) return "pinned-stopped";
  if (parameters !== undefined && service.state === STOPPED) service.parameters = parameters;
  if (pin) lifecycle.pinStart(service);
  lifecycle.activate(service);
  lifecycle.drain();
  return outcome(service, STARTED);
}

function stopObstacle(service: ServiceRecord, gentle: boolean): "pinned-started" | Dependents | undefined {
  if (isActive(service) && isStartPinned(service)) return "pinned-started";
  if (!gentle) return undefined;
  const dependents = service.dependents
    .filter(({ kind, holding }) =>
      holding && (kind === DependencyKind.REGULAR || kind === DependencyKind.PREPARED_BY)
    )
    .map(({ from }) => from);
  return dependents.length > 0 ? { dependents } : undefined;
}

/** Stop; `gentle` refuses if other services need this one. */
export function stop(
  { lifecycle }: OrderContext,
  service: ServiceRecord,
  options: { pin: boolean; gentle: boolean },
): StopResult {
  const obstacle = stopObstacle(service, options.gentle);
  if (obstacle !== undefined) return obstacle;
  if (options.pin) lifecycle.pinStop(service);
  lifecycle.deactivate(service, { bringDown: true });
  lifecycle.forceStop(service);
  lifecycle.drain();
  return outcome(service, STOPPED);
}

/** Restart of a started service. */
export function restart(
  { lifecycle, shuttingDown }: OrderContext,
  service: ServiceRecord,
  gentle: boolean,
): RestartResult {
  if (shuttingDown) return "shutting-down";
  const obstacle = stopObstacle(service, gentle);
  if (obstacle !== undefined) return obstacle;
  if (!lifecycle.restart(service)) return "not-started";
  lifecycle.drain();
  return outcome(service, STARTED);
}

/** Attaches the service to its active dependents again, which starts it. */
export function wake(
  { lifecycle, shuttingDown }: OrderContext,
  service: ServiceRecord,
  pin: boolean,
): WakeResult {
  if (shuttingDown) return "shutting-down";
  if (isPinnedStopped(service)) return "pinned-stopped";
  const active = service.dependents.filter((edge) => !isOrdering(edge.kind) && isActive(edge.from));
  for (const edge of active) lifecycle.hold(edge);
  if (pin) lifecycle.pinStart(service);
  lifecycle.drain();
  if (service.state === STARTED) return "already";
  return active.length > 0 ? "accepted" : "no-dependents";
}

/** Drops the explicit activation; the service stops if nothing else needs it. */
export function release({ lifecycle }: OrderContext, service: ServiceRecord, pin: boolean): OrderResult {
  if (pin) lifecycle.pinStop(service);
  lifecycle.deactivate(service, { bringDown: false });
  lifecycle.drain();
  return outcome(service, STOPPED);
}

/**
 * Sets the trigger of a triggered service, or lets a scheduled service run now. False: the service has another type, or
 * cannot run now.
 */
export function trigger(
  { lifecycle, shuttingDown }: OrderContext,
  service: ServiceRecord,
  on: boolean,
  events: Pick<ProcessEvents, "runDue">,
): boolean {
  if (service.type === ServiceType.SCHEDULED) {
    if (!on || shuttingDown || !mayRun(service)) return false;
    events.runDue(service, "trigger");
    lifecycle.drain();
    return true;
  }
  if (service.type !== ServiceType.TRIGGERED) return false;
  lifecycle.trigger(service, on);
  lifecycle.drain();
  return true;
}

/** Whether a scheduled service is up, and another run does not stand in the way. */
function mayRun({ phase, state, description }: ServiceRecord): boolean {
  const isBusy = phase.kind === "running" || phase.kind === "ending-run";
  return state === STARTED && !(isBusy && description.schedule.overlap === "skip");
}

/** A service that a failure of this one had to start was started, or cannot be; without a name: all of them. */
export function hookDone(service: ServiceRecord, hook: string | undefined): void {
  const { hooks } = service;
  const due = hook === undefined ? [] : hooks?.due.filter((name) => name !== hook) ?? [];
  service.hooks = hooks === undefined || due.length === 0 ? undefined : { ...hooks, due };
}

/** Sends a signal only to the process of a service; with a sandbox, to its group. */
export function signal(
  host: ProcessHost,
  reporter: FactReporter,
  service: ServiceRecord,
  number: number,
): SignalResult {
  if (!takesSignals(service.process.main)) return "no-process";
  const group = isSandboxed(service.description.sandbox); // the main process only waits for the others
  const sent = host.signal(service.id, "main", number, group);
  if (typeof sent === "object") {
    reporter.general({ kind: "signal-failed", errno: sent.errno });
    return "failed";
  }
  if (sent === "bad-signal") reporter.general({ kind: "signal-invalid" });
  return sent;
}

/** Replaces the process of a service that is up and stays up; false for any other one. `variables`: for the new process only. */
export function replace(
  { lifecycle, events }: { readonly lifecycle: Lifecycle; readonly events: ProcessEvents },
  service: ServiceRecord,
  why: string,
  variables?: Readonly<Record<string, string>>,
): boolean {
  if (variables !== undefined) {
    if (!isReplaceable(service) || (service.parameters !== undefined && !service.parameters.once)) {
      return false;
    }
    service.parameters = { variables, input: "", once: true };
  }
  const done = events.replace(service, why);
  lifecycle.drain();
  return done;
}

/**
 * Adds a dependency at run time. It is refused if it would close a circle, make a chain of more than 32 services, or
 * bind an active service to one that is not started.
 */
export function addDependency(
  context: OrderContext,
  from: ServiceRecord,
  to: ServiceRecord,
  kind: DependencyKind,
  options: { start: boolean },
): LinkResult {
  const { lifecycle, graph } = context;
  if (kind === DependencyKind.REGULAR && from.state !== STOPPED && to.state !== STARTED) return "refused";
  if (reaches([to], from)) return "refused";
  const existing = graph.edge(from, to, kind);
  if (existing === undefined && chainLength(from, to) > MAX_CHAIN) return "refused";
  if (existing === undefined && !hasRoomForEdge(graph)) return "refused";
  const edge = existing ?? graph.connect(from, to, kind);
  const fromIsActive = from.state === STARTED || from.state === STARTING;
  if (kind === DependencyKind.MILESTONE && from.state === STARTING && existing === undefined) {
    graph.setUnmet(edge, to.state !== STARTED);
  }
  const starts = options.start && !context.shuttingDown;
  const attaches = existing === undefined && (kind === DependencyKind.REGULAR || isActive(to));
  if (fromIsActive && (starts || attaches)) lifecycle.hold(edge);
  lifecycle.drain();
  return existing === undefined ? "added" : "exists";
}

/** Removes the first dependency of that kind; false if there is none. */
export function removeDependency(
  { lifecycle, graph }: OrderContext,
  from: ServiceRecord,
  to: ServiceRecord,
  kind: DependencyKind,
): boolean {
  const edge = graph.edge(from, to, kind);
  if (edge === undefined) return false;
  lifecycle.removeEdge(edge);
  lifecycle.drain();
  return true;
}

/** Stops everything and forbids starting; services are released from the first to the last (6.5). */
export function stopAll({ lifecycle, graph }: OrderContext): void {
  for (const service of graph.services()) {
    lifecycle.deactivate(service, { bringDown: false });
    lifecycle.unpin(service);
  }
  lifecycle.drain();
}
