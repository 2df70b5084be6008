/** The meaning of an event for a command that waits for its goal (cli 3.4). */

import type { ServiceEventPacket } from "../control/wire/mod.ts";
import { ServiceEvent, ServiceState } from "../model/states.ts";

/** The goal: `restart` is a stop and then a start. */
export type Goal = "start" | "stop" | "restart";

/** The result of one event. */
export interface GoalStep {
  /** A restart is half-way: the service has stopped. @default absent, it has not stopped just now */
  readonly halfWay?: true;
  /** The wait is over, and its result. @default absent, it continues */
  readonly end?: "started" | "stopped" | "failed" | "cancelled";
}

const GOES_ON: GoalStep = {};

/** Follows the events of one service until a goal is reached or impossible. */
export class GoalWatch {
  readonly #goal: Goal;
  #stopExpected: boolean;

  constructor(goal: Goal) {
    this.#goal = goal;
    this.#stopExpected = goal === "restart";
  }

  /** The meaning of the next event. */
  see({ event, status }: ServiceEventPacket): GoalStep {
    return this.#goal === "stop" ? whileStopping(event) : this.#whileStarting(event, status?.target);
  }

  #whileStarting(event: number, target: number | undefined): GoalStep {
    switch (event) {
      case ServiceEvent.STARTED:
        return { end: "started" };
      case ServiceEvent.FAILEDSTART:
        return { end: "failed" };
      case ServiceEvent.STARTCANCELLED:
        return { end: "cancelled" };
      case ServiceEvent.STOPPED: {
        const halfWay = this.#stopExpected ? { halfWay: true } as const : GOES_ON;
        this.#stopExpected = false;
        // Another client has stopped it for good: no other event reports that the start will not come.
        return target === ServiceState.STOPPED ? { ...halfWay, end: "cancelled" } : halfWay;
      }
      default:
        return GOES_ON;
    }
  }
}

function whileStopping(event: number): GoalStep {
  if (event === ServiceEvent.STOPPED) return { end: "stopped" };
  return event === ServiceEvent.STOPCANCELLED ? { end: "cancelled" } : GOES_ON;
}
