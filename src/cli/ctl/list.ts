/** `list` (cli 3.7). */

import { type ControlClient, hasFailed, type SvcInfo, type WireStatus } from "../../client/mod.ts";
import { ServiceState, StopReason } from "../../model/states.ts";
import { typed } from "../../model/typed_module.ts";
import type { CommandContext } from "./context.ts";
import type { Selection } from "./selection.ts";

/** `dinitctl list [--state STATE] [--names] [PATTERN...]` */
export async function list(context: CommandContext): Promise<number> {
  const { options, words } = context;
  const client = await context.connect();
  const services = await listed(client, { patterns: words, states: options.states });
  if (options.json) await recordServices(context, client, services);
  else if (options.namesOnly) context.print(services.map(({ name }) => `${name}\n`).join(""));
  else context.print(await listText(context, services));
  return 0;
}

async function listed(client: ControlClient, selection: Selection): Promise<SvcInfo[]> {
  const services = await client.list();
  if (selection.patterns.length === 0 && selection.states.length === 0) return services;
  const { selector } = await typed(import("./selection.ts"));
  return services.filter(selector(selection));
}

async function recordServices(
  context: CommandContext,
  client: ControlClient,
  services: readonly SvcInfo[],
): Promise<void> {
  const { serviceDocument } = await typed(import("./service_facts.ts"));
  const texts = services.some(({ status }) => status.reason === StopReason.EXECFAILED)
    ? await launchTexts(client)
    : undefined;
  context.record({
    services: services.map(({ name, status }) => {
      const launchText = texts?.get(name);
      return serviceDocument({ ...status, name, ...(launchText === undefined ? {} : { launchText }) });
    }),
  });
}

/** The reasons of failed launches in words, by the name of the service. */
async function launchTexts(client: ControlClient): Promise<ReadonlyMap<string, string>> {
  const { launchTextsOf } = await typed(import("./launch_text.ts"));
  return launchTextsOf(await client.query("overview"));
}

/** On a terminal the brackets have the colour of the state. */
async function listText(context: CommandContext, services: readonly SvcInfo[]): Promise<string> {
  const plain = context.io.terminal() === undefined && context.options.color !== "always";
  const paintLine = plain ? undefined : await linePainter(context);
  return services.map((service) => {
    const line = listLine(service);
    return `${paintLine === undefined ? line : paintLine(line, service)}\n`;
  }).join("");
}

async function linePainter(context: CommandContext) {
  const style = await context.style();
  const { paint } = await typed(import("../shared/style.ts"));
  const { lookOf } = await typed(import("./look.ts"));
  return (line: string, { status }: SvcInfo) =>
    paint(line.slice(0, MARKS_WIDTH), lookOf(status).colour, style) + line.slice(MARKS_WIDTH);
}

/** The columns of a line up to the closing bracket. */
const MARKS_WIDTH = 10;

/** Written without intermediate objects: a thousand lines are printed before V8 has optimised this code. */
function listLine({ name, status }: SvcInfo): string {
  const { state, target, explicit } = status;
  const up = target === ServiceState.STARTED;
  const activation = explicit ? "[]" : up ? "{}" : "  ";
  const stop = up ? "  " : "{}";
  const started = state !== ServiceState.STARTED ? " " : status.skipped ? "s" : "+";
  const way = state === ServiceState.STARTING ? "<<" : state === ServiceState.STOPPING ? ">>" : "  ";
  const stopped = state !== ServiceState.STOPPED ? " " : hasFailed(status) ? "X" : "-";
  const marks = `[${activation[0]}${started}${activation[1]}${way}${stop[0]}${stopped}${stop[1]}]`;
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
