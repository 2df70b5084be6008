/** In which form findings are told, and which of them make the exit status 1. */

import type { Finding } from "./finding.ts";
import type { CheckOptions } from "../../options/dinit_check.ts";

/** What the options and the terminal decide. */
export interface Form {
  /**
   * Whether the checker looks and counts in its own way: programs are looked up in PATH, and whatever a broken
   * description names is checked, too. Otherwise findings are those of dinit 0.22.1, and habits.
   */
  readonly own: boolean;
  /** Whether explanations are given: in the own form, and to people at a terminal. */
  readonly explains: boolean;
  /** The least severity that counts. @default undefined: by the rule of the form */
  readonly threshold: "error" | "warning" | undefined;
}

/** The form that the options ask for. @param atTerminal whether people read the findings at once */
export function formOf({ explain, format, severity }: CheckOptions, atTerminal: boolean): Form {
  const own = explain || format !== "text";
  return { own, explains: own || atTerminal, threshold: severity };
}

/** Whether a finding makes the exit status 1. */
export function counts({ severity, origin = "reference" }: Finding, { own, threshold }: Form): boolean {
  if (threshold === "error") return severity === "error";
  if (threshold === "warning" || own) return severity !== "note";
  return severity !== "note" && (origin === "reference" || origin === "portable");
}
