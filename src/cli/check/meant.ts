/** Guesses the intention behind a mistake in a description. */

import { LOAD_OPTIONS, SECURE_BITS, SERVICE_OPTIONS, SETTINGS } from "../../description/mod.ts";
import { baseName, type LoadError, nameArgument, SIGNALS } from "../../model/mod.ts";
import { withoutUnitSuffix } from "./habits/systemd.ts";
import { nearest } from "../../model/suggestion.ts";

/** A message with an unknown word, and the known words. */
interface Vocabulary {
  readonly before: string;
  readonly after: string;
  readonly words: readonly string[];
  /** Converts a common spelling to the right one. */
  readonly normal: (word: string) => string;
}

const lowerCase = (word: string) => word.toLowerCase().replaceAll("_", "-");
const signalName = (word: string) => word.toUpperCase().replace(/^SIG/, "");
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

const VOCABULARIES: readonly Vocabulary[] = [
  { before: "unknown setting: '", after: "'.", words: names(SETTINGS), normal: lowerCase },
  { before: "unknown option: ", after: "", words: names(SERVICE_OPTIONS), normal: lowerCase },
  { before: "unknown load option: ", after: "", words: names(LOAD_OPTIONS), normal: lowerCase },
  { before: "unknown securebits flag: ", after: "", words: names(SECURE_BITS), normal: lowerCase },
  {
    before: "unknown/unsupported termination signal: ",
    after: "",
    words: SIGNALS.map(([name]) => name),
    normal: signalName,
  },
];

/** The word that a description should probably have instead of an unknown one. */
export function meantWord({ message }: LoadError): string | undefined {
  for (const { before, after, words, normal } of VOCABULARIES) {
    if (!message.startsWith(before)) continue;
    const word = normal(message.slice(before.length, message.length - after.length));
    return words.includes(word) ? word : nearest(word, words);
  }
  return undefined;
}

/** The service that a missing name probably means; its argument is kept. */
export function meantService(fullName: string, bases: Iterable<string>): string | undefined {
  const known = [...bases];
  const unit = withoutUnitSuffix(baseName(fullName));
  const base = unit !== undefined && known.includes(unit) ? unit : nearest(baseName(fullName), known);
  if (base === undefined) return undefined;
  const argument = nameArgument(fullName);
  return argument === undefined ? base : `${base}@${argument}`;
}
