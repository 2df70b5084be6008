/** What the tests of real programs need. */

import { programPath } from "../_needs.ts";

/** The compiled binary: `DINIT_BINARY`, or what `deno task compile` has made; `undefined` if there is none. */
export const binary = Deno.env.get("DINIT_BINARY") ?? compiled();

function compiled(): string | undefined {
  const path = new URL("../../dist/dinit", import.meta.url).pathname;
  try {
    return Deno.statSync(path).isFile ? path : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether all these programs are installed. */
export function programs(...names: string[]): boolean {
  return names.every((name) => programPath(name) !== undefined);
}
