/**
 * What `top` shows and what its keys do: a state that keys change, and the lines of the screen. It performs nothing: a
 * key that asks for an action returns it.
 */

import type { KnownService } from "../../../client/steps.ts";
import type { FiguresReading, ProcessSample } from "../../../insight/mod.ts";
import { durationText } from "../../shared/duration_text.ts";
import { Colour, paint, type TextStyle } from "../../shared/style.ts";
import { cutText, printable, textWidth } from "../../shared/text_width.ts";
import { bytesText, cpuText } from "../figures_text.ts";
import { lookOf } from "../look.ts";
import { detailText } from "../overview_text.ts";

/** What a key asks for. */
export type TopAction =
  | { readonly kind: "quit" }
  | { readonly kind: "stop" | "restart" | "logs"; readonly service: string };

/** What is shown. */
export interface TopFacts {
  readonly services: readonly KnownService[];
  readonly figures: FiguresReading;
  /** Milliseconds. @default unknown */
  readonly uptime?: number;
}

/** The room and the style of the screen. */
export interface TopScreen extends TextStyle {
  readonly columns: number;
  readonly rows: number;
}

const ORDERS = {
  c: "CPU",
  m: "memory",
  i: "processes",
} as const;
type Order = keyof typeof ORDERS;

/** It fits 80 columns. */
const HELP = "s stop  r restart  l logs  t tree  / filter  c CPU  m memory  i procs  q quit";
/** The lines above and below the table. */
const FRAME = 5;

/** The state of the screen. */
export class TopView {
  #facts: TopFacts;
  #order: Order = "c";
  #filter = "";
  /** The filter is being typed. */
  #isTyping = false;
  #showsTree = false;
  /** The name of the chosen service. */
  #chosen: string | undefined;
  #asked: { readonly kind: "stop" | "restart"; readonly service: string } | undefined;
  #message = "";

  constructor(facts: TopFacts) {
    this.#facts = facts;
  }

  /** Shows other facts. */
  show(facts: TopFacts): void {
    this.#facts = facts;
  }

  /** Shows a message until the next key. */
  say(message: string): void {
    this.#message = message;
  }

  /** Does what a key means: a character, or a word such as `up`. Returns what is to be performed. */
  press(key: string): TopAction | undefined {
    this.#message = "";
    if (this.#isTyping) return this.#type(key);
    if (this.#asked !== undefined) return this.#answer(key);
    switch (key) {
      case "q":
      case "interrupt":
        return { kind: "quit" };
      case "up":
      case "k":
        return this.#move(-1);
      case "down":
      case "j":
        return this.#move(1);
      case "page-up":
        return this.#move(-10);
      case "page-down":
        return this.#move(10);
      case "c":
      case "m":
      case "i":
        this.#order = key;
        return undefined;
      case "t":
        this.#showsTree = !this.#showsTree;
        return undefined;
      case "/":
        this.#isTyping = true;
        this.#filter = "";
        return undefined;
      case "s":
      case "r":
        return this.#ask(key === "s" ? "stop" : "restart");
      case "l": {
        const service = this.#current()?.name;
        return service === undefined ? undefined : { kind: "logs", service };
      }
    }
    return undefined;
  }

  #ask(kind: "stop" | "restart"): undefined {
    const service = this.#current()?.name;
    if (service !== undefined) this.#asked = { kind, service };
  }

  #answer(key: string): TopAction | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    return key === "y" ? asked : undefined;
  }

