/** The services that the command line names, with which the daemon begins (daemon and init 3.1). */

import { LoadError } from "../model/mod.ts";
import type { ServiceManager, ServiceRecord } from "../engine/mod.ts";
import { ExitWith } from "./exit_with.ts";
import type { DaemonOptions } from "./options.ts";
import type { StrayErrors } from "./stray_errors.ts";

/** The options that concern the first services. */
type InitialOptions = Pick<DaemonOptions, "services" | "exitWith" | "exitOnFailure">;

/** Starts the first services, and follows the one of `--exit-with`. */
export class InitialServices {
  readonly #options: InitialOptions;
  readonly #manager: ServiceManager;
  readonly #stray: StrayErrors;
  readonly #note: (status: number) => void;
  #followed: ExitWith | undefined;

  /** @param note keeps the exit status, also for a program that replaces this one */
  constructor(
    options: InitialOptions,
    manager: ServiceManager,
    stray: StrayErrors,
    note: (status: number) => void,
  ) {
    this.#options = options;
    this.#manager = manager;
    this.#stray = stray;
    this.#note = note;
  }

  /**
   * Starts them all. False: one cannot be loaded without which the daemon must not run; none is started then, and the exit
   * status is known.
   */
  start(): boolean {
    const { services, exitWith, exitOnFailure } = this.#options;
    if (exitOnFailure !== undefined) {
      const missing = services.filter((name) => this.#load(name) === undefined); // each is logged
      if (missing.length > 0) {
        this.#note(exitOnFailure);
        return false;
      }
    }
    if (exitWith === undefined) {
      for (const name of services) this.#start(name);
      return true;
    }
    const followed = this.#load(exitWith);
    if (followed === undefined) return false;
    this.#followed = new ExitWith(this.#manager, followed, this.#note);
    for (const name of [...services, exitWith]) this.#start(name);
    return true;
  }

  /** Follows the service of `--exit-with` again: the services were started by the program before. */
  continue(): void {
    const { exitWith } = this.#options;
    const followed = exitWith === undefined ? undefined : this.#manager.find(exitWith);
    if (followed !== undefined) this.#followed = new ExitWith(this.#manager, followed, this.#note);
  }

  /** The status for the daemon to end with: that of the service it follows, or 0 if it follows none. */
  get exitStatus(): number {
    if (this.#options.exitWith === undefined) return 0;
    return this.#followed?.status ?? 1; // it could not be loaded
  }

  #start(name: string): void {
    try {
      const service = this.#load(name);
      if (service !== undefined) this.#manager.start(service);
    } catch (error) {
      this.#stray.report(error); // the others are started all the same
    }
  }

  /** A service by its name; `undefined` if it cannot be loaded, which was logged. */
  #load(name: string): ServiceRecord | undefined {
    try {
      return this.#manager.load(name, "command-line");
    } catch (error) {
      if (error instanceof LoadError) return undefined;
      throw error;
    }
  }
}
