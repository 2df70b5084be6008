/** The form of the findings, and which of them make the exit status 1. */

import type { Finding } from "./finding.ts";
import type { CheckOptions } from "../../options/dinit_check.ts";

/** The choices of the options and the terminal. */
export interface Form {
  /**
   * Whether the checker uses its own rules: it searches programs in PATH, and also checks what a broken description
   * names. Otherwise its findings are those of dinit 0.22.1, and habits.
   */
  readonly own: boolean;
  /** Whether to give explanations: in our own form, and to people at a terminal. */
  readonly explains: boolean;
  /** The lowest severity that counts. @default undefined: by the rule of the form */
  readonly threshold: "error" | "warning" | undefined;
}

/** The form for these options. @param atTerminal whether people read the findings directly */
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
