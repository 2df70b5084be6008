/**
 * What a daemon inherits from the program that it replaces in the same process: the numbers of descriptors, in the
 * variable `DINIT_HEIR`. No service sees this variable.
 */

import { environmentVariable, HEIR_VARIABLE } from "./environment.ts";

/** Why the program was replaced: on request, or because of a fault. */
export type InheritanceReason = "upgrade" | "fault";

/** The inheritance of a daemon. */
export interface Inheritance {
  readonly reason: InheritanceReason;
  /** The descriptor with the saved state. */
  readonly state: number;
  /** The descriptor with the data of the signal that reported a fault. */
  readonly record: number;
  /** The descriptor with the counts of signals. */
  readonly signals: number;
}

/** The inheritance of this program; `undefined` if it does not replace another one. */
export function inheritance(): Inheritance | undefined {
  const value = environmentVariable(HEIR_VARIABLE);
  const [, reason, ...numbers] = /^(upgrade|fault):(\d+):(\d+):(\d+)$/.exec(value ?? "") ?? [];
  if (reason === undefined) return undefined;
  const [state, record, signals] = numbers.map(Number);
  return { reason: reason as InheritanceReason, state, record, signals };
}

/** The entry of an environment, `NAME=VALUE`, that gives an inheritance to another program. */
export function heirEntry({ reason, state, record, signals }: Inheritance): string {
  return `${HEIR_VARIABLE}=${reason}:${state}:${record}:${signals}`;
}
