/** What the daemon knows of the health of a service: the document for the topic `health`. */

import type { HealthAction } from "./health_settings.ts";

/** The health of one service. */
export interface HealthDocument {
  /** The full name of the service. */
  readonly name: string;
  /** Whether it has a check, besides its messages. */
  readonly checked: boolean;
  /** What the checks say; without a check, whether it is up. */
  readonly verdict: "unknown" | "healthy" | "unhealthy";
  /** Whether it is up, waits for its readiness, or does neither. */
  readonly running: "none" | "awaits" | "up";
  /** How many of the last checks have failed. */
  readonly failures: number;
  /** How many failures in a row make it unhealthy. */
  readonly limit: number;
  /** How many checks have ended since the daemon began to watch. */
  readonly count: number;
  /** What the last check has shown. @default absent, there was none */
  readonly last?: string;
  /** When it ended, in milliseconds since 1970. @default absent, there was none */
  readonly at?: number;
  /** What its process says to do: `reloading` or `stopping`. @default absent, neither */
  readonly doing?: string;
  /** What its process says of itself (`STATUS=`). @default absent, nothing */
  readonly status?: string;
  /** The error that its process has told (`ERRNO=`). @default absent, none */
  readonly errno?: number;
  /** The watchdog: its limit, and the time that is left, in milliseconds. @default absent, none runs */
  readonly watchdog?: { readonly timeout: number; readonly left: number };
  /** What follows because it is unhealthy. @default absent, it is not */
  readonly action?: HealthAction;
}
