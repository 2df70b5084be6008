/** Limits a list of services by patterns of names and by states. */

import type { WireStatus } from "../../client/mod.ts";
import { lookOf } from "./look.ts";
export { isPattern } from "./pattern.ts";
import type { StateChoice } from "../../options/ctl_values.ts";

/** A service that may be selected. */
export interface Candidate {
  readonly name: string;
  readonly status: WireStatus;
}

/** The conditions for a service. */
export interface Selection {
  /** One of the patterns must match the whole name. Empty: any name. */
  readonly patterns: readonly string[];
  /** The service must have one of the states. Empty: any state. */
  readonly states: readonly StateChoice[];
}

/** A test whether a service is selected. */
export function selector({ patterns, states }: Selection): (candidate: Candidate) => boolean {
  const fits = nameSelector(patterns);
  return ({ name, status }) => {
    if (patterns.length > 0 && !fits(name)) return false;
    if (states.length === 0) return true;
    const { word } = lookOf(status);
    return states.includes(word) || (word === "failed" && states.includes("stopped"));
  };
}

/** A test whether one of the patterns matches a whole name. */
export function nameSelector(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (name) => expressions.some((expression) => expression.test(name));
}

/**
 * `*` matches any text, `?` one character, `[abc]`, `[a-z]` and `[!abc]` one of a set. An unclosed bracket, and all
 * other characters, match themselves.
 */
function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[\\^$.|+(){}[\]\/]/gu, (part, negated, set) => {
    if (part.startsWith("*")) return ".*";
    if (part === "?") return ".";
    if (set === undefined) return `\\${part}`;
    return `[${negated === "!" ? "^" : ""}${set.replace(/[\\\][^]/g, "\\$&")}]`;
  });
  try {
    return new RegExp(`^(?:${source})$`, "su");
  } catch {
    // A range that runs backwards, such as [z-a], matches nothing.
    return /(?!)/;
  }
}
