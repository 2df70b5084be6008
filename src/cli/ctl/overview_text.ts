/**
 * The overview of the whole system as text: a pure function of the facts. On a terminal it has colours and symbols and
 * fits the width; in a pipe it is plain text in columns.
 */

import { ServiceState } from "../../model/states.ts";
import { type LogKeeperStatus, restartLimitText } from "../../model/status.ts";
import type { Figures } from "../../insight/mod.ts";
import { durationText } from "../shared/duration_text.ts";
import { bytesText, cpuText } from "./figures_text.ts";
import { lookOf, LOOKS } from "./look.ts";
import type { KnownService } from "./service_facts.ts";
import { stopText } from "./status_text.ts";
import { Colour, paint, type TextStyle } from "../shared/style.ts";
import { cutText, printable, textWidth } from "../shared/text_width.ts";

/** The facts of an overview. An `Overview` of the model is one. */
export interface OverviewFacts {
  readonly daemon: {
    /** @default unknown */
    readonly version?: string;
    /** @default unknown */
    readonly compatibleWith?: string;
    /** @default unknown */
    readonly pid?: number;
    /** Milliseconds. @default unknown */
    readonly uptime?: number;
    /** @default unknown */
    readonly socket?: string;
    /** @default unknown */
    readonly shuttingDown?: boolean;
  } & LogKeeperStatus;
  readonly services: readonly KnownService[];
  /** What services cost, by their names. @default not shown */
  readonly figures?: ReadonlyMap<string, Figures>;
}

/** How to present it. */
export interface OverviewStyle extends TextStyle {
  /** Wall clock time in milliseconds since 1970. */
  readonly now: number;
}

/** One cell of the table: its text and colour. */
interface Cell {
  readonly text: string;
  readonly colour?: Colour;
  readonly right?: boolean;
}

const GAP = "  ";

/** The overview, with a newline behind each line. */
export function renderOverview(facts: OverviewFacts, style: OverviewStyle): string {
  const header = [daemonLine(facts.daemon), countsLine(facts.services)];
  const lines = header.map((cells) => paintedLine(cells, cells.map(() => 0), style));
  if (facts.services.length > 0) lines.push("", ...serviceTable(facts, style));
  return lines.map((line) => `${line}\n`).join("");
}

function daemonLine(daemon: OverviewFacts["daemon"]): Cell[] {
  const { version, compatibleWith, pid, uptime, socket, shuttingDown } = daemon;
  const cells: Cell[] = [{
    text: version === undefined ? "dinit" : `dinit ${printable(version)}`,
    colour: Colour.BOLD,
  }];
  if (pid !== undefined) cells.push({ text: `pid ${pid}` });
  if (uptime !== undefined) cells.push({ text: `up ${durationText(uptime)}` });
  if (socket !== undefined) cells.push({ text: `socket ${printable(socket)}` });
  cells.push(...keeperCells(daemon));
  if (shuttingDown) cells.push({ text: "shutting down", colour: Colour.YELLOW });
  // It comes last, because a narrow terminal can omit it.
  if (compatibleWith !== undefined) {
    cells.push({ text: `compatible with dinit ${printable(compatibleWith)}`, colour: Colour.FAINT });
  }
  return cells;
}

function keeperCells({ logKeeper, logKeeperState, silentLogKeepers = 0 }: LogKeeperStatus): Cell[] {
  const process = logKeeper === undefined ? "" : ` pid ${logKeeper}`;
  const replaced = silentLogKeepers === 0 ? "" : `, ${silentLogKeepers} before did not answer`;
  if (logKeeperState === "missing") return [{ text: "keeper of logs does not run", colour: Colour.RED }];
  if (logKeeperState === "silent") {
    return [{ text: `keeper of logs${process} does not answer`, colour: Colour.YELLOW }];
  }
  return process === "" ? [] : [{ text: `keeper of logs${process}${replaced}` }];
}

function countsLine(services: readonly KnownService[]): Cell[] {
  const looks = services.map(lookOf);
  const cells: Cell[] = [{ text: services.length === 1 ? "1 service" : `${services.length} services` }];
  for (const look of Object.values(LOOKS)) {
    const count = looks.filter((other) => other === look).length;
    if (count > 0) cells.push({ text: `${count} ${look.word}`, colour: look.colour });
  }
  return cells;
}

