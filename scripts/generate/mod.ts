/**
 * Writes the files that derive from the table of settings: the manual page, the types of services in
 * TypeScript, and the syntax files for editors. Run it after each change of the table; a test compares.
 *
 *     deno run --allow-read --allow-write=man,contrib,src/service scripts/generate/mod.ts
 *
 * @module
 */

import { generatedFiles } from "./files.ts";

const ROOT = new URL("../../", import.meta.url);

for (const [path, text] of generatedFiles()) {
  const file = new URL(path, ROOT);
  Deno.mkdirSync(new URL(".", file), { recursive: true });
  Deno.writeTextFileSync(file, text);
}
