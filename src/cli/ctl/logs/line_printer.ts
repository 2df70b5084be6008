/** How lines of logs look: with the names of their services, in colours, in the columns of the terminal. */

import type { CtlIo } from "../../shared/io.ts";
import type { TextStyle } from "../../shared/style.ts";
import { cutText, printable, textWidth, widestName } from "../../shared/text_width.ts";

/** A line of a service's log. */
export interface LogLine {
  readonly service: string;
  /** Lossless text without its end. */
  readonly text: string;
  /** In milliseconds since 1970. @default the line has no time */
  readonly time?: number;
}

/** Something that happened to a service. */
export interface LogMark {
  readonly service: string;
  readonly event: "started" | "restarted" | "stopped" | "lost";
  /** Why, or what: `exit 1`. @default nothing to say */
  readonly detail?: string;
}

/** What to print, and where. */
export interface PrinterOptions {
  /** One JSON document for each line. */
  readonly json: boolean;
  /** Put the name of the service in front of each line. */
  readonly named: boolean;
  readonly style: TextStyle;
}

/** The colours of names in turn: parameters of SGR sequences. */
const COLOURS = ["36", "33", "32", "35", "34", "96", "93", "92", "95", "94"];
/** Narrower terminals get unwrapped lines. */
const NARROWEST = 20;

/** Prints lines and marks. */
export class LinePrinter {
  readonly #io: CtlIo;
  readonly #options: PrinterOptions;
  readonly #colours = new Map<string, string>();
  #width = 0;

  constructor(io: CtlIo, options: PrinterOptions) {
    this.#io = io;
    this.#options = options;
  }

  /** Makes room for the name of a service, and gives it a colour. */
  expect(service: string): void {
    if (this.#colours.has(service)) return;
    this.#colours.set(service, COLOURS[this.#colours.size % COLOURS.length]);
    this.#width = Math.max(
      this.#width,
      Math.min(widestName(this.#options.style.columns), textWidth(printable(service))),
    );
  }

  /** Prints a line. False if nobody reads the output. */
  line({ service, text, time }: LogLine): boolean {
    const { json, style } = this.#options;
    if (json) {
      const when = time === undefined ? {} : { time: new Date(time).toISOString() };
      return this.#out(JSON.stringify({ service, ...when, text }));
    }
    if (style.columns === undefined) return this.#out(`${this.#prefix(service, "|")}${text}`);
    const room = style.columns - (this.#options.named ? this.#width + 3 : 0);
    const prefix = this.#prefix(service, style.symbols ? "│" : "|");
    const parts = room < NARROWEST ? [shown(text)] : wrapped(shown(text), room);
    return this.#out(parts.map((part) => `${prefix}${part}`).join("\n"));
  }

  /** Prints a mark. False if nobody reads the output. */
  mark({ service, event, detail }: LogMark): boolean {
    const { json, style } = this.#options;
    if (json) {
      return this.#out(JSON.stringify({ service, event, ...(detail === undefined ? {} : { detail }) }));
    }
    const dash = style.symbols ? "──" : "--";
    const text = `${dash} ${printable(service)} ${event}${
      detail === undefined ? "" : ` (${detail})`
    } ${dash}`;
    return this.#out(style.colour ? `\x1b[1m${text}\x1b[0m` : text);
  }

  #out(text: string): boolean {
    return this.#io.out(`${text}\n`) !== false;
  }

  #prefix(service: string, bar: string): string {
    if (!this.#options.named) return "";
    const name = cutText(printable(service), this.#width);
    const text = `${name}${" ".repeat(this.#width - textWidth(name))} ${bar}`;
    const colour = this.#colours.get(service);
    return this.#options.style.colour && colour !== undefined ? `\x1b[${colour}m${text}\x1b[0m ` : `${text} `;
  }
}

/** A colour of the service itself. Other sequences could move the cursor or change the terminal, and are not passed on. */
// deno-lint-ignore no-control-regex
const SGR = /\x1b\[[\d;]*m/g;
const RESET = "\x1b[0m";

/** The text of a line as a terminal may get it. */
function shown(text: string): string {
  const parts = text.replaceAll("\t", "    ").split(SGR);
  if (parts.length === 1) return printable(parts[0].replace(/\r$/, ""));
  const colours = [...text.matchAll(SGR)].map(([colour]) => colour);
  return parts.map((part, index) => `${printable(part.replace(/\r$/, ""))}${colours[index] ?? ""}`).join("") +
    RESET;
}

/** The text in parts that fit into `room` columns. Colours take no room. */
function wrapped(text: string, room: number): string[] {
  if (text.length <= room && textWidth(text) <= room) return [text];
  const parts: string[] = [];
  let part = "";
  let width = 0;
  const pieces = text.matchAll(new RegExp(`${SGR.source}|[^]`, "gu"));
  for (const [piece] of pieces) {
    const size = piece.startsWith("\x1b") ? 0 : textWidth(piece);
    if (width + size > room) {
      parts.push(part);
      part = "";
      width = 0;
    }
    part += piece;
    width += size;
  }
  return [...parts, part];
}
