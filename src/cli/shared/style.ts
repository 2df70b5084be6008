/** The style of output: colours and symbols on a terminal, none in a pipe. */

import type { CtlIo } from "./io.ts";
import type { ColourChoice } from "../../options/ctl_values.ts";

/** The allowed decorations of text. */
export interface TextStyle {
  /** Colour it. @default false */
  readonly colour?: boolean;
  /** Use symbols that not every program understands. @default false */
  readonly symbols?: boolean;
  /** Cut lines to this many columns. @default no limit */
  readonly columns?: number;
}

/** The parameters of SGR escape sequences. */
export const Colour = { GREEN: "32", YELLOW: "33", RED: "31", FAINT: "2", BOLD: "1" } as const;
export type Colour = (typeof Colour)[keyof typeof Colour];

/** The style for standard output. `always` adds colours in pipes, but nothing else. */
export function textStyle(io: CtlIo, choice: ColourChoice = "auto"): TextStyle {
  const terminal = io.terminal();
  const able = terminal !== undefined && variable(io, "TERM") !== "dumb";
  const wanted = able && (variable(io, "NO_COLOR") ?? "") === "";
  return {
    columns: terminal?.columns,
    symbols: able,
    colour: choice === "always" || (choice === "auto" && wanted),
  };
}

/** The text in a colour, if the style has colours and the text is not empty. */
export function paint(text: string, colour: Colour | undefined, style: TextStyle): string {
  return style.colour && colour !== undefined && text.trim() !== "" ? `\x1b[${colour}m${text}\x1b[0m` : text;
}

/** A variable that affects only the style: without the grant to read it, it counts as not set. */
function variable(io: CtlIo, name: string): string | undefined {
  try {
    return io.env(name);
  } catch {
    return undefined;
  }
}
