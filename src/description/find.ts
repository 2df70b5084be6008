/** Finding a description by name (service description 2.3). */

import { baseName, type FileTime, LoadError, type Location, notFound } from "../model/mod.ts";
import { type FileAccess, type FileFailure, readWholeFile } from "./files.ts";

/** A description file that was found and read, but not parsed. */
export interface DescriptionFile {
  /** The name that was asked for, with `@argument` if there is one. */
  readonly fullName: string;
  /** The service directory, as configured. */
  readonly directory: string;
  /** `directory` and the base name: how messages name the file. */
  readonly file: string;
  /** The directory of the file that links lead to: where `@include` and `env-file` begin. */
  readonly realDirectory: string;
  /** When the file was last changed. The files that it includes do not count. */
  readonly modified: FileTime;
  /** Lossless, see `model/bytes.ts`. */
  readonly text: string;
  /** How this file, and the files that it names, are read. @default by the runtime */
  readonly files?: FileAccess;
  /** Where a place in `text` really is, if the text was made from another one. @default in `file`, there */
  place?(line: number, column?: number): Location;
}

/** Finds descriptions in files that have those of several services. */
export interface SharedFileSearch {
  /**
   * The description of a service in a file; `undefined` if the file does not exist or has none. Throws `LoadError`.
   *
   * @param files how files are read. @default by the runtime
   */
  find(fullName: string, path: string, files?: FileAccess): DescriptionFile | undefined;
  /** The names of the services in a file, without templates; none if it cannot be read. */
  names(path: string, files?: FileAccess): string[];
}

/** Whether a path among the service directories names a file with several services. */
export function isSharedFile(path: string): boolean {
  return path.endsWith(".toml");
}

/**
 * Whether the name of a file is that of a service in TypeScript or JavaScript, such as `web.service.ts`. The daemon
 * does not read these: `dinit build` makes descriptions from them.
 */
export function isServiceModule(name: string): boolean {
  return /.\.service\.m?[jt]s$/.test(name);
}

/**
 * Searches the given directories in order for the description of a service.
 *
 * @param files how files are read. @default by the runtime
 * @param shared searches the files with several services among the directories. @default there are none
 * @throws {LoadError} Kind `not-found` if there is none, or `load` if one could not be opened (code `cannot-open`)
 * or read (code `unreadable`). The error names the service by its base name.
 */
export function findDescription(
  fullName: string,
  directories: readonly string[],
  files?: FileAccess,
  shared?: SharedFileSearch,
): DescriptionFile {
  const base = baseName(fullName);
  if (base === "") throw notFound(base); // otherwise this would be the path of the directory
  let firstFailure: { file: string; failure: FileFailure } | undefined;
  for (const directory of directories) {
    if (shared !== undefined && isSharedFile(directory)) {
      const found = shared.find(fullName, directory, files);
      if (found !== undefined) return found;
      continue;
    }
    const file = directory.endsWith("/") ? directory + base : `${directory}/${base}`;
    const found = readWholeFile(base.startsWith("/") ? base : file, files);
    if (found.ok) {
      const { realDirectory, modified, text } = found;
      return { fullName, directory, file, realDirectory, modified, text, files };
    }
    // A file that opens but cannot be read hides the directories after it.
    if (found.stage === "read") throw unusable(base, file, found, "unreadable");
    if (!found.missing) firstFailure ??= { file, failure: found };
  }
  if (firstFailure === undefined) throw notFound(base);
  throw unusable(base, firstFailure.file, firstFailure.failure, "cannot-open");
}

function unusable(service: string, file: string, failure: FileFailure, code: string): LoadError {
  return new LoadError("load", `${file}: ${failure.text}`, {
    service,
    code,
    cause: failure.cause,
  });
}
