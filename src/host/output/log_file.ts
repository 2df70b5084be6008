/** Log files of services: opened for each launch, with the owner and the mode of the description. */

import type { OutputPlan } from "../../engine/mod.ts";
import { nodeModule } from "../launch/child.ts";
import { logGuard } from "./command_log_guard.ts";
import { descriptorOfPath, grantedLink } from "./own_descriptor.ts";

type FileOutput = Extract<OutputPlan, { to: "file" }>;
const STDERR = 2;

type FileSystem = typeof import("node:fs");

/** An open log file for a process. */
export interface LogFile {
  /**
   * The argument for `startChild`. Deno 2.7 numbers its own resources, later versions use descriptors of the system.
   */
  readonly fd: number;
  close(): void;
}

/**
 * Opens (and creates) a log file for appending; throws the system's error. It sets owner and mode on regular files
 * only: devices and named pipes belong to others. Lifecycle 8.5, step 10.
 */
export function openLogFile(output: FileOutput, workingDir: string): LogFile {
  const own = descriptorOfPath(output.path, workingDir, grantedLink);
  if (own !== undefined) return ownDescriptor(own);
  const path = output.path.startsWith("/") ? output.path : `${workingDir}/${output.path}`;
  const fs = nodeModule("node:fs") as FileSystem;
  const guard = logGuard(path, output.uid);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOCTTY, O_NONBLOCK, O_NOFOLLOW } = fs.constants;
  const care = O_NOCTTY | (guard.noLink ? O_NOFOLLOW : 0);
  // Without O_NONBLOCK, opening a named pipe without a reader would block the daemon; with it, it is an error (ENXIO).
  let fd = fs.openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | care, 0o600);
  try {
    const found = fs.fstatSync(fd);
    guard.check(found);
    if (found.isFile()) {
      if (output.uid !== undefined || output.gid !== undefined) {
        fs.fchownSync(fd, output.uid ?? found.uid, output.gid ?? found.gid);
      }
      fs.fchmodSync(fd, output.permissions);
    } else {
      const waiting = reopenWaiting(fs, path, care, found.isFIFO());
      fs.closeSync(fd);
      fd = waiting;
    }
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  return { fd, close: () => fs.closeSync(fd) };
}

/** A standard descriptor of the daemon. For others, this host cannot know whether the daemon was started with them. */
function ownDescriptor(fd: number): LogFile {
  if (fd > STDERR) throw new Deno.errors.BadResource("not a standard descriptor (os error 9)");
  return { fd, close: () => {} };
}

/**
 * Opens a device or a named pipe again, so that writes of the service block: the runtime cannot change the flags of an
 * open file. `care`: further flags. Meanwhile a named pipe is open for reading, so that opening does not wait for a
 * reader, even if the last one closes it at this moment.
 */
function reopenWaiting(fs: FileSystem, path: string, care: number, isPipe: boolean): number {
  const { O_RDONLY, O_WRONLY, O_APPEND, O_NONBLOCK } = fs.constants;
  const reader = isPipe ? fs.openSync(path, O_RDONLY | O_NONBLOCK | care) : undefined;
  try {
    return fs.openSync(path, O_WRONLY | O_APPEND | care);
  } finally {
    if (reader !== undefined) fs.closeSync(reader);
  }
}
