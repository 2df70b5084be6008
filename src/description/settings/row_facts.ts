/** The facts in the rows of the settings table about running services. */

import type { Draft } from "../draft.ts";
import type { HostNeed } from "./host_features.ts";

/**
 * When a changed value takes effect, after a reload of a running service (service description 7).
 *
 * - `live`: at the next event that uses it, such as the next stop.
 * - `next-start`: at the next start of a process, also when a process only replaces one that ended.
 * - `restart`: after the service has stopped and starts again.
 * - `never`: the reload is refused while the service runs.
 */
export type Change = "live" | "next-start" | "restart" | "never";

/** The checker's remark on a setting, or a flag, that a service of this type does not use (service description 3.9). */
export interface Remark {
  /** The position among the remarks of the reference, from 1. */
  readonly turn: number;
  /** The reference's words before "specified". Rows with the same words share one remark. */
  readonly words: string;
  /** Whether the lines gave the setting. */
  readonly given: (draft: Draft) => boolean;
}

/** What a row says about running services. The row may be a whole setting or one flag. */
export interface RowFacts {
  /** When a value that a reload changes takes effect for a service that runs. */
  readonly change: Change;
  /**
   * The reference's text when a reload changes the value, for `change: "never"`.
   * @default "cannot change NAME for running service."
   */
  readonly refusal?: string;
  /** The features that the host must have. */
  readonly needs: readonly HostNeed[];
  /**
   * The reference's remark on internal and triggered services.
   * @default undefined: no remark; for extensions, a remark for every type that does not use them
   */
  readonly remark?: Remark;
}
