/**
 * Threads that call `posix_spawn`. The call suspends its thread until the child has executed its program: 0.3 ms on a
 * quiet machine, several milliseconds on a busy one. Calls of several threads overlap.
 *
 * The runtime's pool of threads cannot do this: a thread of the pool ends after ten idle seconds, and a process with a
 * parent-death signal (`prctl`, `setpriv --pdeathsig`, `bwrap --die-with-parent`) gets that signal when the *thread* ends
 * that made it. These threads last as long as the daemon. They start when they are needed, and sleep at a futex.
 *
 * They share no umask with the rest of the daemon, which changes its umask for a moment when it opens its socket.
 */

import { JOB, JobState, launchThreadCode } from "./launch_thread_code.ts";
import { type Architecture, cString, type Library, SystemCallError } from "./library.ts";
import { Memory } from "./memory.ts";
import { Interest, type Poller, type Watch } from "./poller.ts";
import type { SpawnWork } from "./spawn_work.ts";
import { addressOf, type PidPlace } from "./spawner.ts";

/** A stack needs much less, and only what is used takes memory. */
const STACK_SIZE = 256n * 1024n;
/** Larger than a `pthread_attr_t` and a set of signals. */
const OPAQUE_SIZE = 128;
const EFD_NONBLOCK_CLOEXEC = 0o2004000;
const PAGE = 4096n;
const PROT_READ_WRITE = 3;
const PROT_READ_EXECUTE = 5;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_FAILED = 0xffffffffffffffffn;
const SIG_SETMASK = 2;
const FUTEX_WAKE_PRIVATE = 129n;
/** How long to report jobs that are done before other work gets its turn, in milliseconds. */
const TURN = 2;
const SYS_FUTEX: Record<Architecture, bigint> = { x86_64: 202n, aarch64: 98n };

/** A thread that can be given a job. */
export interface LaunchThread {
  readonly index: number;
}

/** What all threads share. */
interface Shared {
  readonly code: bigint;
  readonly posixSpawn: bigint;
  readonly done: number;
}

/** A limited number of threads for `posix_spawn`. */
export class LaunchThreads {
  readonly #library: Library;
  readonly #poller: Poller;
  readonly #limit: number;
  readonly #idle: LaunchThread[] = [];
  /** What happens when the job of a thread is done, by the index of the thread. */
  readonly #busy = new Map<number, { readonly thread: LaunchThread; done(errno: number): void }>();
  /** The jobs that are done, and were not reported yet. */
  readonly #ended: { readonly errno: number; done(errno: number): void }[] = [];
  #nextTurn: ReturnType<typeof setImmediate> | undefined;
  #count = 0;
  #shared: Shared | undefined;
  #jobs: Memory | undefined;
  #watch: Watch | undefined;
  /** Threads cannot be made here. */
  #unavailable = false;
  readonly #states: Uint8Array<ArrayBuffer>;
  readonly #fields: DataView;

  /** @param limit the largest number of threads */
  constructor(library: Library, poller: Poller, limit: number) {
    this.#library = library;
    this.#poller = poller;
    this.#limit = limit;
    this.#states = new Uint8Array(limit * JOB.size);
    this.#fields = new DataView(this.#states.buffer);
  }

  /** A thread without a job; `undefined` if all are busy, or if no thread can be made. */
  take(): LaunchThread | undefined {
    return this.#idle.pop() ?? this.#make();
  }

  /**
   * Performs a laid request on a taken thread, which is free after that.
   *
   * @param done is called later with the error number of `posix_spawn`, or 0
   */
  run(thread: LaunchThread, work: SpawnWork, pid: PidPlace, done: (errno: number) => void): void {
    const { path, actions, attributes, argv, environment } = work;
    const parameters = [addressOf(pid), path, actions, attributes, argv, environment];
    const at = thread.index * JOB.size;
    const jobs = this.#jobs!; // a thread that was taken has a job
    jobs.write(at + JOB.parameters, new Uint8Array(BigUint64Array.from(parameters).buffer));
    this.#busy.set(thread.index, { thread, done });
    this.#setState(thread.index, JobState.TO_DO);
  }

