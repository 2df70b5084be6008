/** Trees of services as text and as documents. Pure functions. */

import { dependencyKindName } from "../../model/dependency_kinds.ts";
import type { StateName, TreeNode } from "./documents.ts";
import { lookOf } from "./look.ts";
import type { Branch } from "./service_tree.ts";
import { hasFailed } from "../../client/mod.ts";
import { stateName } from "./status_text.ts";
import { Colour, paint, type TextStyle } from "../shared/style.ts";
import { cutText, printable, textWidth } from "../shared/text_width.ts";

/** The prefix of a line, and the prefix of the lines below it. */
interface Lead {
  readonly own: string;
  readonly below: string;
}

/**
 * One line per service. On a terminal, lines connect them, and symbols show the states; in a pipe, each level is
 * indented by two spaces, and the states are words.
 */
export function renderTree(roots: readonly Branch[], style: TextStyle): string {
  const lines: string[] = [];
  const stack = roots.map((branch) => ({ branch, lead: { own: "", below: "" } as Lead })).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { branch, lead } = next;
    lines.push(`${line(branch, lead.own, style)}\n`);
    const { children } = branch;
    for (let index = children.length - 1; index >= 0; index--) {
      stack.push({
        branch: children[index],
        lead: leadOf(lead.below, index === children.length - 1, style),
      });
    }
  }
  return lines.join("");
}

function leadOf(above: string, last: boolean, { symbols }: TextStyle): Lead {
  if (!symbols) return { own: `${above}  `, below: `${above}  ` };
  return { own: above + (last ? "└─ " : "├─ "), below: above + (last ? "   " : "│  ") };
}

/** Prefix, symbol, name, state, and in faint letters the kind of its edge. */
function line({ service, kind, repeated }: Branch, lead: string, style: TextStyle): string {
  const { symbol, word, colour } = lookOf(service);
  const notes = [kind === undefined ? "" : dependencyKindName(kind), repeated ? "(see above)" : ""].filter((
    note,
  ) => note !== "");
  const parts: readonly (readonly [string, Colour | undefined])[] = [
    [lead, Colour.FAINT],
    ...(style.symbols ? [[`${symbol} `, colour] as const] : []),
    [printable(service.name), undefined],
    [`  ${word}`, colour],
    [notes.length === 0 ? "" : `  ${notes.join(" ")}`, Colour.FAINT],
  ];
  let room = style.columns ?? Infinity;
  let text = "";
  for (const [part, partColour] of parts) {
    const shown = cutText(part, room);
    room -= textWidth(shown);
    text += paint(shown, partColour, style);
  }
  return text;
}

/** The trees as `--json` writes them. */
export function treeDocument(roots: readonly Branch[]): TreeNode[] {
  return roots.map(({ service, kind, repeated, children }) => ({
    name: service.name,
    state: stateName(service.state) as StateName,
    failed: hasFailed(service),
    ...(kind === undefined ? {} : { kind: dependencyKindName(kind) }),
    ...(repeated ? { repeated } : {}),
    children: treeDocument(children),
  }));
}
