/** `status`, `is-started` and `is-failed` (cli 3.5, 3.6). */

import type { WireStatus } from "../../control/client.ts";
import { ServiceState, StopReason } from "../../model/mod.ts";
import type { CommandContext } from "../context.ts";
import { ctlFailure } from "../failure.ts";
import { exitText, launchFailureLines, stateName, type StopText, stopText } from "../status_text.ts";
import { findService, serviceStatus } from "./services.ts";

/** `dinitctl status [SERVICE]` */
export async function status(context: CommandContext): Promise<number> {
  const [name] = context.words;
  if (name === undefined) return (await import("./overview.ts")).showOverview(context);
  const found = await statusOf(context, name);
  if (found === undefined) throw ctlFailure("service not loaded.");
  context.io.out(statusLines(name, found).map((line) => `${line}\n`).join(""));
  return 0;
}

/** `dinitctl is-started SERVICE` */
export async function isStarted(context: CommandContext): Promise<number> {
  return await check(context, ({ state }) => state === ServiceState.STARTED);
}

/** `dinitctl is-failed SERVICE` */
export async function isFailed(context: CommandContext): Promise<number> {
  return await check(
    context,
    ({ state, reason }) => state === ServiceState.STOPPED && START_FAILURES.has(reason),
  );
}

const START_FAILURES: ReadonlySet<number> = new Set([
  StopReason.DEPFAILED,
  StopReason.FAILED,
  StopReason.EXECFAILED,
  StopReason.TIMEDOUT,
]);

/** Prints the state, and returns 0 if the status is as it should be. */
async function check(context: CommandContext, passes: (status: WireStatus) => boolean): Promise<number> {
  const found = await statusOf(context, context.words[0]);
  if (found === undefined) return 1;
  context.say(stateName(found.state));
  return passes(found) ? 0 : 1;
}

/** The status of a service; `undefined` if it is not loaded. */
async function statusOf(context: CommandContext, name: string): Promise<WireStatus | undefined> {
  const client = await context.connect();
  const service = await findService(client, name);
  return service && await serviceStatus(client, service.handle);
}

function statusLines(name: string, status: WireStatus): string[] {
  const { state, target, pid } = status;
  const stopped: StopText = state === ServiceState.STOPPED ? stopText(status) : { reason: "" };
  const reason = stopped.reason && ` (${stopped.reason})`;
  const lines = [
    `Service: ${name}`,
    `    State: ${stateName(state)}${reason}${progressText(status)}${consoleText(status)}`,
  ];
  if (stopped.launch !== undefined) lines.push(...launchFailureLines(stopped.launch));
  if (target === ServiceState.STARTED) {
    lines.push(`    Activation: ${status.explicit ? "explicitly started" : "start due to dependent(s)"}`);
  }
  if (pid !== undefined) lines.push(`    Process ID: ${pid}`);
  return lines;
}

function consoleText({ holdingConsole, waitingForConsole }: WireStatus): string {
  if (holdingConsole) return " (holding console)";
  return waitingForConsole ? " (waiting for console)" : "";
}

/** What is said behind the name of any state but STOPPED. */
function progressText({ state, target, skipped, exit }: WireStatus): string {
  switch (state) {
    case ServiceState.STARTING:
      return target === ServiceState.STOPPED ? " (target state: STOPPED)" : "";
    case ServiceState.STARTED:
      return skipped ? " (startup skipped)" : "";
    case ServiceState.STOPPING: {
      const turned = target === ServiceState.STARTED ? " (target state: STARTED)" : "";
      // The spacing is the reference's own.
      return turned + (exit.status === 0 ? "" : `(terminated ;${exitText(exit)})`);
    }
    default:
      return "";
  }
}
