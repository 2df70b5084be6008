/**
 * The overview of the whole system as text: a pure function of the facts. In a terminal it has colours and symbols
 * and keeps to the width; in a pipe it is plain text in columns.
 */

import type { WireStatus } from "../control/client.ts";
import { ServiceState } from "../model/mod.ts";
import { hasFailed, stopText } from "./status_text.ts";

/** A service in the overview. A `ServiceOverview` of the model is one; daemons without extensions tell less. */
export interface OverviewService extends WireStatus {
  readonly name: string;
  /** When the state was entered, in milliseconds since 1970. @default unknown */
  readonly since?: number;
  /** @default unknown */
  readonly waitingFor?: readonly string[];
  /** @default unknown */
  readonly restarts?: number;
}

/** The facts of an overview. An `Overview` of the model is one. */
export interface OverviewFacts {
  readonly daemon: {
    /** @default unknown */
    readonly version?: string;
    /** @default unknown */
    readonly pid?: number;
    /** Milliseconds. @default unknown */
    readonly uptime?: number;
    /** @default unknown */
    readonly socket?: string;
    /** @default unknown */
    readonly shuttingDown?: boolean;
  };
  readonly services: readonly OverviewService[];
}

/** How to present it. */
export interface OverviewStyle {
  /** Wall clock time in milliseconds since 1970. */
  readonly now: number;
  /** Colour the states. @default false */
  readonly colour?: boolean;
  /** Put a symbol in front of each service. @default false */
  readonly symbols?: boolean;
  /** Cut lines to this many columns. @default no limit */
  readonly columns?: number;
}

/** What a service looks like at a glance. */
interface Look {
  readonly word: string;
  readonly symbol: string;
  /** The parameter of an SGR escape sequence. */
  readonly colour: string;
}

const GREEN = "32", YELLOW = "33", RED = "31", FAINT = "2", BOLD = "1";

/** In the order in which they are counted. */
const LOOKS = {
  started: { word: "started", symbol: "●", colour: GREEN },
  starting: { word: "starting", symbol: "◐", colour: YELLOW },
  stopping: { word: "stopping", symbol: "◑", colour: YELLOW },
  failed: { word: "failed", symbol: "×", colour: RED },
  stopped: { word: "stopped", symbol: "○", colour: FAINT },
} as const satisfies Record<string, Look>;

function lookOf(service: OverviewService): Look {
  switch (service.state) {
    case ServiceState.STARTED:
      return LOOKS.started;
    case ServiceState.STARTING:
      return LOOKS.starting;
    case ServiceState.STOPPING:
      return LOOKS.stopping;
    default:
      return hasFailed(service) ? LOOKS.failed : LOOKS.stopped;
  }
}

/** One cell of the table: text, and how it is painted. */
interface Cell {
  readonly text: string;
  readonly colour?: string;
  readonly right?: boolean;
}

const GAP = "  ";

/** The overview, with a newline behind each line. */
export function renderOverview(facts: OverviewFacts, style: OverviewStyle): string {
  const header = [daemonLine(facts.daemon), countsLine(facts.services)];
  const lines = header.map((cells) => paintedLine(cells, cells.map(() => 0), style));
  if (facts.services.length > 0) lines.push("", ...serviceTable(facts.services, style));
  return lines.map((line) => `${line}\n`).join("");
}

function daemonLine({ version, pid, uptime, socket, shuttingDown }: OverviewFacts["daemon"]): Cell[] {
  const cells: Cell[] = [{
    text: version === undefined ? "dinit" : `dinit ${printable(version)}`,
    colour: BOLD,
  }];
  if (pid !== undefined) cells.push({ text: `pid ${pid}` });
  if (uptime !== undefined) cells.push({ text: `up ${durationText(uptime)}` });
  if (socket !== undefined) cells.push({ text: `socket ${printable(socket)}` });
  if (shuttingDown) cells.push({ text: "shutting down", colour: YELLOW });
  return cells;
}

function countsLine(services: readonly OverviewService[]): Cell[] {
  const looks = services.map(lookOf);
  const cells: Cell[] = [{ text: services.length === 1 ? "1 service" : `${services.length} services` }];
  for (const look of Object.values(LOOKS)) {
    const count = looks.filter((other) => other === look).length;
    if (count > 0) cells.push({ text: `${count} ${look.word}`, colour: look.colour });
  }
  return cells;
}

