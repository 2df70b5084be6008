import type { ServiceDescription } from "../model/mod.ts";
import type { LookAtFile } from "./_files.ts";
import { findDescription } from "./find.ts";
import { readDescription } from "./read.ts";
import type { ReadOptions } from "./read_options.ts";

/** What reading descriptions in folders needs. */
export interface FolderSourceOptions extends Pick<ReadOptions, "environment" | "users" | "identity"> {
  /** How to look at a description before it is opened. @default by the runtime */
  readonly lookAtFile?: LookAtFile;
}

/** Descriptions in folders, which are searched in their order. */
export class FolderSource {
  readonly directories: readonly string[];
  readonly #options: FolderSourceOptions;

  constructor(directories: readonly string[], options: FolderSourceOptions) {
    this.directories = directories;
    this.#options = options;
  }

  /** Finds the description of a service by its full name; reads it when asked to. Throws `LoadError`. */
  find(name: string): { read(reader: Pick<ReadOptions, "dependency" | "warn">): ServiceDescription } {
    const { environment, users, identity, lookAtFile } = this.#options;
    const file = findDescription(name, this.directories, lookAtFile);
    return {
      read: ({ dependency, warn }) =>
        readDescription(file, { environment, users, identity, dependency, warn }),
    };
  }
}
