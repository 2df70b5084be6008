import type { ServiceDescription } from "../model/mod.ts";

/** What the engine does while a description is read. */
export interface DescriptionCallbacks {
  /** A dependency is named, here and now: it is loaded before reading goes on. What this throws ends the reading. */
  dependency(request: { readonly name: string; readonly fromDirectory: boolean }): void;
  /** Takes a remark on the description, for the log. */
  warn(text: string): void;
}

/** A description that was found. */
export interface FoundDescription {
  /** Reads it. Throws `LoadError`. */
  read(reader: DescriptionCallbacks): ServiceDescription;
}

/** Where descriptions come from: folders, or anything else that can give a description for a name. */
export interface DescriptionSource {
  /** The folders that are searched, in order, for people to see; empty if there are none. */
  readonly directories: readonly string[];
  /** The description of a service, by its full name. Throws `LoadError`, of kind `not-found` if there is none. */
  find(name: string): FoundDescription;
}
