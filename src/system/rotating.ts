/**
 * What the limits of log files need: a watch of files that grow, and the calls that cut the head off a file. Only a
 * daemon with such services loads it, and the program that rotates for it.
 *
 * @module
 */

export { createFileLike } from "./new_file.ts";
export { FileRanges } from "./file_ranges.ts";
export { type GrowthEvents, GrowthWatch } from "./growth_watch.ts";
