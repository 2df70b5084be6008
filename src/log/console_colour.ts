/** Colours for the label in front of a service's name, on a console that is a terminal. */

/** The parameter of the escape sequence for each label: green, red and yellow. */
const COLOURS: readonly (readonly [label: string, colour: number])[] = [
  ["[  OK  ]", 32],
  ["[FAILED]", 31],
  ["[STOPPD]", 33],
];

/** The line with its label in colour, if it begins with one. */
export function withColour(line: string): string {
  const row = COLOURS.find(([label]) => line.startsWith(`${label} `));
  if (row === undefined) return line;
  const [label, colour] = row;
  return `\x1b[${colour}m${label}\x1b[0m${line.slice(label.length)}`;
}

/**
 * Whether standard output takes colours: it is a terminal that knows them, and `NO_COLOR` is not set or empty.
 *
 * @param variable a variable of the environment
 */
export function takesColours(isTerminal: boolean, variable: (name: string) => string | undefined): boolean {
  return isTerminal && (variable("NO_COLOR") ?? "") === "" && variable("TERM") !== "dumb";
}
