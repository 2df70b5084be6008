import type { ServiceDescription } from "../model/mod.ts";

/** The part of the engine that takes part in reading a description. */
export interface DescriptionCallbacks {
  /** Called when a line names a dependency, which is loaded before reading continues. An exception ends the reading. */
  dependency(request: { readonly name: string; readonly fromDirectory: boolean }): void;
  /** Takes a remark on the description, for the log. */
  warn(text: string): void;
}

/** A description that was found. */
export interface FoundDescription {
  /** Reads it. Throws `LoadError`. */
  read(reader: DescriptionCallbacks): ServiceDescription;
}

/** The source of descriptions: folders, or anything else that maps a name to a description. */
export interface DescriptionSource {
  /** The folders in search order, for people; empty if there are none. */
  readonly directories: readonly string[];
  /** Finds the description of a service by its full name. Throws `LoadError`, of kind `not-found` if there is none. */
  find(name: string): FoundDescription;
}
