/** What rows of the settings table say about running services. */

import type { Draft } from "../draft.ts";
import type { HostNeed } from "./host_features.ts";

/**
 * When a value that a reload changes takes effect for a service that runs (service description 7).
 *
 * - `live`: at the next event that uses it, such as the next stop.
 * - `next-start`: at the next start of a process, also of one that only replaces a process that ended.
 * - `restart`: after the service has stopped and starts again.
 * - `never`: the reload is refused while the service runs.
 */
export type Change = "live" | "next-start" | "restart" | "never";

/** The checker's remark on a setting, or a flag, that a service of this type does not use (service description 3.9). */
export interface Remark {
  /** The position among the remarks of the reference, from 1. */
  readonly turn: number;
  /** The reference's words up to "specified". Rows with the same words share one remark. */
  readonly words: string;
  /** Whether the lines gave it. */
  readonly given: (draft: Draft) => boolean;
}

/** What a row says about running services, whether the row is a whole setting or one flag. */
export interface RowFacts {
  /** When a value that a reload changes takes effect for a service that runs. */
  readonly change: Change;
  /**
   * The reference's text when a reload changes the value, with `change: "never"`.
   * @default "cannot change NAME for running service."
   */
  readonly refusal?: string;
  /** What the host has to be able to do. */
  readonly needs: readonly HostNeed[];
  /**
   * The reference's remark on internal and triggered services.
   * @default undefined: no remark; extensions have a remark for every type that does not use them
   */
  readonly remark?: Remark;
}
