/** `status` of services with more than the reference shows, for people at a terminal and for programs. */

import type { ControlClient, WireStatus } from "../../client/mod.ts";
import { isLogPart, readKnownSystem } from "../../client/steps.ts";
import type { Figures } from "../../insight/mod.ts";
import { sizeText } from "../../model/group_settings.ts";
import { ServiceState, StopReason } from "../../model/states.ts";
import { restartLimitText, unkeptText } from "../../model/status.ts";
import { typed } from "../../model/typed_module.ts";
import type { CommandContext } from "./context.ts";
import type { ServiceDocument } from "./documents.ts";
import { durationText } from "../shared/duration_text.ts";
import { failureFor, failureText } from "../shared/failure.ts";
import { figuresText } from "./figures_text.ts";
import * as healthText from "./health_text.ts";
import * as timerText from "./timer_text.ts";
import { lookOf } from "./look.ts";
import { type KnownService, serviceDocument } from "./service_facts.ts";
import { isPattern, selector } from "./selection.ts";
import { statusLines } from "./status_lines.ts";
import { exitText, stateName } from "./status_text.ts";
import { paint, type TextStyle, textStyle } from "../shared/style.ts";
import { cutText, printable } from "../shared/text_width.ts";
import { withLaunchText } from "./launch_text.ts";
import { nothingFits, showMatching } from "./overview.ts";
import { findService, notLoaded, serviceStatus } from "./services.ts";

/** How many of the last lines of buffered output to show. */
const LOG_LINES = 10;

/** The daemon's facts about a service. */
interface Detail {
  readonly service: KnownService;
  /** The last lines of its buffered output; `undefined` if there is no buffer. */
  readonly log: readonly string[] | undefined;
}

/**
 * Shows the status of each service. A terminal always gets the additions, a pipe only with `--long`. A pattern shows
 * the overview of the matching services, unless `--long` asks for the full status of each.
 */
export async function longStatus(context: CommandContext): Promise<number> {
  const { io, options } = context;
  const client = await context.connect();
  const words = await chosenNames(context, client);
  const style = textStyle(io, options.color);
  const withLog = options.long || io.terminal() !== undefined;
  const documents: ServiceDocument[] = [];
  const missing: string[] = [];
  for (const [index, name] of words.entries()) {
    const found = await findService(client, name);
    if (found === undefined) {
      if (isPattern(name) && words.length === 1) return await showMatching(context, client);
      const failure = notLoaded(name);
      if (words.length === 1) throw failure;
      io.err(failureText(failureFor(name, await context.explain(failure)), io));
      missing.push(name);
      continue;
    }
    const wire = await withLaunchText(
      client,
      found.handle,
      await serviceStatus(client, found.handle),
    );
    const detail = withLog || options.json
      ? await detailOf(client, { ...wire, name }, found.handle, withLog)
      : undefined;
    const figures = options.figures ? await figuresOf(client, { ...wire, name }) : undefined;
    documents.push({
      ...serviceDocument(detail?.service ?? { ...wire, name }),
      ...(figures === undefined ? {} : { figures }),
      ...(detail?.log === undefined ? {} : { log: detail.log }),
    });
    const lines = stateColoured(statusLines(name, wire), wire, style);
    if (figures !== undefined) lines.push(`    Figures: ${figuresText(figures)}`);
    if (detail !== undefined) lines.push(...moreLines(detail, io.now(), style));
    context.print(`${index === 0 ? "" : "\n"}${lines.map((line) => `${line}\n`).join("")}`);
  }
  context.record({ services: documents, ...(missing.length === 0 ? {} : { missing }) });
  return missing.length === 0 ? 0 : 1;
}

/**
 * The names in the command line. With `--long`, a pattern stands for all matching loaded services, and no name for all.
 */
async function chosenNames(
  { words, options }: CommandContext,
  client: ControlClient,
): Promise<readonly string[]> {
  const { states, long } = options;
  if (!long || (words.length > 0 && states.length === 0 && !words.some(isPattern))) return words;
  const isChosen = selector({ patterns: words, states });
  const chosen = (await client.list()).filter(isChosen).map(({ name }) => name);
  if (chosen.length === 0 && words.every(isPattern) && words.length > 0) throw nothingFits(words);
  return [
    ...chosen,
    ...words.filter((word) => !isPattern(word) && states.length === 0 && !chosen.includes(word)),
  ];
}

