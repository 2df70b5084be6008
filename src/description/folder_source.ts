import type { ServiceDescription } from "../model/mod.ts";
import type { FileAccess } from "./files.ts";
import { findDescription, type SharedFileSearch } from "./find.ts";
import { readDescription } from "./read.ts";
import type { ReadOptions } from "./read_options.ts";

/** The options for reading descriptions from folders. */
export interface FolderSourceOptions extends Pick<ReadOptions, "environment" | "users" | "identity"> {
  /** How descriptions are read. @default by the runtime */
  readonly files?: FileAccess;
  /** Searches the files with several services among the folders. @default there are none */
  readonly shared?: SharedFileSearch;
}

/** Descriptions in folders, which are searched in order. */
export class FolderSource {
  /** The folders that are searched, in order. */
  readonly directories: readonly string[];
  readonly #options: FolderSourceOptions;

  /** A source that searches folders, and reads with the given options what it finds. */
  constructor(directories: readonly string[], options: FolderSourceOptions) {
    this.directories = directories;
    this.#options = options;
  }

  /** Finds the description of a service by its full name, and reads it on request. Throws `LoadError`. */
  find(name: string): { read(reader: Pick<ReadOptions, "dependency" | "warn">): ServiceDescription } {
    const { environment, users, identity, files, shared } = this.#options;
    const file = findDescription(name, this.directories, files, shared);
    return {
      read: ({ dependency, warn }) =>
        readDescription(file, { environment, users, identity, dependency, warn }),
    };
  }
}
