/**
 * The scanner of all command lines (daemon and init 1.1, cli 1.1): from left to right, each word as a whole. There are no
 * bundled options, `--` has no meaning, and a value is the next word, whatever it looks like. The first mistake ends
 * the scan.
 */

import type { Option, OptionRow, OptionValue } from "./option.ts";

/** A value that is missing (`undefined`) or not accepted. */
export interface ValueFault<S> {
  readonly option: Option<S>;
  readonly value: string | undefined;
  /** Whether it stands behind a `=`. */
  readonly assigned: boolean;
}

/** What a program decides itself. Each function may throw, which ends the scan. */
export interface Reading<S> {
  readonly options: readonly Option<S>[];
  /** Takes a word that does not begin with `-`. */
  word(word: string): void;
  /** Judges a word that begins with `-` and is no option. */
  unknown(arg: string): void;
  /** Words a fault. */
  refused(fault: ValueFault<S>): Error;
  /** The option that a word stands for at its place, if it is another one than elsewhere. @default none is */
  meaning?(arg: string): Option<S> | undefined;
  /** Judges an option at its place. @default it may stand anywhere */
  place?(option: Option<S>, arg: string): void;
  /** Judges a value that the row accepts. @default it is right */
  value?(option: Option<S>, value: string): void;
}

/** Reads the arguments into `settings`, up to the end or to an option behind which nothing is read. */
export function scan<S>(args: readonly string[], settings: S, reading: Reading<S>): void {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (!arg.startsWith("-")) {
      reading.word(arg);
      continue;
    }
    const option = reading.meaning?.(arg) ?? optionOf(arg, reading.options);
    if (option === undefined) {
      reading.unknown(arg);
      continue;
    }
    reading.place?.(option, arg);
    const isOmitted = option.value?.omissible === true && namesOf(option).includes(arg);
    if (option.value === undefined || isOmitted) {
      option.apply(settings, "");
    } else {
      const assigned = arg.includes("=") && !namesOf(option).includes(arg);
      const value = assigned ? arg.slice(arg.indexOf("=") + 1) : args[++at];
      if (value === undefined || !isAccepted(value, option.value)) {
        throw reading.refused({ option, value, assigned });
      }
      reading.value?.(option, value);
      option.apply(settings, value);
    }
    if (option.last) return;
  }
}

/** The option that an argument is, perhaps with its value behind a `=`. */
export function optionOf<S>(arg: string, options: readonly Option<S>[]): Option<S> | undefined {
  const [name] = arg.split("=", 1);
  return options.find((option) => {
    const names = namesOf(option);
    return names.includes(arg) || (option.assignable === true && names.includes(name));
  });
}

function isAccepted(value: string, { oneOf, pattern, mayBeEmpty }: OptionValue): boolean {
  return (value !== "" || mayBeEmpty === true) && (oneOf?.includes(value) ?? true) &&
    (pattern?.test(value) ?? true);
}

/** All spellings of an option; the long one comes last. */
export function namesOf({ short, long }: OptionRow): string[] {
  return [short, long].filter((name) => name !== undefined);
}

/** The value of an option that is one of a few words. */
export function choice(name: string, option: string, oneOf: readonly string[]): OptionValue {
  return { name, oneOf, missing: `${option} should be followed by one of: ${oneOf.join(", ")}` };
}
