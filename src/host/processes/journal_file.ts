/**
 * The journal as a file. One daemon has it locked (`flock`) while it lives. The lock ends with the process, however it
 * ends; the runtime's descriptors are close-on-exec, so no service keeps it. The lock belongs to the file. A new file
 * is locked before it replaces the old one, so there is always a locked file at the path.
 */

import { fileProblem, folderOf, folderProblem, ownIdentity } from "../../system/mod.ts";

/** Only the daemon's own user may read it, because it contains command lines. */
const MODE = 0o600;
/** The suffix of the file for new contents, before it replaces the old one. */
const NEW = ".new";
/** How often to try again if the file at the path changes while it is opened. */
const ATTEMPTS = 10;

/** Another living daemon has the journal. */
export class JournalInUseError extends Error {
  override readonly name = "JournalInUseError";
  readonly path: string;
  /** The text that this daemon has written. */
  readonly text: string;

  constructor(path: string, text: string) {
    super(`The journal ${path} is locked by another process`);
    this.path = path;
    this.text = text;
  }
}

/** The file or its folder may come from another user. The message names both and the reason. */
export class JournalUntrustedError extends Error {
  override readonly name = "JournalUntrustedError";
}

/** An open and locked journal. Methods throw the runtime's errors. */
export class JournalFile {
  readonly #path: string;
  #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens and locks the journal at `path`; creates an empty one if there is none. */
  static open(path: string): JournalFile {
    checkFolder(path);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const file = openOrMake(path);
      if (file === undefined) continue;
      try {
        if (!file.tryLockSync(true)) throw new JournalInUseError(path, readAll(file));
        // Before this daemon got the lock, another one may have ended and removed or replaced the file.
        if (isAt(path, file)) return new JournalFile(path, file);
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
    }
    throw new Error(`the journal ${path} changes all the time`);
  }

  /** The whole text of the file. */
  read(): string {
    return readAll(this.#file);
  }

  /** Appends bytes. If it throws, it may have appended a part of them. */
  append(bytes: Uint8Array): void {
    writeAll(this.#file, bytes);
  }

  /** Replaces the contents in one step: if the daemon is killed, the file has either the old or the new contents. */
  replace(bytes: Uint8Array): void {
    const path = `${this.#path}${NEW}`;
    removeIfThere(path); // left by a daemon that was killed at this point
    const file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: MODE });
    try {
      file.tryLockSync(true);
      writeAll(file, bytes);
      Deno.renameSync(path, this.#path);
    } catch (error) {
      file.close();
      removeIfThere(path);
      throw error;
    }
    this.#file.close();
    this.#file = file;
  }

  /** Whether the file is still at its path. */
  get inPlace(): boolean {
    return isAt(this.#path, this.#file);
  }

  /** Removes the file, and releases the lock. */
  remove(): void {
    try {
      if (this.inPlace) removeIfThere(this.#path);
    } finally {
      this.#file.close();
    }
  }

  /** Releases the lock and keeps the file. */
  close(): void {
    this.#file.close();
  }
}

/** The text of the journal at a path; empty if there is none. Throws `JournalUntrustedError`, or the system's error. */
export function readJournalText(path: string): string {
  checkFolder(path);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const info = lookAt(path);
    if (info === undefined) return "";
    using file = openTrusted(path, info, { read: true });
    if (file !== undefined) return readAll(file);
  }
  return "";
}

/** `undefined`: the file was replaced meanwhile. */
function openOrMake(path: string): Deno.FsFile | undefined {
  const info = lookAt(path);
  if (info !== undefined) return openTrusted(path, info, { read: true, write: true });
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true, mode: MODE });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
}

/** Opens exactly the file that was examined: the runtime has no option to follow no link. */
function openTrusted(path: string, info: Deno.FileInfo, options: Deno.OpenOptions): Deno.FsFile | undefined {
  const problem = fileProblem(info, ownIdentity());
  if (problem !== undefined) throw new JournalUntrustedError(`${path} is ignored: ${problem}`);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (isSame(file.statSync(), info)) return file;
  file.close();
  return undefined;
}

function checkFolder(path: string): void {
  const folder = folderOf(path);
  const problem = folderProblem(Deno.statSync(folder), ownIdentity());
  if (problem !== undefined) {
    throw new JournalUntrustedError(
      `${path} is not used: its folder ${folder} is not safe, because ${problem}`,
    );
  }
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isAt(path: string, file: Deno.FsFile): boolean {
  const info = lookAt(path);
  return info !== undefined && isSame(info, file.statSync());
}

function isSame(one: Deno.FileInfo, other: Deno.FileInfo): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.isFile === other.isFile;
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function readAll(file: Deno.FsFile): string {
  file.seekSync(0, Deno.SeekMode.Start);
  const bytes = new Uint8Array(file.statSync().size);
  let length = 0;
  while (length < bytes.length) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}
