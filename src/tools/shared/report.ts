/** The account of an import as text, for people. Pure functions. */

import { DIRECTIVE_CLASSES, type DirectiveClass, type DirectiveRecord, type FileRecord } from "./account.ts";

const WORDS: Readonly<Record<DirectiveClass, string>> = {
  carried: "carried",
  changed: "changed",
  decision: "decide",
  none: "lost",
};

/** A long value is cut here, in characters. */
const LONGEST_VALUE = 60;

/** One block for each input file, and a line with the sums. */
export function reportText(files: readonly FileRecord[]): string {
  return [...files.map(fileText), `${sums(files.flatMap(({ directives }) => directives))}\n`].join("\n");
}

function fileText({ input, outputs, directives }: FileRecord): string {
  const lines = directives.filter(({ note, class: kind }) => kind !== "carried" || note !== "").map(lineText);
  const carried = directives.length - lines.length;
  const rest = carried === 0
    ? []
    : [`  ${carried} ${lines.length === 0 ? "" : "others "}carried as they are`];
  const target = outputs.length === 0 ? "no file" : outputs.join(", ");
  return [`${input} -> ${target}`, ...lines, ...rest, ""].join("\n");
}

function lineText({ name, value, line, class: kind, note }: DirectiveRecord): string {
  const shown = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
  const directive = shown === "" ? name : `${name} = ${shown.replaceAll("\n", "\\n")}`;
  const place = line === 0 ? "" : `line ${line}: `;
  return `  ${WORDS[kind].padEnd(7)}  ${place}${directive}${note === "" ? "" : `: ${note}`}`;
}

function sums(directives: readonly DirectiveRecord[]): string {
  const counts = DIRECTIVE_CLASSES.map((kind) =>
    `${directives.filter((one) => one.class === kind).length} ${WORDS[kind]}`
  );
  return `${directives.length} ${directives.length === 1 ? "directive" : "directives"}: ${counts.join(", ")}`;
}
