import { Errno } from "../model/mod.ts";
import type { FileStatus } from "../description/mod.ts";
import type { FileFacts } from "./trust.ts";
import { asBytes, cString, type Library, SystemCallError } from "./library.ts";

/** Flags of `open`; equal on x86-64 and arm64, except `DIRECTORY`. */
export const O = {
  RDONLY: 0,
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  NOCTTY: 0o400,
  APPEND: 0o2000,
  NONBLOCK: 0o4000,
  CLOEXEC: 0o2000000,
  PATH: 0o10000000,
} as const;

/** Paths are relative to the daemon's working directory. */
export const AT_CWD = -100;

const AT_EMPTY_PATH = 0x1000;
const AT_EACCESS = 0x200;
const AT_SYMLINK_NOFOLLOW = 0x100;
/** The requested fields: type, permissions, time of the last change, size. */
const STATX_TYPE = 1;
const STATX_FACTS = 0x1f;
const STATX_INODE = 0x100;
const STATX_MTIME = 0x40;
const STATX_SIZE = 0x200;
/** Offsets and size of `struct statx`. It is the same on all processors. */
const STATX = {
  links: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  inode: 32,
  size: 40,
  seconds: 112,
  nanoseconds: 120,
  major: 128,
  minor: 132,
  length: 256,
};
/** The kinds of file in a mode. */
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
const S_IFCHR = 0o020000;
const F_GETFD = 1;
const F_DUPFD_CLOEXEC = 1030;
const FD_CLOEXEC = 1;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const X_OK = 1;
/** `recv`: the bytes remain unread. */
const MSG_PEEK = 2;
const FIONREAD = 0x541bn;
const { EAGAIN, EINTR } = Errno;

/** The kind of a file, as far as this program distinguishes them. */
export type FileKind = "file" | "directory" | "socket" | "other";

/** The kinds of open descriptors that outlive a program. */
export type OpenKind = "file" | "pipe" | "socket";

const OPEN_KINDS = new Map<number, OpenKind>([[0o100000, "file"], [0o010000, "pipe"], [0o140000, "socket"]]);

const KINDS = new Map<number, FileKind>([[0o100000, "file"], [0o040000, "directory"], [0o140000, "socket"]]);

/** Files and pipes. New descriptors are close-on-exec. Methods throw `SystemCallError`. */
export class Files {
  readonly #library: Library;
  readonly #stat = new Uint8Array(STATX.length);
  readonly #fields = new DataView(this.#stat.buffer);
  readonly #pair = new Int32Array(2);

  constructor(library: Library) {
    this.#library = library;
  }

  /** Opens a path that is relative to the directory `at`. */
  open(path: string, flags: number, { at = AT_CWD, mode = 0 } = {}): number {
    const { symbols } = this.#library;
    return this.#library.check("open", symbols.openat(at, cString(path), flags | O.CLOEXEC, mode));
  }

  /** Opens a path like `open`, but fails with ELOOP if its last part is a symbolic link. */
  openNoLink(path: string, flags: number, options: { at?: number; mode?: number } = {}): number {
    const noFollow = this.#library.architecture === "x86_64" ? 0o400000 : 0o100000;
    return this.open(path, flags | noFollow, options);
  }

  /** Opens a directory, to open files relative to it and as the working directory of a process. */
  openDirectory(path: string): number {
    const directory = this.#library.architecture === "x86_64" ? 0o200000 : 0o40000;
    return this.open(path, O.PATH | directory);
  }

  close(fd: number): void {
    this.#library.symbols.close(fd);
  }

