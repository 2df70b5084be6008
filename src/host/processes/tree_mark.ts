/**
 * The mark in the environment of services with `kill-mode = all`. A process that has left the session and lost its parent
 * still has it, so it can be recognised as one of the service.
 */

import { environmentVariable } from "../../inherited/mod.ts";

/** The variable of the mark. */
export const TREE_VARIABLE = "DINIT_TREE";

/** The mark of a service: its id, behind the mark of the service as which this daemon runs, if it has one. */
export function treeMark(id: number): string {
  return `${environmentVariable(TREE_VARIABLE) ?? ""}/${id}`;
}

/** Whether an environment has a mark, perhaps with those of inner daemons behind it. Each entry is `NAME=VALUE`. */
export function hasMark(environment: readonly string[], mark: string): boolean {
  const found = environment.find((entry) => entry.startsWith(`${TREE_VARIABLE}=`));
  return `${found ?? ""}/`.startsWith(`${TREE_VARIABLE}=${mark}/`);
}
