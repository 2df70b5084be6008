/** Habits and accidents in the text of a description: invisible characters, foreign sections, scripts. */

import { oddCharacter } from "./characters.ts";
import { type Habit, type PlacedHabit, withoutRepetitions } from "./habit.ts";
import { sectionHabit } from "./systemd.ts";

/** The bytes FF FE and FE FF at the beginning of a file, after decoding. */
const UTF16 = /^(?:\udcff\udcfe|\udcfe\udcff)/;
const BYTE_ORDER_MARK = "\ufeff";

/** The habits in the text of a description. */
export function textHabits(text: string): PlacedHabit[] {
  return withoutRepetitions(Array.from(allHabits(text)));
}

function* allHabits(text: string): Iterable<PlacedHabit> {
  if (UTF16.test(text)) {
    yield {
      code: "encoding",
      message: "the file is UTF-16; save it as UTF-8 without a byte order mark",
      line: 1,
    };
    return;
  }
  const lines = text.split("\n");
  for (const [index, content] of lines.entries()) {
    for (const habit of lineHabits(content, index === 0)) yield { ...habit, line: index + 1 };
    // A line that continues another one does not count separately.
    const continues = index > 0 && /(?:^|[^\\])(?:\\\\)*\\$/.test(lines[index - 1]);
    const habit = continues ? undefined : sectionHabit(content.replace(/^\ufeff/, ""));
    if (habit !== undefined) yield { ...habit, line: index + 1 };
  }
}

function* lineHabits(content: string, isFirst: boolean): Iterable<Habit & { readonly column?: number }> {
  if (isFirst && content.startsWith("#!")) {
    const message =
      "the file is a script, not a description; write a description whose command is the script";
    yield { code: "script", message, uncertain: true };
  }
  if (content.endsWith("\\\r")) {
    const message =
      "the line ends in \\ and CR (carriage return, U+000D), so the next line does not continue it; " +
      "save the file with Unix line ends";
    yield { code: "line-end", message };
  }
  const odd = oddCharacterHabit(content, isFirst);
  if (odd !== undefined) yield odd;
}

/**
 * The first misleading character of a line, outside of comments.
 *
 * @param isFirst whether the line is the first of its file
 */
export function oddCharacterHabit(
  line: string,
  isFirst: boolean,
): (Habit & { readonly column: number }) | undefined {
  if (!/[^\t\r\x20-\x7e]/.test(line)) return undefined; // most lines are plain ASCII
  if (isFirst && line.startsWith(BYTE_ORDER_MARK)) {
    const message = "the file begins with a byte order mark (BOM, U+FEFF); save it as UTF-8 without one";
    return { code: "byte-order-mark", message, column: 1 };
  }
  let quoted = false;
  let column = 0;
  let before = " ";
  for (const character of line) {
    column += 1;
    if (character === "#" && !quoted && /\s/.test(before)) return undefined;
    if (character === '"' && before !== "\\") quoted = !quoted;
    const odd = oddCharacter(character.codePointAt(0)!);
    if (odd !== undefined && !(odd.lookAlike && quoted)) {
      const remedy = odd.lookAlike ? "write the ASCII character" : "remove it, or write a plain space";
      const message = `the character ${odd.name} is in column ${column}; ${remedy}`;
      return { code: "odd-character", message, column };
    }
    before = character;
  }
  return undefined;
}
