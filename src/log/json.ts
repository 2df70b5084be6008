/** Facts and messages as JSON, one object per line (`--log-format=json`). */

import { LoadError, ServiceState, StopReason } from "../model/mod.ts";
import type { Fact, NumberedFact } from "../engine/mod.ts";
import type { LogLevel } from "./levels.ts";
import { sentence, words } from "./wording.ts";

const STATES = namesOf(ServiceState);
const REASONS = namesOf(StopReason);

/** A fact with its sentence in the text log, if there is one. */
export function factLine(level: LogLevel, fact: Fact, text?: string): string {
  const { at, ...rest } = fact;
  const fields = Object.entries(rest).map(([name, value]) => [name, plain(name, value)]);
  return JSON.stringify({ at: new Date(at).toISOString(), level, ...Object.fromEntries(fields), text });
}

/** A fact with its number, as a subscriber gets it: its line of the JSON log and `seq`. */
export function eventDocument(fact: NumberedFact): string {
  const said = words(fact);
  return said === undefined ? factLine("info", fact) : factLine(said.level, fact, sentence(said));
}

/** A message of the daemon that is no fact of the engine; `time` is by the engine's clock. */
export function messageLine(level: LogLevel, text: string, time: number): string {
  const at = new Date().toISOString();
  return JSON.stringify({ at, level, time, kind: "message", text });
}

/** A value with names instead of numbers; other values are plain already. */
function plain(name: string, value: unknown): unknown {
  if (name === "state") return STATES.get(value as number);
  if (name === "reason") return REASONS.get(value as number);
  if (value instanceof LoadError) {
    const { kind, service, setting, location, path, code, message } = value;
    return { kind, service, setting, location, path, code, message };
  }
  return value;
}

function namesOf(values: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(values).map(([name, value]) => [value, name]));
}
