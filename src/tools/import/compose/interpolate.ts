/** The variables in compose files: `${NAME}`, `${NAME:-word}` and `$$`. They come from `.env`, and not from this process. */

import type { Tree } from "./tree.ts";

/** Replaces the variables in all texts of a tree. `missing` hears each name without a value. */
export function interpolateTree(
  tree: Tree,
  values: ReadonlyMap<string, string>,
  missing: (name: string) => void,
): Tree {
  switch (tree.kind) {
    case "null":
      return tree;
    case "text":
      return { ...tree, text: interpolate(tree.text, values, missing) };
    case "list":
      return { ...tree, items: tree.items.map((item) => interpolateTree(item, values, missing)) };
    case "map": {
      const entries = Array.from(
        tree.entries,
        ([name, one]) => [name, interpolateTree(one, values, missing)] as const,
      );
      return { ...tree, entries: new Map(entries) };
    }
  }
}

const NAME = /^[A-Za-z_]\w*/;
const OPERATOR = /^:?[-?+]/;

function interpolate(
  text: string,
  values: ReadonlyMap<string, string>,
  missing: (name: string) => void,
): string {
  let result = "";
  let from = 0;
  for (let at = text.indexOf("$"); at !== -1; at = text.indexOf("$", from)) {
    result += text.slice(from, at);
    const variable = variableAt(text, at + 1);
    if (variable === undefined) {
      result += "$";
      from = text[at + 1] === "$" ? at + 2 : at + 1;
    } else {
      result += valueOf(variable, values, missing);
      from = variable.end;
    }
  }
  return result + text.slice(from);
}

/** `NAME`, or `{NAME:-WORD}`, behind a `$`. */
interface NamedVariable {
  readonly name: string;
  /** Such as `:-`; empty without one. */
  readonly operator: string;
  readonly word: string;
  /** Where the text goes on. */
  readonly end: number;
}

/** How deep variables may stand in the words of others. */
const DEEPEST = 20;

function variableAt(text: string, at: number): NamedVariable | undefined {
  const isBraced = text[at] === "{";
  const start = isBraced ? at + 1 : at;
  const name = NAME.exec(text.slice(start, start + 200))?.[0];
  if (name === undefined) return undefined;
  const after = start + name.length;
  if (!isBraced) return { name, operator: "", word: "", end: after };
  const operator = OPERATOR.exec(text.slice(after, after + 2))?.[0] ?? "";
  const close = closingBrace(text, after + operator.length);
  if (close === undefined || (operator === "" && close !== after)) return undefined;
  return { name, operator, word: text.slice(after + operator.length, close), end: close + 1 };
}

/** The brace that closes a variable, whose word may have other variables. */
function closingBrace(text: string, from: number): number | undefined {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "$" && text[at + 1] === "{") {
      if (++open > DEEPEST) return undefined;
    } else if (text[at] === "}" && --open < 0) return at;
  }
  return undefined;
}

function valueOf(
  { name, operator, word }: NamedVariable,
  values: ReadonlyMap<string, string>,
  missing: (name: string) => void,
): string {
  const value = values.get(name);
  const isSet = value !== undefined && (value !== "" || !operator.startsWith(":"));
  const other = () => interpolate(word, values, missing);
  if (operator.endsWith("+")) return isSet ? other() : "";
  if (isSet) return value;
  if (operator.endsWith("-")) return other();
  missing(name);
  return "";
}
