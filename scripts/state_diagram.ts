/**
 * Draws the states of a service and the ways between them from the engine's own table.
 *
 *     deno run --allow-read --allow-write=docs scripts/state_diagram.ts
 *
 * writes docs/engine-states.svg; a test sees to it that the file is up to date.
 */

import { STATE_CHANGES, STATE_NAMES, type StateChange } from "../src/engine/lifecycle/state_changes.ts";
import { ServiceState } from "../src/model/mod.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;

/** Where the file belongs. */
export const DIAGRAM = new URL("../docs/engine-states.svg", import.meta.url);

const BOX = { width: 150, height: 50 };
/** Space between the two arrows of a pair. */
const APART = 26;
const LINE = 17;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middles of the boxes: up on the right side, down on the left side. */
const PLACES: Readonly<Record<ServiceState, Point>> = {
  [STOPPED]: { x: 130, y: 80 },
  [STARTING]: { x: 670, y: 80 },
  [STARTED]: { x: 670, y: 420 },
  [STOPPING]: { x: 130, y: 420 },
};

/** Where the arrow's line leaves the box around a point, towards another. */
function edgeOfBox(middle: Point, towards: Point): Point {
  const dx = towards.x - middle.x;
  const dy = towards.y - middle.y;
  const scale = Math.min(
    dx === 0 ? Infinity : BOX.width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : BOX.height / 2 / Math.abs(dy),
  );
  return { x: middle.x + dx * scale, y: middle.y + dy * scale };
}

function arrow({ from, to, causes }: StateChange): string {
  const length = Math.hypot(PLACES[to].x - PLACES[from].x, PLACES[to].y - PLACES[from].y);
  const isPair = STATE_CHANGES.some((other) => other.from === to && other.to === from);
  // An arrow of a pair runs on the right of the line between the boxes, seen in its own direction.
  const aside = isPair ? APART / length : 0;
  const shift = {
    x: -(PLACES[to].y - PLACES[from].y) * aside,
    y: (PLACES[to].x - PLACES[from].x) * aside,
  };
  const [a, b] = [PLACES[from], PLACES[to]].map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y }));
  const begin = edgeOfBox(a, b);
  const end = edgeOfBox(b, a);
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
  const corner = `x="${x - BOX.width / 2}" y="${y - BOX.height / 2}"`;
  return [
    `  <rect ${corner} width="${BOX.width}" height="${BOX.height}" rx="8"/>`,
    `  <text class="state" x="${x}" y="${y + 6}">${STATE_NAMES[state]}</text>`,
  ].join("\n");
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/** The diagram as SVG. */
export function stateDiagram(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 500" font-family="sans-serif">
  <title>The states of a service</title>
  <style>
    svg { background: #fff }
    rect { fill: #eef3f8; stroke: #345 }
    line { stroke: #345; stroke-width: 1.5; marker-end: url(#head) }
    text { text-anchor: middle; fill: #123 }
    .state { font-size: 18px; font-weight: bold }
    .cause { font-size: 13px; paint-order: stroke; stroke: #fff; stroke-width: 5px }
  </style>
  <marker id="head" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto">
    <path d="M0 0 10 5 0 10z" fill="#345"/>
  </marker>
${STATE_CHANGES.map(arrow).join("\n")}
${[STOPPED, STARTING, STARTED, STOPPING].map(box).join("\n")}
</svg>
`;
}

if (import.meta.main) {
  Deno.mkdirSync(new URL(".", DIAGRAM), { recursive: true });
  Deno.writeTextFileSync(DIAGRAM, stateDiagram());
}
