/** The command lines of units: prefixes, words, specifiers and variables. */

import type { Variable, Word } from "../words.ts";
import { expand } from "./specifiers.ts";
import type { Unit } from "./unit.ts";
import { splitWords } from "./values.ts";

/** One command. */
export interface ExecLine {
  readonly words: readonly Word[];
  /** `-`: a failure does not count. */
  readonly ignoresFailure: boolean;
  /** `+`, `!` or `!!`: it keeps the rights of the manager. */
  readonly isPrivileged: boolean;
  /** `@`: the first argument that the program was to see as its name. */
  readonly calledAs: string | undefined;
  /** Whether it names a variable. */
  readonly hasVariables: boolean;
}

/** The commands of a value, or why it has none. */
export type ExecLines = { readonly lines: readonly ExecLine[] } | { readonly fault: string };

/** Reads a value of `ExecStart` and its relatives. `;` as a word separates commands. */
export function readExec(value: string, unit: Unit): ExecLines {
  const words = splitWords(value);
  if (words === undefined) return { fault: "a quote is not closed or an escape is unknown" };
  const lines: ExecLine[] = [];
  let rest = words;
  while (rest.length > 0) {
    const end = rest.indexOf(";");
    const own = end === -1 ? rest : rest.slice(0, end);
    rest = end === -1 ? [] : rest.slice(end + 1);
    if (own.length === 0) continue;
    const line = readCommand(own.map((word) => word === "\\;" ? ";" : word), unit);
    if ("fault" in line) return line;
    lines.push(line);
  }
  return lines.length === 0 ? { fault: "it has no command" } : { lines };
}

function readCommand(
  [first, ...others]: readonly string[],
  unit: Unit,
): ExecLine | { readonly fault: string } {
  const [, prefixes, program] = /^([-@:+!|]*)(.*)$/s.exec(first) ?? ["", "", first];
  if (prefixes.includes("|")) return { fault: "the prefix | runs it in the shell of the user" };
  const arguments_ = prefixes.includes("@") ? others.slice(1) : others;
  const words: Word[] = [];
  for (const [index, text] of [program, ...arguments_].entries()) {
    const expansion = expand(text, unit);
    if ("unknown" in expansion) return { fault: `nothing here knows ${expansion.unknown}` };
    words.push(index === 0 || prefixes.includes(":") ? expansion.word : withVariables(expansion.word));
  }
  if (program === "") return { fault: "it has no program" };
  return {
    words,
    ignoresFailure: prefixes.includes("-"),
    isPrivileged: /[+!]/.test(prefixes),
    calledAs: prefixes.includes("@") ? others[0] : undefined,
    hasVariables: words.some((word) => word.some((part) => typeof part !== "string")),
  };
}

/** Finds the variables: `${NAME}` anywhere, and `$NAME` as a whole word, which becomes several words. */
function withVariables(word: Word): Word {
  const [only] = word;
  const whole = word.length === 1 && typeof only === "string" ? /^\$([A-Za-z_]\w*)$/.exec(only) : null;
  if (whole !== null) return [{ variable: whole[1], splits: true }];
  return word.flatMap((part) => typeof part === "string" ? variablesIn(part) : [part]);
}

function variablesIn(text: string): (string | Variable)[] {
  const parts: (string | Variable)[] = [];
  let from = 0;
  let plain = "";
  for (const match of text.matchAll(/\$\$|\$\{([A-Za-z_]\w*)\}/g)) {
    plain += text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] === undefined) {
      plain += "$";
    } else {
      parts.push(plain, { variable: match[1] });
      plain = "";
    }
  }
  return [...parts, plain + text.slice(from)].filter((part) => part !== "");
}
