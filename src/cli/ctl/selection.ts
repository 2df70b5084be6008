/** Which services a list is limited to: by patterns of names and by states. */

import type { WireStatus } from "../../client/mod.ts";
import { lookOf } from "./look.ts";
import type { StateChoice } from "../../options/dinitctl.ts";

/** A service that can be chosen. */
export interface Candidate {
  readonly name: string;
  readonly status: WireStatus;
}

/** What a service must be like. */
export interface Selection {
  /** Patterns of which one must match the whole name. Empty: any name. */
  readonly patterns: readonly string[];
  /** States of which the service must have one. Empty: any state. */
  readonly states: readonly StateChoice[];
}

/** Whether a name may stand for others. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}

/** A test for the services that are meant. */
export function selector({ patterns, states }: Selection): (candidate: Candidate) => boolean {
  const expressions = patterns.map(expressionOf);
  return ({ name, status }) => {
    if (expressions.length > 0 && !expressions.some((expression) => expression.test(name))) return false;
    if (states.length === 0) return true;
    const { word } = lookOf(status);
    return states.includes(word) || (word === "failed" && states.includes("stopped"));
  };
}

/**
 * `*` stands for any text, `?` for one character, `[abc]`, `[a-z]` and `[!abc]` for one of a set. A bracket that is not
 * closed, and everything else, stands for itself.
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
