/** Habits from other programs as findings, and mistakes in environment files. */

import {
  type EnvironmentFileProblem,
  type Setting,
  wholePath,
  type WrittenWord,
} from "../../description/mod.ts";
import type { Location } from "../../model/mod.ts";
import type { Finding } from "./finding.ts";
import { environmentHabits, environmentRemedy } from "./habits/environment.ts";
import type { Habit } from "./habits/habit.ts";
import { textHabits } from "./habits/text.ts";
import { valueHabits } from "./habits/words.ts";

/** The habits in the text of a description, or of an included file. */
export function textFindings(service: string, file: string, text: string): Finding[] {
  return textHabits(text).map((habit) => habitFinding(habit, service, { file, ...habit }));
}

/** The habits in the value of a setting. */
export function valueFindings(
  service: string,
  setting: Setting | undefined,
  words: readonly WrittenWord[],
  place: Partial<Location>,
): Finding[] {
  return valueHabits(setting, words).map((habit) => ({
    ...habitFinding(habit, service, place),
    setting: setting?.name,
  }));
}

/** The check of an environment file. */
export interface EnvironmentFileCheck {
  /** The service that reads it; empty for the daemon itself. */
  readonly service: string;
  /** The name of the file in the reference's messages. */
  readonly shown: string;
  /** Where the file is. */
  readonly path: string;
  readonly text: string;
  readonly problems: readonly EnvironmentFileProblem[];
}

/** The problems of an environment file: ignored lines, and values that probably contain too much. */
export function environmentFindings(file: EnvironmentFileCheck): Finding[] {
  const { service, path, text, problems } = file;
  const lines = problems.length === 0 ? [] : text.split("\n");
  const ignored = problems.map((problem) => ignoredLine(file, problem, lines[problem.line - 1]));
  const habits = environmentHabits(text).map((habit) =>
    habitFinding(habit, service, { file: path, line: habit.line, column: habit.column })
  );
  return [...ignored, ...habits];
}

/** The reference's words for an ignored line. Those in a service's file count, those in the daemon's file do not. */
function ignoredLine(
  { service, shown, path }: EnvironmentFileCheck,
  { line, kind }: EnvironmentFileProblem,
  text: string,
): Finding {
  const isSetting = kind === "setting";
  const what = isSetting ? "invalid environment variable setting" : "bad command";
  const message = `${what} in environment file`;
  const remedy = isSetting ? environmentRemedy(text) : "write !clear, !unset NAME or !import NAME";
  const where = `${message} ${shown} (line ${line})`;
  return {
    service,
    severity: service === "" ? "note" : "warning",
    code: isSetting ? "environment-setting" : "environment-command",
    message,
    text: service === "" ? `dinit-check: warning: ${where}` : `Service '${service}': ${where}`,
    place: { file: path, line },
    remedy: shown === path ? remedy : `${remedy} (the file is ${wholePath(path)})`,
  };
}

function habitFinding(
  { code, message, severity = "warning", uncertain }: Habit,
  service: string,
  { file, line, column }: Partial<Location>,
): Finding {
  return {
    service,
    severity,
    code,
    message,
    text: `dinit-check: ${severity}: ${
      [file, line].filter((part) => part !== undefined).join(":")
    }: ${message}`,
    place: { file, line, column },
    origin: uncertain ? "advice" : "habit",
  };
}
