/**
 * Writes the manual pages of all programs into a directory: `deno run --allow-write=DIR scripts/manpages.ts DIR`.
 *
 * @module
 */

import { manualSources } from "../src/cli/manual/main.ts";

const [directory] = Deno.args;
if (directory === undefined) {
  console.error("manpages: name the directory to write to");
  Deno.exit(1);
}
Deno.mkdirSync(directory, { recursive: true });
for (const [name, source] of manualSources()) {
  Deno.writeTextFileSync(`${directory}/${name}.8`, source);
}
