/** The status of one service, line by line, in the words of the reference (cli 3.5). */

import type { WireStatus } from "../../client/mod.ts";
import { ServiceState } from "../../model/states.ts";
import { exitText, launchFailureLines, stateName, type StopText, stopText } from "./status_text.ts";

/** The lines for a service. The second one begins with its state. */
export function statusLines(name: string, status: WireStatus): string[] {
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

/** The text after the name of any state except STOPPED. */
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
