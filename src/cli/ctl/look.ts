/** How to show the state of a service. */

import { hasFailed, type WireStatus } from "../../client/mod.ts";
import { ServiceState } from "../../model/states.ts";
import type { StateChoice } from "../../options/ctl_values.ts";
import { Colour } from "../shared/style.ts";

/** A word, a symbol and a colour for the state of a service. */
export interface Look {
  readonly word: StateChoice;
  readonly symbol: string;
  readonly colour: Colour;
}

/** In the order in which they are counted. */
export const LOOKS = {
  started: { word: "started", symbol: "●", colour: Colour.GREEN },
  starting: { word: "starting", symbol: "◐", colour: Colour.YELLOW },
  stopping: { word: "stopping", symbol: "◑", colour: Colour.YELLOW },
  failed: { word: "failed", symbol: "×", colour: Colour.RED },
  stopped: { word: "stopped", symbol: "○", colour: Colour.FAINT },
} as const satisfies Record<string, Look>;

/** How a service in this status looks. */
export function lookOf(status: WireStatus): Look {
  switch (status.state) {
    case ServiceState.STARTED:
      return LOOKS.started;
    case ServiceState.STARTING:
      return LOOKS.starting;
    case ServiceState.STOPPING:
      return LOOKS.stopping;
    default:
      return hasFailed(status) ? LOOKS.failed : LOOKS.stopped;
  }
}
