/** The words that completion proposes without asking anybody, by their kind. */

import { SIGNALS } from "../../model/mod.ts";
import type { Word, WordKind } from "../../options/mod.ts";
import { PROGRAMS } from "../../options/programs.ts";
import { helpNames } from "../manual/help_topics.ts";

/** A word, and what a shell shows beside it. */
export interface Candidate {
  readonly word: string;
  /** @default nothing */
  readonly summary?: string;
}

/** The words of a kind; `undefined` for a kind whose words the shell or a daemon knows, or nobody. */
export function wordsOfKind(kind: WordKind): readonly Candidate[] | undefined {
  switch (kind) {
    case "signal":
      return SIGNALS.map(([word, number]) => ({ word, summary: `signal ${number}` }));
    case "topic":
      return [...helpNames(), "man"].map((word) => ({ word }));
    case "page":
      return PROGRAMS.map(({ name }) => ({ word: name }));
    default:
      return undefined;
  }
}

/** The kinds that `wordsOfKind` knows and some row has. */
export function listedKinds(): WordKind[] {
  const words = PROGRAMS.flatMap((program): Word[] => [
    ...program.options.flatMap(({ value }) => value ?? []),
    ...[program, ...program.commands].flatMap(({ words }) => words),
  ]);
  const kinds = new Set(words.map(({ kind }) => kind ?? "text"));
  return [...kinds].filter((kind) => wordsOfKind(kind) !== undefined);
}