function serviceTable({ services, figures }: OverviewFacts, style: OverviewStyle): string[] {
  const timed = services.some(({ since }) => since !== undefined);
  const heading: Cell[] = [
    ...(style.symbols ? [{ text: " " }] : []),
    { text: "STATE" },
    { text: "SERVICE" },
    { text: "PID", right: true },
    ...(timed ? [{ text: "SINCE", right: true }] : []),
    ...(figures === undefined ? [] : ["CPU", "MEMORY", "PROCS"].map((text) => ({ text, right: true }))),
    { text: "" },
  ].map((cell) => ({ ...cell, colour: Colour.FAINT }));
  const rows = services.map((service) => serviceCells(service, timed, figures, style));
  const table = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => textWidth(row[column].text))));
  return table.map((row) => paintedLine(row, widths, style));
}

function serviceCells(
  service: KnownService,
  timed: boolean,
  figures: OverviewFacts["figures"],
  style: OverviewStyle,
): Cell[] {
  const { word, symbol, colour } = lookOf(service);
  const since = service.since === undefined ? "" : durationText(style.now - service.since);
  return [
    ...(style.symbols ? [{ text: symbol, colour }] : []),
    { text: word, colour },
    { text: printable(service.name) },
    { text: service.pid === undefined ? "-" : String(service.pid), right: true },
    ...(timed ? [{ text: since, right: true }] : []),
    ...(figures === undefined ? [] : figureCells(figures.get(service.name))),
    { text: detailText(service, style.now), colour: colour === Colour.RED ? Colour.RED : Colour.FAINT },
  ];
}

/** Processor time, memory and the number of processes; a service without processes has none. */
function figureCells(figures: Figures | undefined): Cell[] {
  const texts = figures === undefined
    ? ["-", "-", "-"]
    : [cpuText(figures), bytesText(figures.memory), String(figures.processes)];
  return texts.map((text) => ({ text, right: true }));
}

/**
 * What it waits for, why it stopped, and anything else that is unusual.
 *
 * @param now milliseconds since 1970
 */
export function detailText(service: KnownService, now: number): string {
  const { state, target, waitingFor = [], restarts = 0, failure, health, retryAt, timer } = service;
  const parts: string[] = [];
  if (state === ServiceState.STOPPED) {
    const { reason, launch } = stopText(service);
    if (reason !== "") {
      parts.push(launch === undefined ? reason : `${reason}: ${launch.stage}: ${launch.error}`);
      if (failure?.limit !== undefined) parts.push(restartLimitText(failure.limit));
      const lastLine = failure?.output.at(-1);
      if (lastLine !== undefined) parts.push(`said "${printable(lastLine)}"`);
    }
  }
  if (state === ServiceState.STARTED && service.skipped) parts.push("startup skipped");
  if (waitingFor.length > 0) parts.push(`waits for ${waitingFor.map(printable).join(", ")}`);
  else if (service.waitingForConsole) parts.push("waits for console");
  if (service.holdingConsole) parts.push("has console");
  if (health?.verdict === "unhealthy") {
    parts.push(health.last === undefined ? "unhealthy" : `unhealthy: ${printable(health.last)}`);
  }
  const up = state === ServiceState.STARTED || state === ServiceState.STARTING;
  if (up && target === ServiceState.STOPPED) parts.push("will stop");
  if (retryAt !== undefined) parts.push(`starts again in ${durationText(Math.max(0, retryAt - now))}`);
  else if (!up && target === ServiceState.STARTED) parts.push("will start again");
  if (timer?.next !== undefined) parts.push(`next run in ${durationText(Math.max(0, timer.next - now))}`);
  if (restarts > 0) parts.push(restarts === 1 ? "restarted once" : `restarted ${restarts} times`);
  return parts.join(", ");
}

/** One line: cells padded to `widths`, coloured, and cut to the width. It has no trailing blanks. */
function paintedLine(cells: readonly Cell[], widths: readonly number[], style: OverviewStyle): string {
  let room = style.columns ?? Infinity;
  let line = "";
  let space = "";
  for (const [index, { text, colour, right }] of cells.entries()) {
    const padding = " ".repeat(Math.max(0, widths[index] - textWidth(text)));
    if (right) space += padding;
    const shown = cutText(text, room - space.length);
    if (shown !== "") {
      line += space + paint(shown, colour, style);
      room -= space.length + textWidth(shown);
      space = "";
    }
    space += (right ? "" : padding) + GAP;
  }
  return line;
}
