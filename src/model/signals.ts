/**
 * The signals that descriptions and `dinitctl signal` may name (service description 8.6, cli 3.10), with the
 * numbers of Linux on x86-64 and arm64.
 */

/** The signal names of service descriptions, in the order in which `dinitctl signal --list` shows them. */
export const SIGNALS: readonly (readonly [name: string, number: number])[] = [
  ["HUP", 1],
  ["INT", 2],
  ["QUIT", 3],
  ["KILL", 9],
  ["USR1", 10],
  ["USR2", 12],
  ["TERM", 15],
  ["CONT", 18],
  ["STOP", 19],
];

/** Signal numbers that engine and hosts use. */
export const Signal = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  CONT: 18,
  STOP: 19,
} as const;

const numbers = new Map(SIGNALS);

/** The number of a signal name without `SIG`, case-sensitive; `undefined` for any other text. */
export function signalNumber(name: string): number | undefined {
  return numbers.get(name);
}
