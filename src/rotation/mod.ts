/**
 * Rotated log files: the names and limits of archives, their compression, and the moments of rotations by time. This
 * room knows files, but neither services nor the C library.
 *
 * @module
 */

export {
  addArchive,
  type Archive,
  type ArchiveLimits,
  archiveName,
  archivesOf,
  lookAt,
  trimArchives,
} from "./archives.ts";
export { Compressor, type CompressorContext } from "./compressor.ts";
export { InPlaceError, type InPlaceResult, InPlaceRotation, type RangeCalls } from "./in_place.ts";
export { periodEnd } from "./period.ts";
export { FollowedLog } from "./followed_log.ts";
export { type LogTail, tailOf, type TailOptions } from "./log_tail.ts";
