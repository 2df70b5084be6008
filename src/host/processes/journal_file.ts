/**
 * The journal as a file: it belongs to the one daemon that has it locked (`flock`), for as long as that daemon lives.
 * The lock ends with the process, in whatever way that ends; descriptors of the runtime are closed on exec, so no
 * service keeps it. The lock is that of the file itself. When the contents are replaced, the new file is locked
 * before it takes the place of the old one, so there is no moment without a locked file at the path.
 */

import { fileProblem, folderOf, folderProblem, ownIdentity } from "../../system/mod.ts";

/** Only the daemon's own user may read it: it tells command lines. */
const MODE = 0o600;
/** Behind the path: where new contents are written before they take the place of the old ones. */
const NEW = ".new";
/** How often to look again if the file at the path changes while it is opened. */
const ATTEMPTS = 10;

/** Another daemon that lives has the journal. */
export class JournalInUseError extends Error {
  override readonly name = "JournalInUseError";
  readonly path: string;
  /** What that daemon has written. */
  readonly text: string;

  constructor(path: string, text: string) {
    super(`The journal ${path} is locked by another process`);
    this.path = path;
    this.text = text;
  }
}

/** The file or its folder could be another user's doing. The message names both and the reason. */
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

  /** Opens and locks the journal at `path`; makes an empty one if there is none. */
  static open(path: string): JournalFile {
    checkFolder(path);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const file = openOrMake(path);
      if (file === undefined) continue;
      try {
        if (!file.tryLockSync(true)) throw new JournalInUseError(path, readAll(file));
        // Another daemon may have ended, and removed or replaced the file, before this one got the lock.
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

  /** Adds bytes at the end. If it throws, a part of them may have been added. */
  append(bytes: Uint8Array): void {
    writeAll(this.#file, bytes);
  }

  /** Gives the file other contents, all at once: whenever the daemon is killed, the one or the other is there. */
  replace(bytes: Uint8Array): void {
    const path = `${this.#path}${NEW}`;
    removeIfThere(path); // left by a daemon that was killed here
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

  /** Removes the file, and gives the lock back. */
  remove(): void {
    try {
      if (this.inPlace) removeIfThere(this.#path);
    } finally {
      this.#file.close();
    }
  }

  /** Gives the lock back and leaves the file. */
  close(): void {
    this.#file.close();
  }
}

/** The text of the journal at a path; empty if there is none. Throws `JournalUntrustedError`, or what the system says. */
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

/** `undefined`: the file was replaced in between. */
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

/** Opens the file that was looked at, and no other: the runtime cannot be told to follow no link. */
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
    throw new JournalUntrustedError(`${path} is not used: its folder ${folder} is not safe, as ${problem}`);
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
