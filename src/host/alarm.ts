/** What wakes the clock of the engine. */

import { Interest, type Library, type Poller, SystemCallError, TimerDescriptor } from "../system/mod.ts";

/** One alarm. It may also ring earlier: the clock looks what is due. */
export interface Alarm {
  /** Rings at this time of the clock, in milliseconds, in place of an earlier setting. */
  set(at: number): void;
}

/** Makes an alarm that calls `ring`. */
export type AlarmMaker = (ring: () => void) => Alarm;

/** The longest delay of the runtime's timers: about 24.8 days. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * The runtime's timers. They take milliseconds and more than a megabyte to load.
 *
 * @param now the time of the clock in milliseconds
 */
export function runtimeAlarm(now: () => number): AlarmMaker {
  return (ring) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return {
      set(at) {
        clearTimeout(timer);
        timer = setTimeout(ring, Math.min(Math.max(0, Math.ceil(at - now())), LONGEST_DELAY));
      },
    };
  };
}

/**
 * A timer of the kernel by the clock that counts from boot; the runtime's timers if no descriptor is free.
 *
 * @param now the time of that clock in milliseconds
 */
export function bootAlarm(library: Library, poller: Poller, now: () => number): AlarmMaker {
  return (ring) => {
    try {
      const timer = new TimerDescriptor(library);
      poller.watch(timer.fd, Interest.READ, () => {
        timer.acknowledge();
        ring();
      });
      return timer;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return runtimeAlarm(now)(ring);
    }
  };
}
