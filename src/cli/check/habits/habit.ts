/** Habits of other systems: text that means something in a shell or to another service manager, but not here. */

/** One habit that was found. */
export interface Habit {
  /** A short constant name for the kind of habit, for programs. */
  readonly code: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
  /**
   * `warning`: it does not work as it looks. `note`: it works, but there is a better way.
   * @default "warning"
   */
  readonly severity?: "warning" | "note";
  /**
   * Whether a description that is meant as it stands may have it: only told with explanations.
   * @default false
   */
  readonly uncertain?: boolean;
}

/** A habit and where in a file it is. */
export interface PlacedHabit extends Habit {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column?: number;
}

/** Habits that concern a file as a whole: one message is enough, however many lines have them. */
const OF_WHOLE_FILES = new Set(["section", "foreign-setting", "line-end"]);

/** Leaves out what repeats a message about the file as a whole. */
export function withoutRepetitions(habits: readonly PlacedHabit[]): PlacedHabit[] {
  const seen = new Set<string>();
  return habits.filter(({ code }) => {
    if (!OF_WHOLE_FILES.has(code)) return true;
    if (seen.has(code)) return false;
    seen.add(code);
    return true;
  });
}
