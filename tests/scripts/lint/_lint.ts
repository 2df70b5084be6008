/** Lints made-up files of a made-up repository with one rule of the house. */

import { housePlugin } from "../../../scripts/lint/house.ts";

/** What one rule says about a source text: its messages, in order. */
export function lint(rule: string, place: string, source: string, root = "/repository"): string[] {
  const found = Deno.lint.runPlugin(housePlugin(root), `${root}/${place}`, source);
  return found.filter((diagnostic) => diagnostic.id === `house/${rule}`).map((diagnostic) =>
    diagnostic.message
  );
}