function serviceTable(services: readonly OverviewService[], style: OverviewStyle): string[] {
  const timed = services.some(({ since }) => since !== undefined);
  const heading: Cell[] = [
    ...(style.symbols ? [{ text: " " }] : []),
    { text: "STATE" },
    { text: "SERVICE" },
    { text: "PID", right: true },
    ...(timed ? [{ text: "SINCE", right: true }] : []),
    { text: "" },
  ].map((cell) => ({ ...cell, colour: FAINT }));
  const rows = services.map((service) => serviceCells(service, timed, style));
  const table = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => textWidth(row[column].text))));
  return table.map((row) => paintedLine(row, widths, style));
}

function serviceCells(service: OverviewService, timed: boolean, style: OverviewStyle): Cell[] {
  const { word, symbol, colour } = lookOf(service);
  const since = service.since === undefined ? "" : durationText(style.now - service.since);
  return [
    ...(style.symbols ? [{ text: symbol, colour }] : []),
    { text: word, colour },
    { text: printable(service.name) },
    { text: service.pid === undefined ? "-" : String(service.pid), right: true },
    ...(timed ? [{ text: since, right: true }] : []),
    { text: detailText(service), colour: colour === RED ? RED : FAINT },
  ];
}

/** What it waits for, why it stopped, and whatever else is out of the ordinary. */
function detailText(service: OverviewService): string {
  const { state, target, waitingFor = [], restarts = 0 } = service;
  const parts: string[] = [];
  if (state === ServiceState.STOPPED) {
    const { reason, launch } = stopText(service);
    if (reason !== "") {
      parts.push(launch === undefined ? reason : `${reason}: ${launch.stage}: ${launch.error}`);
    }
  }
  if (state === ServiceState.STARTED && service.skipped) parts.push("startup skipped");
  if (waitingFor.length > 0) parts.push(`waits for ${waitingFor.map(printable).join(", ")}`);
  else if (service.waitingForConsole) parts.push("waits for console");
  if (service.holdingConsole) parts.push("has console");
  const up = state === ServiceState.STARTED || state === ServiceState.STARTING;
  if (up && target === ServiceState.STOPPED) parts.push("will stop");
  if (!up && target === ServiceState.STARTED) parts.push("will start again");
  if (restarts > 0) parts.push(restarts === 1 ? "restarted once" : `restarted ${restarts} times`);
  return parts.join(", ");
}

/** One line: cells padded to `widths`, painted, and cut to the columns there are. Nothing trails. */
function paintedLine(cells: readonly Cell[], widths: readonly number[], style: OverviewStyle): string {
  let room = style.columns ?? Infinity;
  let line = "";
  let space = "";
  for (const [index, { text, colour, right }] of cells.entries()) {
    const padding = " ".repeat(Math.max(0, widths[index] - textWidth(text)));
    if (right) space += padding;
    const shown = cut(text, room - space.length);
    if (shown !== "") {
      line += space + paint(shown, colour, style);
      room -= space.length + textWidth(shown);
      space = "";
    }
    space += (right ? "" : padding) + GAP;
  }
  return line;
}

function paint(text: string, colour: string | undefined, { colour: wanted }: OverviewStyle): string {
  return wanted && colour !== undefined && text.trim() !== "" ? `\x1b[${colour}m${text}\x1b[0m` : text;
}

/** Columns, taking each character for one. */
function textWidth(text: string): number {
  return [...text].length;
}

/** The text if there is room for it; otherwise as much as fits, with an ellipsis. */
function cut(text: string, room: number): string {
  if (textWidth(text) <= room) return text;
  return room < 1 ? "" : [...text].slice(0, room - 1).join("") + "…";
}

/** Names may hold any byte; a terminal must not act on them. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\ud800-\udfff]/gu, "?");
}

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const UNITS = [[DAY, "d"], [HOUR, "h"], [MINUTE, "m"], [SECOND, "s"]] as const;

/** A length of time in milliseconds, in its two largest units: `3d 4h`, `3m 12s`, `7s`. */
export function durationText(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const first = UNITS.findIndex(([size]) => length >= size);
  if (first === -1) return "0s";
  const [size, unit] = UNITS[first];
  const large = `${Math.floor(length / size)}${unit}`;
  const next = UNITS[first + 1];
  return next === undefined ? large : `${large} ${Math.floor((length % size) / next[0])}${next[1]}`;
}
