/** The words of the summary of `dinit up`. Pure functions of a board. */

import { Colour, paint, type TextStyle } from "../shared/style.ts";
import { cutText, printable, textWidth, widestName, wrapWords } from "../shared/text_width.ts";
import { type Board, failedRows, type Row } from "./board.ts";

/** What stands below the services, besides the numbers. */
export interface SummaryOptions {
  readonly style: TextStyle;
  /** The most lines for services; failed and starting ones come first. @default no limit */
  readonly most?: number;
  /** What stands behind the numbers, such as the keys. @default nothing */
  readonly footer?: string;
  /** A question, with what is typed so far: it takes the place of the numbers. @default nothing is asked */
  readonly question?: string;
}

/** In a narrow terminal, the mark and the state need this much room. */
const ROOM_OF_REST = 14;
/** So many lines may say why a service has failed. */
const MOST_LINES = 3;
/** With less room, the reason is cut. */
const NARROWEST_REASON = 20;

const MARKS: Readonly<Record<Row["look"], readonly [symbol: string, ascii: string, colour?: Colour]>> = {
  ready: ["✓", "+", Colour.GREEN],
  failed: ["✗", "x", Colour.RED],
  starting: ["…", ".", Colour.YELLOW],
  stopping: ["…", ".", Colour.YELLOW],
  stopped: ["–", "-", Colour.FAINT],
};

/** Which services to show if there is no room for all. */
const URGENCY: readonly Row["look"][] = ["failed", "starting", "stopping", "ready", "stopped"];

/** The lines of the summary, each no wider than the terminal. */
export function summaryLines(
  board: Board,
  { style, most = Infinity, footer = "", question }: SummaryOptions,
): string[] {
  const rows = selected(board.rows, most);
  const columns = style.columns ?? Infinity;
  const widest = Math.min(widestName(columns), Math.max(1, columns - ROOM_OF_REST));
  const width = Math.min(widest, Math.max(0, ...rows.map(({ name }) => textWidth(printable(name)))));
  const wrapped = rows.flatMap((row) => rowLines(row, width, { style, most: MOST_LINES }));
  const lines = wrapped.length <= most
    ? wrapped
    : rows.flatMap((row) => rowLines(row, width, { style, most: 1 }));
  if (rows.length < board.rows.length) {
    lines.push(paint(`   and ${board.rows.length - rows.length} more`, Colour.FAINT, style));
  }
  if (question !== undefined) return [...lines, endOfText(question, columns - 1)];
  const total = totalText(board);
  const room = columns - textWidth(total) - 3;
  const end = footer === "" || room < 1 ? "" : `   ${cutText(footer, room)}`;
  lines.push(`${paint(cutText(total, columns), Colour.BOLD, style)}${paint(end, Colour.FAINT, style)}`);
  return lines;
}

/** How many services are ready, and since when: `2 of 3 ready in 2.0 s`. */
function totalText(board: Board): string {
  const { rows, settled, took } = board;
  const ready = rows.filter(({ look }) => look === "ready").length;
  const time = settled && ready > 0 && took !== undefined ? ` in ${secondsText(took)}` : "";
  const failed = failedRows(board).length;
  return `${ready} of ${rows.length} ready${time}${failed > 0 && !settled ? `, ${failed} failed` : ""}`;
}

/** What a board says without its times: two boards with the same result need not be printed twice. */
export function resultOf({ rows }: Board): string {
  return rows.map(({ name, look, detail = "" }) => `${name} ${look} ${look === "failed" ? detail : ""}`).join(
    "\n",
  );
}

function selected(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const urgent = rows.toSorted((a, b) => URGENCY.indexOf(a.look) - URGENCY.indexOf(b.look)).slice(0, most);
  return rows.filter((row) => urgent.includes(row));
}

function rowLines(
  row: Row,
  width: number,
  { style, most }: { readonly style: TextStyle; readonly most: number },
): string[] {
  const [symbol, ascii, colour] = MARKS[row.look];
  const name = cutText(printable(row.name), width);
  const head = `${name}${" ".repeat(width - textWidth(name))}  `;
  const room = (style.columns ?? Infinity) - textWidth(head) - 3;
  const isFailed = row.look === "failed";
  const text = rowText(row);
  const wraps = isFailed && most > 1 && room >= NARROWEST_REASON;
  const parts = wraps ? wrapWords(text, room) : [cutText(text, room)];
  if (parts.length > most) parts.splice(most - 1, Infinity, cutText(`${parts[most - 1]}…`, room));
  const mark = paint(style.symbols ? symbol : ascii, colour, style);
  const indent = " ".repeat(textWidth(head) + 3);
  return parts.map((part, index) =>
    `${index === 0 ? ` ${mark} ${head}` : indent}${isFailed ? paint(part, Colour.RED, style) : part}`
  );
}

function rowText({ look, took, ports, restarts, detail }: Row): string {
  if (look === "failed") return detail ?? "has failed";
  const parts = [look.padEnd("starting".length)];
  if (took !== undefined) parts.push(secondsText(took).padStart(7));
  if (ports.length > 0) parts.push(ports.map((port) => `:${port}`).join(" "));
  if (restarts > 0) parts.push(restarts === 1 ? "restarted once" : `restarted ${restarts} times`);
  if (detail !== undefined) parts.push(detail);
  return parts.join("  ").trimEnd();
}

/** The end of a text: what is typed last must be seen. */
function endOfText(text: string, room: number): string {
  const characters = [...text];
  while (textWidth(characters.join("")) > room) characters.shift();
  return characters.join("");
}

/** `0.8 s`; from a minute on, `1 min 5 s`. */
export function secondsText(milliseconds: number): string {
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