  /** Ends the threads that are idle. The others end with the program. */
  close(): void {
    for (const { index } of this.#idle.splice(0)) this.#setState(index, JobState.END);
    this.#unavailable = true;
    this.#watch?.end();
    this.#watch = undefined;
  }

  #setState(index: number, state: number): void {
    const at = index * JOB.size + JOB.state;
    this.#jobs!.write(at, new Uint8Array(Uint32Array.of(state).buffer));
    const { symbols, architecture } = this.#library;
    symbols.syscall(SYS_FUTEX[architecture], this.#jobs!.address + BigInt(at), FUTEX_WAKE_PRIVATE, 1n);
  }

  #make(): LaunchThread | undefined {
    if (this.#unavailable || this.#count === this.#limit) return undefined;
    const shared = this.#shared ??= this.#prepareIfPossible();
    const made = shared !== undefined && this.#start(this.#count, shared);
    if (!made) this.#unavailable = true; // it would fail again: there are enough others, or there is another way
    return made ? { index: this.#count++ } : undefined;
  }

  #prepareIfPossible(): Shared | undefined {
    try {
      return this.#prepare();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return undefined;
    }
  }

  /** What all threads need; `undefined` if the system or the C library does not provide it. */
  #prepare(): Shared | undefined {
    const { symbols, architecture } = this.#library;
    const { dlsym, pthread_create, pthread_attr_init, pthread_attr_setstacksize } = symbols;
    if (!dlsym || !pthread_create || !pthread_attr_init || !pthread_attr_setstacksize) return undefined;
    const posixSpawn = dlsym(0n, cString("posix_spawn"));
    const code = symbols.mmap(0n, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
    if (posixSpawn === 0n || code === MAP_FAILED) return undefined;
    const bytes = launchThreadCode(architecture);
    symbols.memcpyIn(code, bytes, BigInt(bytes.length));
    if (symbols.mprotect(code, PAGE, PROT_READ_EXECUTE) !== 0) return undefined;
    const done = symbols.eventfd(0, EFD_NONBLOCK_CLOEXEC);
    if (done === -1) return undefined;
    this.#jobs = Memory.reserve(this.#library, this.#limit * JOB.size);
    this.#watch = this.#poller.watch(done, Interest.READ, () => this.#collect(done));
    return { code, posixSpawn, done };
  }

  /** Starts a thread, which blocks all signals. */
  #start(index: number, { code, posixSpawn, done }: Shared): boolean {
    const { symbols } = this.#library;
    const fields = BigUint64Array.of(BigInt(done), posixSpawn, 1n);
    this.#jobs!.write(index * JOB.size + JOB.done, new Uint8Array(fields.buffer));
    const attributes = new Uint8Array(OPAQUE_SIZE);
    symbols.pthread_attr_init!(attributes);
    symbols.pthread_attr_setstacksize!(attributes, STACK_SIZE);
    const before = new Uint8Array(OPAQUE_SIZE);
    symbols.pthread_sigmask(SIG_SETMASK, new Uint8Array(OPAQUE_SIZE).fill(255), before);
    try {
      const job = this.#jobs!.address + BigInt(index * JOB.size);
      return symbols.pthread_create!(new Uint8Array(8), attributes, code, job) === 0;
    } finally {
      symbols.pthread_sigmask(SIG_SETMASK, before, null);
    }
  }

  /** Some jobs are done. All of their threads are free before the first of them is reported: that may begin new jobs. */
  #collect(done: number): void {
    this.#library.symbols.read(done, new Uint8Array(8), 8n);
    this.#jobs!.read(0, this.#states);
    const ended = [...this.#busy].filter(([index]) =>
      this.#fields.getUint32(index * JOB.size + JOB.state, true) === JobState.DONE
    ).map(([index, job]) => ({ ...job, errno: this.#fields.getInt32(index * JOB.size + JOB.result, true) }));
    for (const { thread } of ended) {
      this.#busy.delete(thread.index);
      this.#idle.push(thread);
    }
    this.#ended.push(...ended);
    if (this.#nextTurn === undefined) this.#report();
  }

  /** Reports jobs that are done. Each turn is limited, and clients are served between turns. */
  #report(): void {
    const begin = performance.now();
    for (let job = this.#ended.shift(); job !== undefined; job = this.#ended.shift()) {
      try {
        job.done(job.errno);
      } catch (error) {
        reportError(error); // the others must still be told
      }
      if (this.#ended.length === 0 || performance.now() - begin < TURN) continue;
      this.#nextTurn = setImmediate(() => {
        this.#nextTurn = undefined;
        this.#report();
      });
      return;
    }
  }
}
