/**
 * Values that no description may have, after all descriptions are made: each becomes a comment. So every description that
 * is written loads, whatever the input says.
 */

import { MainEnvironment, readDescription, settingNamed } from "../../description/mod.ts";
import { LoadError } from "../../model/mod.ts";
import { AnyUsers } from "../shared/any_users.ts";
import type { DescriptionText } from "./description_text.ts";
import type { ImportResult } from "./result.ts";

/** A setting that is taken away may leave another one without sense. */
const MOST_ROUNDS = 10;

/** What a description cannot do without. */
const ESSENTIAL: ReadonlySet<string> = new Set(["type", "command"]);

/** Takes away the settings whose values are refused, and says so in the account and in a comment. */
export function settleValues(result: ImportResult): void {
  for (const description of result.descriptions) {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const mistakes = mistakesIn(description);
      if (mistakes.size === 0) break;
      for (const [setting, message] of mistakes) result.withdraw(description, setting, message);
    }
  }
}

/** The settings that are refused, with the reasons. */
function mistakesIn(description: DescriptionText): Map<string, string> {
  const mistakes = new Map<string, string>();
  const text = description.text("");
  const lines = text.split("\n");
  const note = (error: LoadError) => {
    // Errors of numbers name only their line. No value that an import writes has more than one.
    const setting = error.setting ?? /^([\w-]+) /.exec(lines[(error.location?.line ?? 0) - 1] ?? "")?.[1];
    if (setting === undefined || ESSENTIAL.has(setting) || settingNamed(setting) === undefined) return;
    if (description.has(setting)) mistakes.set(setting, error.message);
  };
  const file = {
    fullName: text.includes("${1}") ? `${description.name}@x` : description.name,
    directory: "",
    file: description.name,
    realDirectory: "",
    modified: { seconds: 0, nanoseconds: 0 },
    text,
  };
  try {
    readDescription(file, {
      environment: new MainEnvironment({}),
      users: new AnyUsers(),
      identity: { uid: 0, gid: 0 },
      dependency: () => {},
      warn: () => {},
      problem: note,
    });
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    note(error);
  }
  return mistakes;
}
