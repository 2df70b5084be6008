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
  /** The signals that the first program found blocked; bit 0 is signal 1. An heir finds all blocked. */
  readonly blocked: bigint;
  /** How many programs before this one had a fault before they continued. */
  readonly tries: number;
  /** The descriptor of the program before, if an heir that fails returns to it. */
  readonly program?: number;
}

/** The inheritance of this program; `undefined` if it does not replace another one. */
export function inheritance(): Inheritance | undefined {
  // Ask first: a missing grant is reported by the code that reads the whole environment.
  const { state: grant } = Deno.permissions.querySync({ name: "env", variable: HEIR_VARIABLE });
  const value = grant === "granted" ? environmentVariable(HEIR_VARIABLE) : undefined;
  const found = /^(upgrade|fault|return):(\d+):(\d+):(\d+):([0-9a-f]+):(\d+)(?::(\d+))?$/.exec(value ?? "");
  if (found === null) return undefined;
  const [, reason, state, record, signals, blocked, tries, program] = found;
  return {
    reason: reason as InheritanceReason, // the expression has only these
    state: Number(state),
    record: Number(record),
    signals: Number(signals),
    blocked: BigInt(`0x${blocked}`),
    tries: Number(tries),
    ...(program === undefined ? {} : { program: Number(program) }),
  };
}

/** The entry of an environment, `NAME=VALUE`, that gives an inheritance to another program. */
export function heirEntry(inheritance: Inheritance): string {
  const { reason, state, record, signals, blocked, tries, program } = inheritance;
  const numbers = [
    state,
    record,
    signals,
    blocked.toString(16),
    tries,
    ...(program === undefined ? [] : [program]),
  ];
  return `${HEIR_VARIABLE}=${reason}:${numbers.join(":")}`;
}