/** `service` comes from the reference's requests: a daemon without extensions provides no more. */
async function detailOf(
  client: ControlClient,
  service: KnownService,
  handle: number,
  withLog: boolean,
): Promise<Detail> {
  const overview = await client.query(`service ${handle}`);
  if (!isKnownService(overview)) return { service, log: undefined };
  const part = withLog ? await client.query(`log ${handle}`) : undefined;
  const log = isLogPart(part) ? lastLines(part.text) : undefined;
  return { service: overview, log };
}

/** What one service costs. */
async function figuresOf(client: ControlClient, service: KnownService): Promise<Figures | undefined> {
  const { measure } = await typed(import("./measure.ts"));
  const { daemon } = await readKnownSystem(client);
  return (await measure([service], daemon?.pid)).services.get(service.name);
}

function isKnownService(answer: unknown): answer is KnownService {
  const service = answer as Partial<KnownService> | null | undefined;
  return typeof service?.name === "string" && typeof service.exit === "object";
}

function lastLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.slice(-LOG_LINES);
}

/** The second line contains the state; its word is coloured. */
function stateColoured([first, second, ...rest]: string[], status: WireStatus, style: TextStyle): string[] {
  const word = stateName(status.state);
  return [first, second.replace(word, () => paint(word, lookOf(status).colour, style)), ...rest];
}

/** The lines that the reference does not have. */
function moreLines({ service, log }: Detail, now: number, style: TextStyle): string[] {
  const lines: string[] = [];
  const { since, restarts, waitingFor, exit, pid, reason, state, failure, logFile, health, timer } = service;
  if (since !== undefined) {
    const time = new Date(since).toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC");
    lines.push(`Since: ${time} (${durationText(now - since)} ago)`);
  }
  if (waitingFor !== undefined && waitingFor.length > 0) {
    lines.push(`Waits for: ${waitingFor.map(printable).join(", ")}`);
  }
  if (restarts !== undefined) lines.push(`Restarts: ${restarts}`);
  if (service.unhealthy !== undefined) lines.push(`Reason: ${printable(service.unhealthy)}`);
  if (service.outOfMemory !== undefined) {
    lines.push(`Reason: out of memory (${sizeText(service.outOfMemory)})`);
  }
  if (health !== undefined) {
    const { conditionOf, healthFacts } = healthText;
    lines.push(`Health: ${[conditionOf(health), ...healthFacts(health, now)].join("; ")}`);
  }
  if (timer !== undefined) {
    const { lastText, nextText } = timerText;
    lines.push(`Next run: ${nextText(timer, now)}`);
    if (timer.last !== undefined) lines.push(`Last run: ${lastText(timer.last)}`);
  }
  // The line of the state already says it for a failed service.
  const told = state === ServiceState.STOPPED && reason !== StopReason.NORMAL && exit.status !== 0;
  if (exit.code !== 0 && pid === undefined && !told) lines.push(`Last exit: ${exitText(exit)}`);
  if (failure?.program !== undefined) lines.push(`Cannot execute: ${printable(failure.program)}`);
  if (failure?.advice !== undefined) lines.push(`Advice: ${printable(failure.advice)}`);
  if (failure?.limit !== undefined && state === ServiceState.STOPPED) {
    lines.push(`Restart limit: ${restartLimitText(failure.limit)}`);
  }
  if (logFile !== undefined) lines.push(`Log: ${printable(logFile)}`);
  if (failure !== undefined && failure.output.length > 0 && log === undefined) {
    const ago = durationText(now - failure.time);
    lines.push(`Output before the failure ${ago} ago:`, ...indented(failure.output));
  }
  if (failure?.unkept !== undefined) lines.push(`Output: ${unkeptText(failure.unkept)}`);
  if (log !== undefined && log.length > 0) lines.push("Output:", ...indented(log));
  return lines.map((line) => cutText(`    ${line}`, style.columns ?? Infinity));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${printable(line)}`);
}
