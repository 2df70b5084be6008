/** `extends`: a compose service that takes over the fields of another one in the same file. */

import { pairsOf } from "./fields.ts";
import type { Tree } from "./tree.ts";

/** Lists that replace those of the other service; all others are put behind them. */
const REPLACED: ReadonlySet<string> = new Set(["command", "entrypoint", "test"]);

/** The services with all fields. An `extends` that cannot be followed stays for the account. */
export function extended(services: ReadonlyMap<string, Tree>): Map<string, Tree> {
  return new Map(Array.from(services, ([name, tree]) => [name, follow(tree, services, new Set([name]))]));
}

function follow(tree: Tree, services: ReadonlyMap<string, Tree>, seen: ReadonlySet<string>): Tree {
  const name = extendedName(tree);
  const base = name === undefined ? undefined : services.get(name);
  if (name === undefined || base === undefined || tree.kind !== "map" || seen.has(name)) return tree;
  const whole = follow(base, services, new Set([...seen, name]));
  if (whole.kind !== "map" || extendedName(whole) !== undefined) return tree; // a circle, or another file further down
  const own = new Map([...tree.entries].filter(([field]) => field !== "extends"));
  // Profiles say when a service is meant, and stay with the service that has them.
  const taken = new Map([...whole.entries].filter(([field]) => field !== "profiles"));
  return merged({ ...whole, entries: taken }, { ...tree, entries: own }, "");
}

/** The service that a tree extends, if it is one of the same file. */
function extendedName(tree: Tree): string | undefined {
  const field = tree.kind === "map" ? tree.entries.get("extends") : undefined;
  if (field?.kind === "text") return field.text;
  if (field?.kind !== "map") return undefined;
  const service = field.entries.get("service");
  // A service of another file has a name that no service of this file can have.
  return field.entries.has("file") ? "" : service?.kind === "text" ? service.text : "";
}

/** Both values together; where they differ, those of `over` count. */
function merged(under: Tree, over: Tree, field: string): Tree {
  if (field === "environment" || field === "labels") return mergedPairs(under, over);
  if (under.kind === "map" && over.kind === "map") {
    const entries = new Map(under.entries);
    for (const [name, tree] of over.entries) {
      const other = entries.get(name);
      entries.set(name, other === undefined ? tree : merged(other, tree, name));
    }
    return { ...over, entries };
  }
  if (under.kind === "list" && over.kind === "list" && !REPLACED.has(field)) {
    return { ...over, items: [...under.items, ...over.items] };
  }
  return over;
}

/** Variables may be a map or a list. */
function mergedPairs(under: Tree, over: Tree): Tree {
  const [first, second] = [pairsOf(under), pairsOf(over)];
  if (first === undefined || second === undefined) return over;
  const { line } = over;
  const entries = new Map<string, Tree>();
  for (const [name, value] of [...first, ...second]) {
    entries.set(name, value === undefined ? { kind: "null", line } : { kind: "text", text: value, line });
  }
  return { kind: "map", entries, line };
}
