/** Limits a list of services by patterns of names and by states. */

import type { WireStatus } from "../../client/mod.ts";
import { lookOf } from "./look.ts";
import { nameSelector } from "./pattern.ts";
export { isPattern, nameSelector } from "./pattern.ts";
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
