/** Habits from other programs: text that has a meaning in a shell or for another service manager, but not here. */

/** One habit. */
export interface Habit {
  /** A short constant name for the kind of habit, for programs. */
  readonly code: string;
  /** The problem and its replacement. */
  readonly message: string;
  /**
   * `warning`: it does not have its usual effect. `note`: it works, but there is a better way.
   * @default "warning"
   */
  readonly severity?: "warning" | "note";
  /**
   * Whether a correct description may contain it: reported only with explanations.
   * @default false
   */
  readonly uncertain?: boolean;
}

/** A habit and its place in a file. */
export interface PlacedHabit extends Habit {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column?: number;
}

/** Habits that concern a file as a whole: one message is enough, even if many lines have them. */
const OF_WHOLE_FILES = new Set(["section", "foreign-setting", "line-end"]);

/** Removes repeated messages about the file as a whole. */
export function withoutRepetitions(habits: readonly PlacedHabit[]): PlacedHabit[] {
  const seen = new Set<string>();
  return habits.filter(({ code }) => {
    if (!OF_WHOLE_FILES.has(code)) return true;
    if (seen.has(code)) return false;
    seen.add(code);
    return true;
  });
}
