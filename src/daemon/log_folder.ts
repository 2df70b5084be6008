/** `--log-folder`: services without a log keep their output in one folder. Loaded only with that option. */

import type { ServiceDescription } from "../description/mod.ts";
import type { DescriptionSource, FoundDescription } from "../engine/mod.ts";

/** A log begins another file at this size, in bytes: enough for a day of work, and small beside a project. */
const MAX_SIZE = 10 * 1024 * 1024;
/** How many older files of a log are kept. */
const ARCHIVES = 2;

/** The services of another source. Each that has no log gets a file in a folder. */
export class LogFolder implements DescriptionSource {
  readonly #source: DescriptionSource;
  readonly #folder: string;
  readonly #keeps: boolean;

  /**
   * @param folder the absolute path of the folder, which exists
   * @param keeps whether the host can keep logs with limits. Otherwise the processes write to the files themselves.
   */
  constructor(source: DescriptionSource, folder: string, keeps: boolean) {
    this.#source = source;
    this.#folder = folder;
    this.#keeps = keeps;
  }

  /** The folders of the other source. */
  get directories(): readonly string[] {
    return this.#source.directories;
  }

  /** Finds the description of a service by its full name. Throws `LoadError`. */
  find(name: string): FoundDescription {
    const found = this.#source.find(name);
    return { read: (reader) => this.#logged(found.read(reader)) };
  }

  #logged(description: ServiceDescription): ServiceDescription {
    if (description.logType !== "none") return description;
    const logFile = `${this.#folder}/${description.name.replaceAll("/", "_")}.log`;
    if (!this.#keeps) return { ...description, logType: "file", logFile };
    return { ...description, logType: "kept", logFile, logMaxSize: MAX_SIZE, logKeep: ARCHIVES };
  }
}
