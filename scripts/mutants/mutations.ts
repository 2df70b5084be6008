/** Mutants of a source text: copies that differ in one place. */

import { stripTypeScriptTypes } from "node:module";

/** One mutant. */
export interface Mutant {
  /** Below `src/engine`, without its ending. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line of the source. */
  readonly before: string;
  /** The line of the mutant. */
  readonly after: string;
}

/** Text and its replacement, applied to one occurrence at a time. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ > 0/g, " >= 0"],
  [/ > 1/g, " > 0"],
  [/\b(?:true)\b/g, "false"],
  [/\b(?:false)\b/g, "true"],
  [/!(?=[a-z(#])/g, ""],
  [/ \+= 1/g, " -= 1"],
  [/ -= 1/g, " += 1"],
  [/\bSTARTED\b/g, "STOPPED"],
  [/"down"/g, '"half"'],
  [/"half"/g, '"up"'],
];

/** A statement that may be left out. */
const STATEMENT = /^\s+(?!const|let|return|readonly|this\.#\w+ = )[a-z].*;$/;
/** A field without a value: only types need it. */
const FIELD = /^\s+(protected readonly )?\w+\??: [^=({]*;$/;

/**
 * All mutants of a file's text, without those that cannot be tested: some are no program, and some change only types,
 * which nothing sees at run time (`deno check` sees many of them).
 */
export function mutantsOf(file: string, text: string): Mutant[] {
  const program = withoutTypes(text);
  return candidates(file, text).filter((mutant) => {
    const mutated = withoutTypes(textOf(mutant, text));
    return mutated !== undefined && mutated !== program;
  });
}

/** The text of the file with the mutant in it. */
export function textOf({ line, after }: Mutant, text: string): string {
  const lines = text.split("\n");
  lines[line - 1] = after;
  return lines.join("\n");
}

/** What runs, without regard to white space; `undefined` if the text is no program. */
function withoutTypes(text: string): string | undefined {
  try {
    return stripTypeScriptTypes(text).replace(/\s+/g, " ");
  } catch {
    return undefined;
  }
}

function candidates(file: string, text: string): Mutant[] {
  const found: Mutant[] = [];
  for (const [index, before] of text.split("\n").entries()) {
    if (/^\s*(\/\*\*|\*|\/\/|import|})/.test(before)) continue;
    const [code, comment = ""] = before.split(/(?= \/\/ )/);
    const add = (after: string) => found.push({ file, line: index + 1, before, after: after + comment });
    for (const [pattern, replacement] of REPLACEMENTS) {
      for (const match of code.matchAll(pattern)) {
        add(code.slice(0, match.index) + replacement + code.slice(match.index + match[0].length));
      }
    }
    if (STATEMENT.test(code) && !FIELD.test(code)) add(dropped(code));
  }
  return found;
}

/** The line without its statement; its condition, such as `if (…)` or `else`, stays. */
function dropped(code: string): string {
  const head = /^\s*(?:(?:else )?if \(.*?\)(?= [a-z])|else(?= [a-z])|for \(.*?\)(?= [a-z]))/.exec(code)?.[0];
  return head === undefined ? code.replace(/\S.*/, ";") : `${head} {}`;
}