  #type(key: string): TopAction | undefined {
    if (key === "interrupt") return { kind: "quit" };
    if (key === "enter") this.#isTyping = false;
    else if (key === "escape") {
      this.#isTyping = false;
      this.#filter = "";
    } else if (key === "backspace") this.#filter = this.#filter.slice(0, -1);
    else if (key.length === 1) this.#filter += key;
    return undefined;
  }

  #move(by: number): undefined {
    const services = this.#shown();
    const at = Math.max(0, services.findIndex(({ name }) => name === this.#chosen));
    this.#chosen = services[Math.min(services.length - 1, Math.max(0, at + by))]?.name;
  }

  /** The chosen service; the first one if none is chosen, or the chosen one is not shown. */
  #current(): KnownService | undefined {
    const services = this.#shown();
    return services.find(({ name }) => name === this.#chosen) ?? services[0];
  }

  /** The services that the filter shows, in the chosen order. */
  #shown(): KnownService[] {
    const { services, figures } = this.#facts;
    const sizeOf = ({ name }: KnownService) => {
      const own = figures.services.get(name);
      if (own === undefined) return -1;
      return this.#order === "c" ? own.cpu ?? 0 : this.#order === "m" ? own.memory : own.processes;
    };
    return services.filter(({ name }) => name.includes(this.#filter))
      .sort((a, b) => sizeOf(b) - sizeOf(a) || (a.name < b.name ? -1 : 1));
  }

  /** The lines of the screen, as many as it has rows. */
  lines(screen: TopScreen, now: number): string[] {
    const services = this.#shown();
    const current = this.#current();
    const width = nameColumns(services, screen);
    const table = this.#table(services, current, { ...screen, width }, now);
    const at = table.findIndex(({ isChosen }) => isChosen);
    const room = Math.max(1, screen.rows - FRAME);
    const first = Math.min(Math.max(0, at - room + 1), Math.max(0, table.length - room));
    const body = table.slice(first, first + room).map(({ line }) => line);
    return [
      this.#headline(screen),
      "",
      paint(cutText(headingText(width), screen.columns), Colour.FAINT, screen),
      ...body,
      ...Array(room - body.length).fill(""),
      "",
      this.#footer(screen),
    ];
  }

  #headline(screen: TopScreen): string {
    const { services, figures, uptime } = this.#facts;
    const sum = [...figures.services.values()].reduce(
      (all, { cpu = 0, memory }) => ({ cpu: all.cpu + cpu, memory: all.memory + memory }),
      { cpu: 0, memory: 0 },
    );
    const parts = [
      `${services.length} services`,
      `CPU ${(100 * sum.cpu).toFixed(1)}%`,
      `memory ${bytesText(sum.memory)}`,
      ...(uptime === undefined ? [] : [`up ${durationText(uptime)}`]),
      `by ${ORDERS[this.#order]}`,
      ...(this.#filter === "" ? [] : [`filter ${printable(this.#filter)}`]),
    ];
    return paint(cutText(parts.join("  "), screen.columns), Colour.BOLD, screen);
  }

  #footer({ columns }: TopScreen): string {
    if (this.#isTyping) return cutText(`/${printable(this.#filter)}_`, columns);
    if (this.#asked === undefined) return cutText(printable(this.#message || HELP), columns);
    const { kind, service } = this.#asked;
    const [before, behind] = [`${kind} `, "? (y/n)"];
    const room = Math.max(0, columns - before.length - behind.length);
    return cutText(`${before}${cutText(printable(service), room)}${behind}`, columns);
  }

  #table(
    services: readonly KnownService[],
    current: KnownService | undefined,
    screen: TableScreen,
    now: number,
  ) {
    return services.flatMap((service) => {
      const isChosen = service === current;
      const row = cutText(rowText(service, this.#facts.figures, screen, now), screen.columns);
      const plain = row + " ".repeat(Math.max(0, screen.columns - textWidth(row)));
      const line = !isChosen
        ? paint(row, lookOf(service).word === "failed" ? Colour.RED : undefined, screen)
        : screen.symbols
        ? `\x1b[7m${plain}\x1b[0m`
        : row;
      const processes = this.#showsTree ? this.#facts.figures.members.get(service.name) ?? [] : [];
      return [
        { line, isChosen },
        ...treeLines(processes).map((text) => ({ line: cutText(text, screen.columns), isChosen: false })),
      ];
    });
  }
}

const WIDTHS = { cpu: 8, memory: 8, processes: 6, pid: 8, since: 9, state: 8 } as const;
/** The columns between the name and what is unusual. */
const FIGURE_COLUMNS = Object.values(WIDTHS).reduce<number>((sum, width) => sum + width, 4);
/** In fewer columns nothing can be said. */
const LEAST_DETAIL = 10;

/** The screen, and how many columns the names have. */
interface TableScreen extends TopScreen {
  readonly width: number;
}

function headingText(width: number): string {
  return [
    "SERVICE".padEnd(width),
    "CPU".padStart(WIDTHS.cpu),
    "MEMORY".padStart(WIDTHS.memory),
    "PROCS".padStart(WIDTHS.processes),
    "PID".padStart(WIDTHS.pid),
    "SINCE".padStart(WIDTHS.since),
    "  STATE",
  ].join("");
}

function rowText(
  service: KnownService,
  { services }: FiguresReading,
  { width, columns }: TableScreen,
  now: number,
): string {
  const { pid, since } = service;
  const figures = services.get(service.name);
  const name = cutText(printable(service.name), width);
  return [
    name + " ".repeat(width - textWidth(name)),
    (figures === undefined ? "" : cpuText(figures)).padStart(WIDTHS.cpu),
    (figures === undefined ? "" : bytesText(figures.memory)).padStart(WIDTHS.memory),
    String(figures?.processes ?? "").padStart(WIDTHS.processes),
    String(pid ?? "").padStart(WIDTHS.pid),
    (since === undefined ? "" : durationText(now - since)).padStart(WIDTHS.since),
    `  ${lookOf(service).word.padEnd(WIDTHS.state)}`,
    columns - width - FIGURE_COLUMNS < LEAST_DETAIL ? "" : `  ${detailText(service, now)}`,
  ].join("").trimEnd();
}

/** Names have what the longest one needs, but leave half of the room to the last column. */
function nameColumns(services: readonly KnownService[], { columns }: TopScreen): number {
  const room = columns - FIGURE_COLUMNS;
  const most = Math.min(room, Math.max(36, Math.floor(room / 2)));
  const longest = services.reduce((most, { name }) => Math.max(most, textWidth(printable(name))), 0);
  return Math.max(12, Math.min(longest, most));
}

/** The processes of a service below each other, children indented. */
function treeLines(processes: readonly ProcessSample[]): string[] {
  const ids = new Set(processes.map(({ pid }) => pid));
  const lines: string[] = [];
  const open = processes.filter(({ parent }) => !ids.has(parent)).reverse().map((process) => ({
    process,
    depth: 1,
  }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { process, depth } = next;
    lines.push(
      `${"  ".repeat(Math.min(depth, 20))}${process.pid} ${printable(process.program)} ${
        bytesText(process.memory)
      }`,
    );
    const children = processes.filter(({ parent, pid }) => parent === process.pid && pid !== process.pid);
    open.push(...children.reverse().map((child) => ({ process: child, depth: depth + 1 })));
  }
  return lines;
}
