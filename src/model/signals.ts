/** The signals of Linux with their numbers on x86-64 and arm64, and those that have names on the command line. */

/** The number of each signal that has a name. */
export const Signal = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
} as const;

/** The name of a signal, without `SIG`. */
export type SignalName = keyof typeof Signal;

/**
 * The signals that descriptions and `dinitctl signal` may name (service description 8.6, cli 3.10), in the order in which
 * `dinitctl signal --list` shows them.
 */
export const SIGNALS: readonly (readonly [name: SignalName, number: number])[] =
  (["HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM", "CONT", "STOP"] as const).map((name) =>
    [name, Signal[name]] as const
  );

/** The number of one of `SIGNALS` by its name without `SIG`, case-sensitive; `undefined` for any other text. */
export function signalNumber(name: string): number | undefined {
  return SIGNALS.find(([known]) => known === name)?.[1];
}

/** The name of any signal as the runtime has it, such as `SIGTERM`; `undefined` if the number has none. */
export function signalNameOf(number: number): `SIG${SignalName}` | undefined {
  for (const name in Signal) {
    if (isName(name) && Signal[name] === number) return `SIG${name}`;
  }
  return undefined;
}

/** The number of any signal by the name that the runtime has for it, such as `SIGTERM`; 0 for a name that is not known. */
export function signalNumberOf(name: string): number {
  const short = name.startsWith("SIG") ? name.slice(3) : "";
  return isName(short) ? Signal[short] : 0;
}

function isName(text: string): text is SignalName {
  return Object.hasOwn(Signal, text);
}
