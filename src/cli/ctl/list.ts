/** `list` (cli 3.7). */

import type { SvcInfo, WireStatus } from "../../control/client.ts";
import { ServiceState, StopReason } from "../../model/mod.ts";
import type { CommandContext } from "../context.ts";
import { hasFailed } from "../status_text.ts";

/** `dinitctl list` */
export async function list(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const services = await client.list();
  context.io.out(services.map((service) => `${listLine(service)}\n`).join(""));
  return 0;
}

function listLine({ name, status }: SvcInfo): string {
  const { state, target, explicit } = status;
  const up = target === ServiceState.STARTED;
  const [left, right] = explicit ? "[]" : up ? "{}" : "  ";
  const [stopLeft, stopRight] = up ? "  " : "{}";
  const started = state !== ServiceState.STARTED ? " " : status.skipped ? "s" : "+";
  const way = state === ServiceState.STARTING ? "<<" : state === ServiceState.STOPPING ? ">>" : "  ";
  const stopped = state !== ServiceState.STOPPED ? " " : hasFailed(status) ? "X" : "-";
  const marks = `[${left}${started}${right}${way}${stopLeft}${stopped}${stopRight}]`;
  return `${marks} ${name}${processText(status)}${consoleText(status)}`;
}

function processText({ state, pid, reason, exit }: WireStatus): string {
  if (state !== ServiceState.STOPPED) return pid === undefined ? "" : ` (pid: ${pid})`;
  if (reason !== StopReason.TERMINATED) return "";
  if (exit.code === 1) return ` (exit status: ${exit.status})`;
  return exit.code === 2 ? ` (signal: ${exit.status})` : "";
}

function consoleText({ holdingConsole, waitingForConsole }: WireStatus): string {
  if (holdingConsole) return " (has console)";
  return waitingForConsole ? " (waiting for console)" : "";
}
