/** Services whose coming up and going down the test decides (lifecycle 14). */

import type { Behaviour, Lifecycle, Service } from "../../src/engine/mod.ts";

/** How a double behaves. */
export interface Double {
  /** It is up as soon as it is brought up. */
  readonly immediate: boolean;
  /** A start under way can be interrupted; it is over at once. */
  readonly interruptible: boolean;
  /** It is down only when the test says so. */
  readonly slowStop: boolean;
}

/** Says what a double does: `up(A)`, `down(A)`, `intr(A)`. */
export type Record = (service: Service, what: "up" | "down" | "intr") => void;

/** The behaviour of a double. */
export function doubleBehaviour(lifecycle: Lifecycle, double: Double, record: Record): Behaviour {
  return {
    bringUp(service) {
      record(service, "up");
      if (double.immediate) lifecycle.markStarted(service);
      return true;
    },
    bringDown(service) {
      record(service, "down");
      if (!double.slowStop) lifecycle.markStopped(service);
    },
    canInterruptStart: () => double.interruptible,
    interruptStart(service) {
      record(service, "intr");
      return true;
    },
    wantsRestart: ({ description }) => description.restart === "always",
    restartAllowed: () => true,
    resumed() {},
    stopped() {},
  };
}
