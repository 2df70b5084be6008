/** The signals of Linux by the names that the runtime reports, for x86-64 and arm64. */

const NAMES = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU " +
  "URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

const numbers = new Map(NAMES.map((name, index) => [`SIG${name}`, index + 1]));

/** The name of a signal, such as `SIGTERM`; `undefined` if it has none. */
export function signalNameOf(number: number): Deno.Signal | undefined {
  const name = NAMES[number - 1];
  return name === undefined ? undefined : `SIG${name}` as Deno.Signal;
}

/** The number of a signal name such as `SIGTERM`; 0 for an unknown name. */
export function signalNumberOf(name: string): number {
  return numbers.get(name) ?? 0;
}
