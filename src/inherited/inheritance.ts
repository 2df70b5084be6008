/**
 * What a daemon inherits from the program that it replaces in the same process: the numbers of descriptors, in the
 * variable `DINIT_HEIR`. No service sees this variable.
 */

import { environmentVariable, HEIR_VARIABLE } from "./environment.ts";

/** Why the program was replaced: on request, because of a fault, or because its heir could not take over. */
export type InheritanceReason = "upgrade" | "fault" | "return";

/** The inheritance of a daemon. */
export interface Inheritance {
  readonly reason: InheritanceReason;
  /** The descriptor with the saved state. */
  readonly state: number;
  /** The descriptor with the data of the signal that reported a fault. */
  readonly record: number;
  /** The descriptor with the counts of signals. */
  readonly signals: number;
  /** The descriptor of the program before, if an heir that fails returns to it. */
  readonly program?: number;
}

/** The inheritance of this program; `undefined` if it does not replace another one. */
export function inheritance(): Inheritance | undefined {
  const value = environmentVariable(HEIR_VARIABLE);
  const [, reason, ...numbers] = /^(upgrade|fault|return):(\d+):(\d+):(\d+)(?::(\d+))?$/.exec(value ?? "") ??
    [];
  if (reason === undefined) return undefined;
  const [state, record, signals, program] = numbers.map((text) =>
    text === undefined ? undefined : Number(text)
  );
  return {
    reason: reason as InheritanceReason,
    state: state!, // the expression has these three
    record: record!,
    signals: signals!,
    ...(program === undefined ? {} : { program }),
  };
}

/** The entry of an environment, `NAME=VALUE`, that gives an inheritance to another program. */
export function heirEntry({ reason, state, record, signals, program }: Inheritance): string {
  const numbers = [state, record, signals, ...(program === undefined ? [] : [program])];
  return `${HEIR_VARIABLE}=${reason}:${numbers.join(":")}`;
}
