/** Manual pages as plain text, for a terminal without `man`. Pure functions. */

import { wrap } from "./service_help.ts";
import type { ManualItem, ManualPage, ManualSection } from "./roff.ts";

const INDENT = " ".repeat(4);
const DEEP = " ".repeat(8);

/** The page as text of 80 columns, with a newline at the end. */
export function plainPage(page: ManualPage): string {
  const names = [page.name, ...page.aliases ?? []].join(", ");
  return [
    `${page.name.toUpperCase()}(8)`,
    ...section("NAME", wrap(`${names} - ${page.summary}`, INDENT)),
    ...section("SYNOPSIS", page.synopsis.flatMap((line) => wrap(line, INDENT, DEEP))),
    ...page.sections.flatMap((one) => section(one.title.toUpperCase(), sectionLines(one))),
    ...section("SEE ALSO", wrap(page.seeAlso.map((name) => `${name}(8)`).join(", "), INDENT)),
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return ["", title, ...lines];
}

function sectionLines({ text = [], items = [] }: ManualSection): string[] {
  const blocks = [...text.map((paragraph) => wrap(paragraph, INDENT)), ...items.map(itemLines)];
  return blocks.flatMap((lines, index) => index === 0 ? lines : ["", ...lines]);
}

function itemLines({ term, text }: ManualItem): string[] {
  return [`${INDENT}${term}`, ...wrap(text, DEEP)];
}
