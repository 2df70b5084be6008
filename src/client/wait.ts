/** Waits until a service reaches a state, across reloads of the service. */

import type { ServiceEventPacket } from "../control/wire/mod.ts";
import { ServiceEvent, ServiceState } from "../model/states.ts";
import { unlessAborted } from "./abort.ts";
import { NotLoadedError } from "./errors.ts";
import type { GoalStep } from "./goal.ts";
import type { Handle, Handles } from "./handles.ts";

/** The result of a wait. */
export interface Settled {
  readonly end: NonNullable<GoalStep["end"]>;
  /** The event that ended it. @default absent, the state itself ended it */
  readonly packet?: ServiceEventPacket;
}

/** What to wait for. */
export interface Waiting {
  readonly goal: "started" | "stopped";
  /** The meaning of an event. */
  see(packet: ServiceEventPacket): GoalStep;
  /** Whether a command to the contrary ends the wait. */
  readonly endsWhenUnwanted: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Waits for the end, beginning with the events of an open handle, which stays open. Throws `ControlError` if the
 * connection ends first, or the reason of the signal.
 */
export async function settle(handles: Handles, handle: Handle, waiting: Waiting): Promise<Settled> {
  for (;;) {
    const packet = await unlessAborted(handle.events.next(), waiting.signal);
    if (packet === undefined) return await settleByState(handles, handle, waiting);
    const { end } = waiting.see(packet);
    if (end !== undefined) return { end, packet };
  }
}

/** The handle has ended with a reload, or with the connection: only the state shows what has happened meanwhile. */
async function settleByState(handles: Handles, { name }: Handle, waiting: Waiting): Promise<Settled> {
  try {
    return await handles.use(name, false, async (handle) => {
      const end = endOf(handle, waiting);
      return end === undefined ? await settle(handles, handle, waiting) : { end };
    });
  } catch (error) {
    if (!(error instanceof NotLoadedError)) throw error;
    if (waiting.goal === "stopped") return { end: "stopped" };
    if (waiting.endsWhenUnwanted) return { end: "cancelled" };
    throw error;
  }
}

function endOf({ record }: Handle, { goal, endsWhenUnwanted }: Waiting): Settled["end"] | undefined {
  const wanted = goal === "started" ? ServiceState.STARTED : ServiceState.STOPPED;
  if (record.state === wanted) return goal;
  return endsWhenUnwanted && record.target !== wanted ? "cancelled" : undefined;
}

/** The meaning of an event when waiting for a state, for whatever reason it is reached. */
export function seeState(goal: "started" | "stopped"): Waiting["see"] {
  return ({ event }) => {
    if (event === ServiceEvent.STARTED && goal === "started") return { end: "started" };
    if (event === ServiceEvent.STOPPED && goal === "stopped") return { end: "stopped" };
    // Other events report a changed command, which may change again.
    return event === ServiceEvent.FAILEDSTART && goal === "started" ? { end: "failed" } : {};
  };
}
