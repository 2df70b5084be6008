/** Events in words, one line each. */

import type { ClientEvent, DaemonFact, ServiceChange } from "../../client/event_steps.ts";
import { printable } from "../shared/text_width.ts";

/** The time, the number and what happened. `now`: when the event arrived, for daemons that do not tell when it was. */
export function eventLine(event: ClientEvent, now: number): string {
  if (event.kind === "gap") return `(events before number ${event.seq + 1} are missing)`;
  const text = event.kind === "service" ? changeText(event) : factText(event);
  return printable(`${(event.at ?? new Date(now)).toISOString()} ${event.seq} ${text}`);
}

const CHANGES: Readonly<Record<ServiceChange["event"], string>> = {
  "started": "started",
  "stopped": "stopped",
  "start-failed": "failed to start",
  "start-cancelled": "start cancelled",
  "stop-cancelled": "stop cancelled",
};

const REASONS: Readonly<Record<string, string>> = {
  "dependency-restart": "dependency restarted",
  "dependency-failed": "dependency failed",
  "failed": "process ended before it was ready",
  "exec-failed": "could not be launched",
  "timed-out": "start timed out",
  "terminated": "process ended",
  "unhealthy": "unhealthy",
};

function changeText({ service, event, reason = "normal", pid, exit }: ServiceChange): string {
  if (event === "started") return `${service}: started${pid === undefined ? "" : ` (process ${pid})`}`;
  const tellsWhy = event === "stopped" || event === "start-failed";
  const why = tellsWhy ? REASONS[reason] : undefined;
  if (why === undefined) return `${service}: ${CHANGES[event]}`;
  const isEnd = reason === "failed" || reason === "terminated";
  const how = !isEnd || exit === undefined
    ? ""
    : exit.how === "exited"
    ? ` with status ${exit.status}`
    : ` by signal ${exit.status}`;
  return `${service}: ${CHANGES[event]} (${why}${how})`;
}

/** What the daemon does with a service when it enters a phase, by the name of the phase. */
const PHASES: Readonly<Record<string, string>> = {
  "stopped": "is down",
  "waiting-for-dependencies": "starts after its dependencies",
  "waiting-for-console": "waits for the console",
  "restart-delay": "waits before it restarts",
  "launching": "is launched",
  "awaiting-readiness": "runs, and is not ready yet",
  "awaiting-launcher": "runs its launcher",
  "running-start-command": "runs its start command",
  "awaiting-trigger": "waits for its trigger",
  "up": "is up",
  "recovering": "replaces its process",
  "running": "runs",
  "ending-run": "ends its run",
  "awaiting-retry": "waits before it repeats its run",
  "ending-unhealthy": "is unhealthy, and ends its process",
  "replacing": "ends its process, and launches a new one",
  "waiting-for-dependents": "stops after its dependents",
  "killing-all": "has all processes of the system end",
  "interrupting": "interrupts its start",
  "interrupting-start-command": "interrupts its start command",
  "awaiting-execution": "stops as soon as its program runs",
  "asked-to-stop": "was asked to stop",
  "running-stop-command": "runs its stop command",
};

const OTHERS: Readonly<Record<string, string>> = {
  "loaded": "loaded",
  "reloaded": "reloaded",
  "unloaded": "unloaded",
  "run-began": "a run begins",
  "run-ended": "a run has ended",
  "run-failed": "a run has failed",
  "recovery-given-up": "could not replace its process, and stops",
};

/** The words of the daemon's log, where it has any; kinds that a later daemon adds have their name. */
function factText({ service, fact, document }: DaemonFact): string {
  const { text, to } = document;
  if (typeof text === "string") return text;
  const what = fact === "phase" && typeof to === "string" ? PHASES[to] ?? to : OTHERS[fact] ?? fact;
  return service === undefined ? what : `${service}: ${what}`;
}
