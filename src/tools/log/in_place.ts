/** `dinit-log --in-place`: rotates the log of programs that write to it themselves, and ends. */

import {
  type ArchiveLimits,
  Compressor,
  InPlaceError,
  type InPlaceResult,
  InPlaceRotation,
} from "../../rotation/mod.ts";
import {
  Files,
  folderOf,
  isSharedFolder,
  logFileProblem,
  O,
  openLibrary,
  ownIdentity,
} from "../../system/mod.ts";
import { createFileLike, FileRanges } from "../../system/rotating.ts";

/** How to rotate a log in place. */
export interface InPlaceOptions extends ArchiveLimits {
  /** Rotate only if the file has this size, in bytes; 0: in any case. */
  readonly maxSize: number;
  readonly compress: boolean;
  /** A user who may own the file, besides root and the user of this program. */
  readonly owner: number | undefined;
}

/** How often to look at the file while archives are compressed, in milliseconds: it goes on growing. */
const LOOK_PAUSE = 200;
/** How long to wait for another program that rotates the file, in milliseconds. */
const LOCK_PATIENCE = 10_000;

/**
 * Rotates a log, and compresses its archives; the log may be rotated again meanwhile. `report` receives the reasons for
 * archives that cannot be compressed. Rejects with `InPlaceError`, or the system's error, if the log cannot be rotated.
 */
export async function rotateInPlace(
  target: string,
  options: InPlaceOptions,
  report: (problem: unknown) => void,
): Promise<InPlaceResult> {
  const files = new Files(openLibrary());
  const path = trustedPath(target, options.owner, files);
  using _lock = await locked(path);
  const rotation = new InPlaceRotation(path, options, new FileRanges(openLibrary()));
  const isDue = () => Deno.statSync(path).size >= options.maxSize;
  const result = isDue() ? rotation.rotate() : "small";
  if (options.compress) {
    let problem: unknown;
    const again = setInterval(() => {
      try {
        if (options.maxSize > 0 && isDue()) rotation.rotate();
      } catch (error) {
        problem = error;
        clearInterval(again);
      }
    }, LOOK_PAUSE);
    await new Compressor(path, {
      create: (archive, like) => createFileLike(files, archive, like),
      report,
    }).finish();
    clearInterval(again);
    if (problem !== undefined) throw problem;
  }
  return result;
}

/**
 * The path of the file behind a link, by the rules for log files (docs/security.md): in a folder where others can add
 * files, no link is followed, and the file must belong to somebody who may own the log.
 */
function trustedPath(target: string, owner: number | undefined, files: Files): string {
  const self = ownIdentity();
  const folder = Deno.statSync(folderOf(target));
  if (!isSharedFolder(folder, self)) return regular(Deno.realPathSync(target));
  const fd = files.openNoLink(target, O.RDONLY | O.NONBLOCK | O.NOCTTY);
  try {
    const problem = logFileProblem(files.factsOf(fd), folder, owner, self);
    if (problem !== undefined) throw new InPlaceError(`${target} is not used as log file: ${problem}`);
  } finally {
    files.close(fd);
  }
  return regular(target);
}

function regular(path: string): string {
  if (!Deno.lstatSync(path).isFile) throw new InPlaceError(`${path} is not a regular file`);
  return path;
}

/** Two programs that rotate the same file at the same time would lose an archive. */
async function locked(path: string): Promise<Disposable> {
  const file = Deno.openSync(path);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new InPlaceError(`another program has locked ${path}`);
    timer = setTimeout(() => reject(error), LOCK_PATIENCE);
  });
  try {
    await Promise.race([file.lock(true), late]);
  } catch (error) {
    file.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return file;
}
