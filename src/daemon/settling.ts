/** Gives memory back to the system when a burst of events is over, such as the start of the daemon. */

import type { AlarmMaker } from "../host/mod.ts";

/** How long nothing must have happened, in milliseconds. */
const QUIET = 5000;
/** How many facts are a burst. Fewer leave little garbage, and collecting it is not worth the time. */
const BURST = 100;

/** What `Settling` is given. */
export interface SettlingContext {
  readonly alarm: AlarmMaker;
  /** The time by the clock of the alarm, in milliseconds. */
  now(): number;
  /** Looks what there is to do after a start, every `QUIET` milliseconds during a burst, and at its end. */
  look(): Promise<void>;
  /** Gives memory back. It takes some ten milliseconds. */
  release(): void;
}

/** Waits for the end of a burst. The start of the daemon is one. */
export class Settling {
  readonly #context: SettlingContext;
  readonly #alarm: ReturnType<AlarmMaker>;
  #facts = BURST;
  /** The number of facts when the alarm was set; `undefined`: it is off. */
  #atSetting: number | undefined;

  constructor(context: SettlingContext) {
    this.#context = context;
    this.#alarm = context.alarm(() => this.#ring());
    this.#set();
  }

  /** A fact: something has happened. */
  happened(): void {
    this.#facts++;
    if (this.#facts >= BURST && this.#atSetting === undefined) this.#set();
  }

  #set(): void {
    this.#atSetting = this.#facts;
    this.#alarm.set(this.#context.now() + QUIET);
  }

  #ring(): void {
    if (this.#atSetting === undefined) return;
    const looked = this.#context.look();
    if (this.#facts !== this.#atSetting) return this.#set();
    this.#facts = 0;
    this.#atSetting = undefined;
    void looked.then(() => this.#context.release());
  }
}