  /** Reads the available bytes: their number, 0 at the end, `undefined` if none are available now. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined {
    const count = Number(this.#library.symbols.read(fd, buffer, BigInt(buffer.length)));
    return count === -1 ? this.#later("read") : count;
  }

  /** Reads the available bytes of a socket like `read`, but they remain unread. */
  peek(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined {
    const count = Number(this.#library.symbols.recv(fd, buffer, BigInt(buffer.length), MSG_PEEK));
    return count === -1 ? this.#later("read") : count;
  }

  /** Writes as many bytes as possible: their number, `undefined` if none can be written now. */
  write(fd: number, bytes: Uint8Array<ArrayBuffer>): number | undefined {
    const count = Number(this.#library.symbols.write(fd, bytes, BigInt(bytes.length)));
    return count === -1 ? this.#later("write") : count;
  }

  #later(call: string): undefined {
    const errno = this.#library.errno();
    if (errno !== EAGAIN && errno !== EINTR) throw new SystemCallError(call, errno);
    return undefined;
  }

  /** Makes a pipe. */
  pipe(): { read: number; write: number } {
    this.#library.check("pipe", this.#library.symbols.pipe2(asBytes(this.#pair), O.CLOEXEC));
    return { read: this.#pair[0], write: this.#pair[1] };
  }

  /** Makes reads and writes on the open file of a descriptor blocking or non-blocking. */
  setBlocking(fd: number, blocking: boolean): void {
    const { symbols } = this.#library;
    const flags = this.#library.check("fcntl", symbols.fcntl(fd, F_GETFL, 0));
    const wanted = blocking ? flags & ~O.NONBLOCK : flags | O.NONBLOCK;
    if (wanted !== flags) this.#library.check("fcntl", symbols.fcntl(fd, F_SETFL, wanted));
  }

  /** How many bytes a pipe holds: reads would return them now. */
  waitingIn(fd: number): number {
    const count = new Uint8Array(4);
    this.#library.check("ioctl", this.#library.symbols.ioctl(fd, FIONREAD, count));
    return new DataView(count.buffer).getInt32(0, true);
  }

  /** A new descriptor of the same open file, above the standard ones. */
  duplicate(fd: number): number {
    return this.#library.check("fcntl", this.#library.symbols.fcntl(fd, F_DUPFD_CLOEXEC, 3));
  }

  /** Lets a pipe hold at least `size` bytes, if the system allows that. Only speed depends on it. */
  enlargePipe(fd: number, size: number): void {
    const { symbols } = this.#library;
    if (symbols.fcntl(fd, F_GETPIPE_SZ, 0) < size) symbols.fcntl(fd, F_SETPIPE_SZ, size);
  }

  /** Whether a descriptor is open and not close-on-exec. */
  passesExec(fd: number): boolean {
    const flags = this.#library.symbols.fcntl(fd, F_GETFD, 0);
    return flags !== -1 && (flags & FD_CLOEXEC) === 0;
  }

  /** Changes the owner and group of an open file. */
  setOwner(fd: number, uid: number, gid: number): void {
    this.#library.check("fchown", this.#library.symbols.fchown(fd, uid, gid));
  }

  /** Cuts or extends an open file to a size in bytes. */
  truncate(fd: number, size: number): void {
    this.#library.check("ftruncate", this.#library.symbols.ftruncate(fd, BigInt(size)));
  }

  setMode(fd: number, mode: number): void {
    this.#library.check("fchmod", this.#library.symbols.fchmod(fd, mode));
  }

  /** Changes the owner and group of a path; `undefined` leaves one unchanged. */
  setPathOwner(path: string, uid: number | undefined, gid: number | undefined): void {
    const same = 0xffffffff;
    this.#library.check("chown", this.#library.symbols.chown(cString(path), uid ?? same, gid ?? same));
  }

  setPathMode(path: string, mode: number): void {
    this.#library.check("chmod", this.#library.symbols.chmod(cString(path), mode));
  }

  remove(path: string): void {
    this.#library.check("unlink", this.#library.symbols.unlink(cString(path)));
  }

  /** Throws unless the daemon may execute the file or search the directory. */
  checkExecutable(path: string, at: number): void {
    this.#library.check("access", this.#library.symbols.faccessat(at, cString(path), X_OK, AT_EACCESS));
  }

  /** The kind of an open descriptor. */
  kindOf(fd: number): FileKind {
    return this.#kind(fd, "", AT_EMPTY_PATH);
  }

  /**
   * The number that identifies an open file, pipe or socket among its kind; `undefined` if the descriptor is closed or
   * of another kind.
   */
  inodeOf(fd: number, kind: OpenKind): number | undefined {
    if (this.#library.symbols.fcntl(fd, F_GETFD, 0) === -1) return undefined;
    const mode = this.#look(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INODE);
    if (OPEN_KINDS.get(mode) !== kind) return undefined;
    return Number(this.#fields.getBigUint64(STATX.inode, true));
  }

  /** The kind of the file at a path, following links. */
  kindAt(path: string, at: number = AT_CWD): FileKind {
    return this.#kind(at, path, 0);
  }

  /** Owner and permissions of an open file. */
  factsOf(fd: number): FileFacts {
    return this.#facts(fd, "", AT_EMPTY_PATH);
  }

  /** Owner and permissions of the file at a path, following links. */
  factsAt(path: string, at: number = AT_CWD): FileFacts {
    return this.#facts(at, path, 0);
  }

  #facts(at: number, path: string, flags: number): FileFacts {
    const kind = this.#look(at, path, flags, STATX_FACTS);
    const fields = this.#fields;
    return {
      isFile: kind === S_IFREG,
      mode: fields.getUint16(STATX.mode, true) & ~S_IFMT,
      nlink: fields.getUint32(STATX.links, true),
      uid: fields.getUint32(STATX.uid, true),
      gid: fields.getUint32(STATX.gid, true),
    };
  }

  /** The status of a path, without following links, with times in nanoseconds. */
  statusOf(path: string): FileStatus {
    const mode = this.#look(AT_CWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_SIZE | STATX_MTIME);
    const fields = this.#fields;
    return {
      kind: this.#isNullDevice(mode) ? "null device" : mode === S_IFLNK ? "link" : KINDS.get(mode) ?? "other",
      size: Number(fields.getBigUint64(STATX.size, true)),
      modified: {
        seconds: Number(fields.getBigInt64(STATX.seconds, true)),
        nanoseconds: fields.getUint32(STATX.nanoseconds, true),
      },
    };
  }

  #isNullDevice(mode: number): boolean {
    if (mode !== S_IFCHR) return false;
    return this.#fields.getUint32(STATX.major, true) === 1 && this.#fields.getUint32(STATX.minor, true) === 3;
  }

  #kind(at: number, path: string, flags: number): FileKind {
    return KINDS.get(this.#look(at, path, flags, STATX_TYPE)) ?? "other";
  }

  /** Fills in the requested fields, and returns the kind as a part of the mode. */
  #look(at: number, path: string, flags: number, wanted: number): number {
    const { symbols } = this.#library;
    this.#library.check("stat", symbols.statx(at, cString(path), flags, wanted, this.#stat));
    return this.#fields.getUint16(STATX.mode, true) & S_IFMT;
  }
}
