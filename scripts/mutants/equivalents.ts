/** Mutants that behave like the original, so no test can notice them. */

import type { Mutant } from "./mutations.ts";

/** A mutant by the text of its lines, without indentation. */
export interface Equivalent {
  readonly file: string;
  /** The line before it. */
  readonly above: string;
  readonly before: string;
  readonly after: string;
  /** Why there is no difference. */
  readonly reason: string;
}

const STOPPED_AT_ONCE = "the failed start that follows stops the service before anything looks";

/** All known ones. They do not count. */
export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: "launcher/process_service",
    above: "service.reason = StopReason.EXECFAILED;",
    before: 'this.#lifecycle.enter(service, waitingForDependents("half"));',
    after: 'this.#lifecycle.enter(service, waitingForDependents("up"));',
    reason: STOPPED_AT_ONCE,
  },
  {
    file: "lifecycle/starting",
    above: "if (this.#agenda.context.behaviour(service).bringUp(service)) return;",
    before: 'this.#agenda.enter(service, waitingForDependents("half"));',
    after: 'this.#agenda.enter(service, waitingForDependents("up"));',
    reason: STOPPED_AT_ONCE,
  },
];

/** Whether the mutant of a file with this text is the known one. */
export function isSame({ file, line, before, after }: Mutant, text: string, known: Equivalent): boolean {
  return known.file === file && known.before === before.trim() && known.after === after.trim() &&
    text.split("\n")[line - 2]?.trim() === known.above;
}
