import { exitedWith, type ExitStatus, exitStatusOf, killedBy } from "../model/mod.ts";
import { asBytes, type Library } from "./library.ts";

const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const P_ALL = 0;
const P_PID = 1;
/** Offsets in `siginfo_t` of a child. */
const SIGINFO = { size: 128, code: 8, pid: 16, status: 24 } as const;
const PR_SET_CHILD_SUBREAPER = 36n;
const SYS_CLOSE_RANGE = 436n;
const CLOSE_RANGE_CLOEXEC = 4n;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const MAX_INHERITED = 4096;
const SIG_IGN = 1n;
const SIG_UNBLOCK = 1;
const SIG_SETMASK = 2;

/** The result of looking at a child. */
export type ChildState =
  | { readonly kind: "running" }
  | { readonly kind: "ended"; readonly exit: ExitStatus }
  | { readonly kind: "not-a-child" };

/** Children and signals. */
export class Processes {
  readonly #library: Library;
  readonly #status = new Int32Array(1);
  readonly #info = new Uint8Array(SIGINFO.size);
  readonly #view = new DataView(this.#info.buffer);

  constructor(library: Library) {
    this.#library = library;
  }

  /** Looks for an ended child, which is reaped by `reapChild`; `undefined` if there is none. */
  ended(): { pid: number; exit: ExitStatus } | undefined {
    this.#info.fill(0);
    const result = this.#library.symbols.waitid(P_ALL, 0, this.#info, WEXITED | WNOHANG | WNOWAIT);
    if (result === -1) return undefined;
    const pid = this.#view.getInt32(SIGINFO.pid, true);
    return pid === 0 ? undefined : { pid, exit: this.#exit() };
  }

  /** Reaps this child, if it has ended. */
  reapChild(pid: number): void {
    this.#library.symbols.waitpid(pid, asBytes(this.#status), WNOHANG);
  }

  /** Looks at a process without reaping it. */
  look(pid: number): ChildState {
    this.#info.fill(0);
    const result = this.#library.symbols.waitid(P_PID, pid, this.#info, WEXITED | WNOHANG | WNOWAIT);
    if (result === -1) return { kind: "not-a-child" };
    if (this.#view.getInt32(SIGINFO.pid, true) === 0) return { kind: "running" };
    return { kind: "ended", exit: this.#exit() };
  }

  #exit(): ExitStatus {
    const code = this.#view.getInt32(SIGINFO.code, true);
    return exitStatusOf({ code, status: this.#view.getInt32(SIGINFO.status, true) });
  }

  /** Sends a signal and returns the error number, or 0. A negative number means a group, −1 every process. */
  kill(pid: number, signal: number): number {
    return this.#library.symbols.kill(pid, signal) === -1 ? this.#library.errno() : 0;
  }

  /** The process group of a process; `undefined` if it is unknown. */
  groupOf(pid: number): number | undefined {
    const group = this.#library.symbols.getpgid(pid);
    return group === -1 ? undefined : group;
  }

  /** The daemon's own process group. */
  ownGroup(): number {
    return this.#library.symbols.getpgrp();
  }

  /** The daemon's own nice value. */
  niceness(): number {
    return this.#library.symbols.getpriority(0, 0);
  }

  /** Orphaned descendants become children of the daemon. */
  becomeSubreaper(): void {
    this.#library.check("prctl", this.#library.symbols.prctl(Number(PR_SET_CHILD_SUBREAPER), 1n, 0n, 0n, 0n));
  }

  /** Processes inherit no descriptors except the standard three and those that are passed explicitly. */
  keepDescriptors(): void {
    const { symbols } = this.#library;
    if (Number(symbols.syscall(SYS_CLOSE_RANGE, 3n, 0xffffffffn, CLOSE_RANGE_CLOEXEC)) === 0) return;
    // Linux before 5.11: the descriptors of a newly started program have small numbers.
    for (let fd = 3; fd < MAX_INHERITED; fd++) symbols.fcntl(fd, F_SETFD, FD_CLOEXEC);
  }

  /** Makes the daemon, and the processes that it starts, ignore a signal. */
  ignore(signal: number): void {
    this.#library.symbols.signal(signal, SIG_IGN);
  }

  /** The signals that are blocked, as a set of bits; bit 0 is signal 1. */
  blockedSignals(): bigint {
    const set = new Uint8Array(128);
    this.#library.symbols.pthread_sigmask(SIG_SETMASK, null, set);
    return new DataView(set.buffer).getBigUint64(0, true);
  }

  /** Unblocks signals that were blocked when the daemon was started. */
  unblock(signals: bigint): void {
    const set = new Uint8Array(128);
    new DataView(set.buffer).setBigUint64(0, signals, true);
    this.#library.symbols.pthread_sigmask(SIG_UNBLOCK, set, null);
  }
}

/** Converts the status of `waitpid`. */
export function decodeWaitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  return signal === 0 ? exitedWith((status >> 8) & 0xff) : killedBy(signal, (status & 0x80) !== 0);
}
