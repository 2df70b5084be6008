/** The times of an activation: from the moment when a service is wanted until it has ended. */

import { ServiceState, type ServiceTimes } from "../model/mod.ts";
import type { Phase } from "./lifecycle/phase.ts";

/** The times of the last activation, by the engine's clock; `undefined` if the step was not reached. */
export interface ActivationTimes {
  /** It got its first claim, and began to wait for its dependencies. */
  asked: number;
  /** It waited for no dependency any more. */
  unblocked: number | undefined;
  /** The full name of the service that it waited for last, or because of which it failed; `undefined` if it did not wait. */
  decidedBy: string | undefined;
  /** Its process was launched (not again for a recovery). */
  launched: number | undefined;
  /** It was up. */
  ready: number | undefined;
  /** It was to stop, unless that was called off. */
  stopAsked: number | undefined;
  /** It had stopped. */
  ended: number | undefined;
}

/** The fields of a service that matter here. */
interface Activated {
  readonly name: string;
  readonly state: ServiceState;
  readonly times: ActivationTimes | undefined;
}

/** An activation that begins now. */
export function askedAt(now: number): ActivationTimes {
  return {
    asked: now,
    unblocked: undefined,
    decidedBy: undefined,
    launched: undefined,
    ready: undefined,
    stopAsked: undefined,
    ended: undefined,
  };
}

/** Notes that a service leaves its current phase for another one. */
export function noteStep(service: Activated, phase: Phase, now: number): void {
  const { times } = service;
  if (times === undefined) return;
  switch (phase.kind) {
    case "launching":
      times.launched = now;
      return;
    case "up":
      if (service.state === ServiceState.STARTING) times.ready = now;
      else times.stopAsked = undefined; // the stop was cancelled, or a recovery is complete
      return;
    case "stopped":
      times.ended = now;
  }
}

/** The times of a service with the time of day. */
export function timesOf(
  { name, times }: Activated,
  clock: { wallOf(time: number): number },
): ServiceTimes | undefined {
  if (times === undefined) return undefined;
  const wallOf = (time: number) => clock.wallOf(time);
  const at = (time: number | undefined) => time === undefined ? undefined : wallOf(time);
  return {
    name,
    asked: wallOf(times.asked),
    unblocked: at(times.unblocked),
    decidedBy: times.decidedBy,
    launched: at(times.launched),
    ready: at(times.ready),
    stopAsked: at(times.stopAsked),
    ended: at(times.ended),
  };
}
