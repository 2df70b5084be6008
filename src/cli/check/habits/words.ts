/** Which habits to look for in which setting. */

import type { Setting, WrittenWord } from "../../../description/mod.ts";
import { commandHabits, pathHabits } from "./command.ts";
import type { Habit } from "./habit.ts";
import { specifierHabit } from "./systemd.ts";

/** The habits in the value of a setting. */
export function valueHabits(setting: Setting | undefined, words: readonly WrittenWord[]): Habit[] {
  if (setting === undefined || words.length === 0) return [];
  if (setting.name === "command" || setting.name === "stop-command") return commandHabits(words);
  if (/^PATH\b/.test(setting.syntax)) return pathHabits(words);
  const habit = words.map(({ text }) => specifierHabit(text)).find((habit) => habit !== undefined);
  return habit === undefined ? [] : [habit];
}
