/** What the parts of the import of one service share. */

import type { Directive } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import type { ImportResult } from "../result.ts";
import { textOf, type Word } from "../words.ts";
import type { References } from "./references.ts";
import { expand } from "./specifiers.ts";
import type { Unit } from "./unit.ts";
import { parseSpan } from "./values.ts";

/** A line of shell that runs before a service starts, or after it has stopped. */
export interface Step {
  readonly line: string;
  /** Whether it runs as root although the service has a user. */
  readonly isPrivileged: boolean;
}

/** The import of one service. */
export interface ServiceContext {
  readonly unit: Unit;
  readonly text: DescriptionText;
  readonly result: ImportResult;
  readonly references: References;
  type: "process" | "bgprocess" | "scripted" | "internal";
  /** Whether a timer makes it a scheduled service in the end. */
  readonly isScheduled: boolean;
  /** Programs with arguments that set something and execute the words behind them. */
  readonly prefix: Word[];
  /** Lines of shell that prepare the process itself: its variables and its umask. */
  readonly preparation: string[];
  readonly before: Step[];
  readonly afterwards: Step[];
  /** The user of `User=`; empty for that of the daemon. */
  user: string;
  /** The variables of the file that the description names. */
  readonly variables: Map<string, string>;
}

/** The value without specifiers; `undefined`, with a decision, if a specifier has no meaning here. */
export function wordOf(
  context: ServiceContext,
  directive: Directive,
  value = directive.value,
): Word | undefined {
  const expansion = expand(value, context.unit);
  if ("word" in expansion) return expansion.word;
  context.text.decide(directive, `nothing here knows ${expansion.unknown}`);
  return undefined;
}

/** The same for a setting in which variables mean nothing. */
export function fixedText(context: ServiceContext, directive: Directive, value?: string): string | undefined {
  const word = wordOf(context, directive, value);
  const text = word && textOf(word);
  if (word !== undefined && text === undefined) {
    context.text.decide(directive, "the setting here cannot hold a variable or the argument of a service");
  }
  return text;
}

/** A span of time in seconds; `undefined`, with a decision, if it is none. */
export function spanOf(context: ServiceContext, directive: Directive): number | undefined {
  const seconds = parseSpan(directive.value);
  if (seconds === undefined) context.text.decide(directive, "this is no span of time");
  return seconds;
}
