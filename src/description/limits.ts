/**
 * Limits for the text of descriptions. The runtime ends the whole program when its heap is full, so everything is
 * limited long before that. Each error names its limit.
 */

const MEGABYTE = 1024 * 1024;

/** The largest description, included file or environment file, in bytes. */
export const FILE_LIMIT = 4 * MEGABYTE;

/** The files of one description together: the file itself, its includes and its environment file. In characters. */
export const FILES_LIMIT = 16 * MEGABYTE;

/** How much text all loaded descriptions may hold together, in characters. */
export const LOADED_TEXT_LIMIT = 64 * MEGABYTE;

/** A size for people: `4 MB`. Whole megabytes only. */
export function megabytes(size: number): string {
  return `${size / MEGABYTE} MB`;
}
