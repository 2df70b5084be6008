/**
 * Draws the states and phases of a service, the transitions between the states, and the reaction to every event in
 * every phase, from the engine's own tables.
 *
 *     deno run --allow-read --allow-write=docs scripts/state_diagram.ts
 *
 * writes docs/engine-states.svg; a test checks that the file is up to date.
 */

import { PHASE_STATES, type PhaseKind } from "../src/engine/lifecycle/phase.ts";
import { IMPOSSIBLE, NOTHING, PHASE_TABLE, type PhaseEvent } from "../src/engine/lifecycle/phase_table.ts";
import { STATE_CHANGES, STATE_NAMES, type StateChange } from "../src/engine/lifecycle/state_changes.ts";
import { ServiceState } from "../src/model/mod.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;

/** The path of the file. */
export const DIAGRAM = new URL("../docs/engine-states.svg", import.meta.url);

const PHASES = Object.keys(PHASE_STATES) as PhaseKind[];
const EVENTS = Object.keys(PHASE_TABLE.stopped) as PhaseEvent[];

const BOX_WIDTH = 210;
/** The space between the two arrows of a pair. */
const APART = 26;
const LINE = 17;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The centres of the boxes: the way up on the right side, the way down on the left side. */
const PLACES: Readonly<Record<ServiceState, Point>> = {
  [STOPPED]: { x: 130, y: 130 },
  [STARTING]: { x: 770, y: 130 },
  [STARTED]: { x: 770, y: 500 },
  [STOPPING]: { x: 130, y: 500 },
};

function phasesOf(state: ServiceState): PhaseKind[] {
  return PHASES.filter((kind) => PHASE_STATES[kind] === state);
}

function boxHeight(state: ServiceState): number {
  return 42 + phasesOf(state).length * LINE;
}

/** Where an arrow to another point leaves the box of a state with this centre. */
function edgeOfBox(state: ServiceState, middle: Point, towards: Point): Point {
  const dx = towards.x - middle.x;
  const dy = towards.y - middle.y;
  const scale = Math.min(
    dx === 0 ? Infinity : BOX_WIDTH / 2 / Math.abs(dx),
    dy === 0 ? Infinity : boxHeight(state) / 2 / Math.abs(dy),
  );
  return { x: middle.x + dx * scale, y: middle.y + dy * scale };
}

function arrow({ from, to, causes }: StateChange): string {
  const length = Math.hypot(PLACES[to].x - PLACES[from].x, PLACES[to].y - PLACES[from].y);
  const isPair = STATE_CHANGES.some((other) => other.from === to && other.to === from);
  // An arrow of a pair runs to the right of the line between the boxes, in its own direction.
  const aside = isPair ? APART / length : 0;
  const shift = {
    x: -(PLACES[to].y - PLACES[from].y) * aside,
    y: (PLACES[to].x - PLACES[from].x) * aside,
  };
  const [a, b] = [PLACES[from], PLACES[to]].map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y }));
  const begin = edgeOfBox(from, a, b);
  const end = edgeOfBox(to, b, a);
  const at = { x: begin.x * 0.6 + end.x * 0.4, y: begin.y * 0.6 + end.y * 0.4 };
  const first = at.y - ((causes.length - 1) * LINE) / 2 + 5;
  const lines = causes.map((cause, index) =>
    `  <text class="cause" x="${round(at.x)}" y="${round(first + index * LINE)}">${cause}</text>`
  );
  return [
    `  <line x1="${round(begin.x)}" y1="${round(begin.y)}" x2="${round(end.x)}" y2="${round(end.y)}"/>`,
    ...lines,
  ].join("\n");
}

function box(state: ServiceState): string {
  const { x, y } = PLACES[state];
  const height = boxHeight(state);
  const top = y - height / 2;
  return [
    `  <rect x="${x - BOX_WIDTH / 2}" y="${top}" width="${BOX_WIDTH}" height="${height}" rx="8"/>`,
    `  <text class="state" x="${x}" y="${top + 24}">${STATE_NAMES[state]}</text>`,
    ...phasesOf(state).map((kind, index) =>
      `  <text class="phase" x="${x}" y="${top + 44 + index * LINE}">${kind}</text>`
    ),
  ].join("\n");
}

/** Position and size of the table, in the units of the picture above it. */
const TABLE = { x: 20, y: 660, name: 170, column: 112, row: 46, letters: 18 };

/** Breaks text into lines of at most this many letters. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= TABLE.letters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function cell(column: number, row: number, text: string, style: string): string {
  const left = TABLE.x + (column === 0 ? 0 : TABLE.name + (column - 1) * TABLE.column);
  const width = column === 0 ? TABLE.name : TABLE.column;
  const top = TABLE.y + row * TABLE.row;
  const lines = wrapped(text);
  const first = top + TABLE.row / 2 + 4 - ((lines.length - 1) * 12) / 2;
  return [
    `  <rect class="${style}" x="${left}" y="${top}" width="${width}" height="${TABLE.row}"/>`,
    ...lines.map((line, index) =>
      `  <text class="${style}" x="${left + width / 2}" y="${round(first + index * 12)}">${line}</text>`
    ),
  ].join("\n");
}

/** Every event in every phase. */
function table(): string {
  const head = ["phase", ...EVENTS].map((name, column) => cell(column, 0, name, "head"));
  const rows = PHASES.flatMap((kind, index) => [
    cell(0, index + 1, kind, "head"),
    ...EVENTS.map((event, column) => {
      const reaction = PHASE_TABLE[kind][event];
      const style = reaction === IMPOSSIBLE ? "impossible" : reaction === NOTHING ? "nothing" : "reaction";
      return cell(column + 1, index + 1, reaction, style);
    }),
  ]);
  return [...head, ...rows].join("\n");
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/** The diagram as SVG. */
export function stateDiagram(): string {
  const width = 2 * TABLE.x + TABLE.name + EVENTS.length * TABLE.column;
  const height = TABLE.y + (PHASES.length + 1) * TABLE.row + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">
  <title>The states and phases of a service, and what it does about events</title>
  <style>
    svg { background: #fff }
    rect { fill: #eef3f8; stroke: #345 }
    line { stroke: #345; stroke-width: 1.5; marker-end: url(#head) }
    text { text-anchor: middle; fill: #123 }
    .state { font-size: 18px; font-weight: bold }
    .phase { font-size: 13px }
    .cause { font-size: 13px; paint-order: stroke; stroke: #fff; stroke-width: 5px }
    rect.head { fill: #dfe8f1 }
    text.head, text.reaction, text.nothing, text.impossible { font-size: 11px }
    text.head { font-weight: bold }
    rect.reaction, rect.nothing { fill: #fff }
    rect.impossible { fill: #f1f1f1 }
    text.nothing, text.impossible { fill: #999 }
  </style>
  <marker id="head" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto">
    <path d="M0 0 10 5 0 10z" fill="#345"/>
  </marker>
${STATE_CHANGES.map(arrow).join("\n")}
${[STOPPED, STARTING, STARTED, STOPPING].map(box).join("\n")}
${table()}
</svg>
`;
}

if (import.meta.main) {
  Deno.mkdirSync(new URL(".", DIAGRAM), { recursive: true });
  Deno.writeTextFileSync(DIAGRAM, stateDiagram());
}
