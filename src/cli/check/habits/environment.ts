/** Shell habits in environment files, whose values are literal: no quotes, no variables. */

import { type Habit, type PlacedHabit, withoutRepetitions } from "./habit.ts";
import { oddCharacterHabit } from "./text.ts";

/** The habits in the lines of an environment file, except ignored lines. */
export function environmentHabits(text: string): PlacedHabit[] {
  const found: PlacedHabit[] = [];
  for (const [index, content] of text.split("\n").entries()) {
    for (const habit of lineHabits(content, index === 0)) found.push({ ...habit, line: index + 1 });
  }
  return withoutRepetitions(found);
}

function* lineHabits(line: string, isFirst: boolean): Iterable<Habit & { readonly column?: number }> {
  // Only ASCII white space counts: a byte order mark in front of a # makes the line a setting.
  if (/^[ \t\v\f\r]*(?:#.*)?$/.test(line)) return;
  const odd = oddCharacterHabit(line, isFirst);
  if (odd !== undefined) yield odd;
  const assignment = /^[ \t\v\f\r]*([^=! \t\v\f\r][^= \t\v\f\r]*)[ \t\v\f\r]*=(.*)$/s.exec(line);
  if (assignment === null) return;
  const [, name, value] = assignment;
  if (value.endsWith("\r")) {
    const message =
      `the value of ${name} ends in CR (carriage return, U+000D); save the file with Unix line ends`;
    yield { code: "line-end", message };
  }
  const bare = value.trim();
  if (/^(["']).*\1(?:\s+#.*)?;?$/s.test(bare)) {
    yield {
      code: "environment-quotes",
      message: `the quotes are part of the value of ${name}; leave them out`,
    };
  } else if (/\s#/.test(value)) {
    const message = `the text after # is part of the value of ${name}; write the comment on a separate line`;
    yield { code: "environment-comment", message, uncertain: true };
  } else if (/^[ \t]/.test(value) && bare !== "") {
    yield {
      code: "environment-blank",
      message: `the blank after = is part of the value of ${name}; leave it out`,
    };
  } else if (/[ \t]$/.test(value) && bare !== "") {
    const message = `the blank at the end is part of the value of ${name}`;
    yield { code: "environment-blank", message, uncertain: true };
  }
  if (/\$(?:\w|\{|\()|`/.test(value)) {
    const message = `variables and commands are not substituted in the value of ${name}, as a shell would`;
    yield { code: "environment-variable", message, uncertain: true };
  } else if (/^~(?:\/|$)/.test(bare)) {
    yield {
      code: "environment-variable",
      message: `\`~\` is not expanded in the value of ${name}; write the path`,
    };
  }
}

/** The remedy for a line that does not have the form `NAME=VALUE`. */
export function environmentRemedy(line: string): string {
  const text = line.trim();
  const [first, second] = text.split(/\s+/, 2);
  if (/^(?:export|set|declare|typeset|local|readonly|setenv)$/.test(first) && second !== undefined) {
    return second.includes("=")
      ? `remove \`${first}\``
      : `write NAME=VALUE, or !import ${second} to pass a variable on`;
  }
  if (first === "unset") return `write !unset ${second ?? "NAME"}`;
  if (/^\[.*\]$/.test(text)) return "environment files have no sections";
  if (/^[\w.-]+$/.test(text)) return `write ${text}=VALUE, or !import ${text} to pass the variable on`;
  if (/^[A-Za-z_]\w*\s*:/.test(text)) return "write NAME=VALUE, with = instead of :";
  return text.includes("=") ? "a name has no blanks: write NAME=VALUE" : "write NAME=VALUE";
}
