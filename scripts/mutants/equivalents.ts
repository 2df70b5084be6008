/** Mutants that behave like the original, so no test can notice them. */

import type { Mutant } from "./mutations.ts";

/** A mutant by the text of its lines, without indentation. */
interface Equivalent {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** Why there is no difference. */
  readonly reason: string;
}

/** All known ones. They do not count. */
export const EQUIVALENTS: readonly Equivalent[] = [];

/** Whether the mutant is a known one. */
export function isEquivalent({ file, before, after }: Mutant): boolean {
  return EQUIVALENTS.some((known) =>
    known.file === file && known.before === before.trim() && known.after === after.trim()
  );
}
