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

const PATTERN = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})/g;

function interpolate(
  text: string,
  values: ReadonlyMap<string, string>,
  missing: (name: string) => void,
): string {
  return text.replaceAll(
    PATTERN,
    (whole, bare: string, braced: string, operator: string | undefined, word: string) => {
      if (whole === "$$") return "$";
      const name = bare ?? braced;
      const value = values.get(name);
      const isSet = value !== undefined && (value !== "" || !operator?.startsWith(":"));
      if (operator?.endsWith("+")) return isSet ? word : "";
      if (isSet) return value;
      if (operator?.endsWith("-")) return word;
      missing(name);
      return "";
    },
  );
}
