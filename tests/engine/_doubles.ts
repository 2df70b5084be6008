/** Services whose coming up and going down the test decides (lifecycle 14). */

import type { Behaviour, Lifecycle, ServiceRecord } from "../../src/engine/mod.ts";

/** How a double behaves. */
export interface Double {
  /** Its bring-up completes at once. */
  readonly immediate: boolean;
  /** Its start can be interrupted, and then ends at once. */
  readonly interruptible: boolean;
  /** It is down only when the test says so. */
  readonly slowStop: boolean;
}

/** Records the actions of a double: `up(A)`, `down(A)`, `intr(A)`. */
export type Record = (service: ServiceRecord, what: "up" | "down" | "intr") => void;

/** The behaviour of a double. */
export function doubleBehaviour(lifecycle: Lifecycle, double: Double, record: Record): Behaviour {
  return {
    bringUp(service) {
      record(service, "up");
      if (double.immediate) lifecycle.markStarted(service);
      else lifecycle.enter(service, { kind: "awaiting-trigger" });
      return true;
    },
    bringDown(service) {
      record(service, "down");
      if (double.slowStop) lifecycle.enter(service, { kind: "asked-to-stop", launcher: false });
      else lifecycle.markStopped(service);
    },
    interruptStart(service) {
      if (!double.interruptible) return "refused";
      record(service, "intr");
      return "over";
    },
    restarts: ({ description }) => description.restart === "always",
    resumed() {},
    stopped() {},
  };
}
