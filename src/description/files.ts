/**
 * Only this file of the room reads files. It checks a path before it opens it, so that a FIFO or a device
 * cannot block the daemon. Failures are values, because a search through several directories normally fails in most of
 * them.
 */

import { decodeBytes, Errno, errnoOf, errnoText, type FileTime } from "../model/mod.ts";
import { FILE_LIMIT, megabytes } from "./limits.ts";

/** A whole file. */
export interface FileContents {
  readonly ok: true;
  readonly text: string;
  readonly modified: FileTime;
  /** The directory of the file itself, after symbolic links were followed. */
  readonly realDirectory: string;
}

/** Why a file could not be read. */
export interface FileFailure {
  readonly ok: false;
  /** The step that failed: opening the file, following its links, or reading it. */
  readonly stage: "open" | "links" | "read";
  /** The file does not exist, or its directory does not. */
  readonly missing: boolean;
  /** The system's text for the error. */
  readonly text: string;
  readonly cause: unknown;
}

/** The facts about a path that are needed before the file is opened. */
export interface FileStatus {
  /** What it is; a link is not followed. */
  readonly kind: "file" | "directory" | "link" | "socket" | "null device" | "other";
  /** In bytes. */
  readonly size: number;
  /** When its contents were changed last. */
  readonly modified: FileTime;
}

/**
 * A better access to files than the runtime's, which cannot name a path that is not UTF-8 and gives times in whole
 * milliseconds. All methods throw errors whose number `errnoOf` knows.
 */
export interface FileAccess {
  /** Looks at a path without following a link. */
  lookAt(path: string): FileStatus;
  /** Where a symbolic link leads. */
  linkAt(path: string): string;
  /** All bytes of a file. */
  read(path: string): Uint8Array;
  /** The names of a directory's entries, in the system's order. */
  namesIn(path: string): string[];
}

/** The Linux kernel follows this many symbolic links in a row. */
const MAX_LINKS = 40;
/** The device number of `/dev/null` on Linux. */
const NULL_DEVICE = 0x103;

const { ENOENT, EIO, ENXIO, EISDIR, EFBIG, ELOOP, EILSEQ } = Errno;

/** Reads a whole file. A symbolic link to `/dev/null` is an empty file. */
export function readWholeFile(path: string, files: FileAccess = RUNTIME): FileContents | FileFailure {
  let target = untilNul(path);
  // The runtime's paths are Unicode: it would silently look for another file.
  if (files === RUNTIME && !target.isWellFormed()) return failure("open", EILSEQ);
  try {
    let status = files.lookAt(target);
    for (let links = 0; status.kind === "link"; links++) {
      if (links === MAX_LINKS) return failure("links", ELOOP);
      const next = files.linkAt(target);
      if (next.endsWith("/")) return failure("open", ENOENT);
      target = joinPath(directoryOf(target), next);
      status = files.lookAt(target);
    }
    return readPlainFile(target, status, files);
  } catch (error) {
    return failureOf(error);
  }
}

function readPlainFile(
  path: string,
  { kind, size, modified }: FileStatus,
  files: FileAccess,
): FileContents | FileFailure {
  let text: string;
  switch (kind) {
    case "file":
    case "directory": // opening succeeds, reading fails
      if (kind === "file" && size > FILE_LIMIT) return tooLarge();
      text = path.isWellFormed() ? readLossless(path) : decodeBytes(files.read(path));
      break;
    case "null device":
      text = "";
      break;
    case "socket":
      return failure("open", ENXIO);
    default:
      return { ...failure("read", EIO), text: "Not a regular file" };
  }
  return { ok: true, text, modified, realDirectory: directoryOf(path) };
}

/** File access by the runtime. */
const RUNTIME: FileAccess = {
  lookAt: (path) => {
    const info = Deno.lstatSync(path);
    return { kind: kindOf(info), size: info.size, modified: fileTime(info.mtime) };
  },
  linkAt: (path) => Deno.readLinkSync(path),
  read: (path) => Deno.readFileSync(path),
  namesIn: (path) => Array.from(Deno.readDirSync(path), (entry) => entry.name),
};

function kindOf(info: Deno.FileInfo): FileStatus["kind"] {
  if (info.isFile) return "file";
  if (info.isDirectory) return "directory";
  if (info.isSymlink) return "link";
  if (info.isSocket) return "socket";
  return info.isCharDevice && info.rdev === NULL_DEVICE ? "null device" : "other";
}

/** The runtime decodes faster. If it had to replace bytes that are not UTF-8, the file is read again. */
function readLossless(path: string): string {
  const text = Deno.readTextFileSync(path);
  return text.includes("\ufffd") ? decodeBytes(Deno.readFileSync(path)) : text;
}

function tooLarge(): FileFailure {
  const failed = failure("read", EFBIG);
  return { ...failed, text: `${failed.text} (the limit is ${megabytes(FILE_LIMIT)})` };
}

/** The runtime gives whole milliseconds only. */
function fileTime(date: Date | null): FileTime {
  const milliseconds = date === null ? 0 : date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000 };
}

function failure(stage: FileFailure["stage"], errno: number, cause?: unknown): FileFailure {
  return { ok: false, stage, missing: errno === ENOENT, text: errnoText(errno), cause };
}

function failureOf(error: unknown): FileFailure {
  const errno = errnoOf(error);
  const isRefused = error instanceof Deno.errors.NotCapable;
  const stage = !isRefused && (errno === EISDIR || errno === EIO) ? "read" : "open";
  return { ...failure(stage, errno, error), text: systemErrorText(error) };
}

/** The error in the words of the C library, or in our words if the runtime itself refused. */
export function systemErrorText(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "Reading was not granted to this program (--allow-read)";
  }
  return errnoText(errnoOf(error));
}

/** Whether there is a file, or a link to something, at a path; `unknown` if the program may not look. */
export function isFileThere(path: string, files: FileAccess = RUNTIME): boolean | "unknown" {
  try {
    const { kind } = files.lookAt(path);
    return kind === "file" || kind === "link";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "unknown";
    if (error instanceof Error) return false;
    throw error;
  }
}

/** When a file was last changed, as a number to compare. Throws the runtime's error. */
export function fileVersion(path: string): string {
  const { mtime, size, ino } = Deno.statSync(path);
  return `${mtime?.getTime()} ${size} ${ino}`;
}

/** A small file of the system as text. Throws the runtime's error. */
export function readSystemFile(path: string): string {
  return readLossless(path);
}

/** The names of a directory's entries, in the system's order. Throws an error of which `errnoOf` knows the number. */
export function directoryNames(path: string, files: FileAccess = RUNTIME): string[] {
  return files.namesIn(untilNul(path));
}

/** A text as the system sees it: up to its first NUL. */
export function untilNul(text: string): string {
  const nul = text.indexOf("\0");
  return nul === -1 ? text : text.slice(0, nul);
}

/** The directory part of a path: `.` if it has none. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

/** A path that is relative to a directory, resolved against the place of that directory. */
export function joinPath(directory: string, path: string): string {
  if (path === "") return directory;
  if (path.startsWith("/")) return path;
  return directory.endsWith("/") ? directory + path : `${directory}/${path}`;
}

/** The absolute path, for people; the unchanged path if the working directory is unknown. */
export function wholePath(path: string): string {
  if (path.startsWith("/")) return path;
  try {
    return joinPath(Deno.cwd(), path.replace(/^(?:\.\/)+/, ""));
  } catch {
    return path; // the working directory was removed, or no grant allows reading it
  }
}
