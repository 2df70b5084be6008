/**
 * Launches processes, several at a time. `posix_spawn` suspends its thread until the new process executes its program,
 * which takes milliseconds when other programs hold the processors. So separate threads make the calls
 * (`LaunchThreads`), in the order of the requests. Meanwhile the daemon does other work.
 *
 * A launch begins after the step that requested it: after a fault, the state says that it was requested, and the record
 * says that it had begun, so it is not made twice.
 *
 * A single launch on a quiet machine is faster in the thread of the daemon. So a launch is made there if it is the only
 * one and the last one was quick. Launches that involve the terminal are always made there.
 */

import type { LaunchPlan, ProcessRole } from "../../engine/mod.ts";
import { Errno } from "../../model/mod.ts";
import type { Plain, StatePart, StateStore } from "../../model/saving.ts";
import { type LaunchThreads, pidIn, type Spawner, SystemCallError } from "../../system/mod.ts";
import type { LaunchesInFlight } from "../processes/orphan_ends.ts";
import type { LaunchNumber, ProcessRecord } from "../processes/process_record.ts";
import type { Flight, HeldSignal, Ready, Request, Unprepared } from "./flight.ts";
import { launchError, type LaunchFault, preparationFailure } from "./launch_errors.ts";
import type { LaunchSlot, LaunchSlots } from "./launch_slots.ts";
import { type LaunchContext, type Launched, PreparedLaunch } from "./native_launch.ts";
import type { OpenFileLimit } from "./open_file_limit.ts";

const { EMFILE } = Errno;
/** How many launches may be in flight. More are not faster (docs/performance.md). */
export const LAUNCH_WIDTH = 16;
/** A launch that takes longer does not delay the daemon again: the next one runs on a thread. In milliseconds. */
const QUICK = 2;
/** How long to prepare and begin launches before other work gets its turn, in milliseconds. */
const TURN = 2;

/** The result of a launch: a process with the order of its launch, or why there is none. */
export type LaunchOutcome =
  | { readonly launch: LaunchNumber; readonly order: number; readonly launched: Launched }
  | { readonly error: LaunchFault };

/** What the queue is given by its host. */
export interface LaunchQueueContext {
  readonly record: ProcessRecord;
  readonly store: StateStore;
  readonly spawner: Spawner;
  readonly threads: LaunchThreads;
  readonly slots: LaunchSlots;
  readonly openFiles: OpenFileLimit;
  readonly launch: LaunchContext;
  /** See `NativeHostOptions`. */
  readonly launches: "parallel" | "sequence" | "adaptive";
  /** Handles what has arrived meanwhile, such as requests of clients. */
  serve(): void;
  /** A launch is over. Never called from inside a call. */
  over(plan: LaunchPlan, outcome: LaunchOutcome, signals: readonly HeldSignal[]): void;
}

export class LaunchQueue implements LaunchesInFlight {
  readonly #context: LaunchQueueContext;
  /** The signals that are held, a document for each service: one for all would be written again for each signal. */
  readonly #held: StatePart = { name: "held", document: (id) => this.#heldSignals(id) };
  readonly #waiting = new Set<Request>();
  /** By their order. */
  readonly #flying = new Map<number, Flight>();
  /** The requests that are not over, by service and role. */
  readonly #requests = new Map<string, Request>();
  /** Those of them that hold signals, by service. */
  readonly #holding = new Map<number, Request[]>();
  /** The launches that are recorded and have not begun. They count as flying. */
  readonly #cleared: Flight[] = [];
  #nextTurn: ReturnType<typeof setImmediate> | undefined;
  #next = 0;
  /** How long the last launch took, in milliseconds. */
  #last = 0;
  #beginsSoon = false;
  readonly #finished: (() => void)[] = [];

  constructor(context: LaunchQueueContext) {
    this.#context = context;
  }

  get next(): number {
    return this.#next;
  }

  get oldest(): number {
    return this.#flying.keys().next().value ?? this.#next;
  }

  /** How many launches are not over. */
  get unfinished(): number {
    return this.#requests.size;
  }

  /** Resolves when every launch is over. */
  finished(): Promise<void> {
    if (this.unfinished === 0) return Promise.resolve();
    return new Promise((resolve) => this.#finished.push(resolve));
  }

  /**
   * Requests a process.
   *
   * @param prepared the plan after more preparations, which the launch waits for. @default there are none
   */
  launch(plan: LaunchPlan, prepared?: Promise<LaunchPlan>): void {
    const request: Request = { plan, signals: [] };
    this.#requests.set(key(plan.id, plan.role), request);
    const enter = (ready: LaunchPlan) => {
      request.plan = ready;
      this.#waiting.add(request);
      this.#beginSoon();
    };
    if (prepared === undefined) enter(plan);
    else prepared.then(enter, (error) => this.#over(request, { error: preparationFailure(error) }));
  }

  /** Whether the launch of a process is not over. */
  has(id: number, role: ProcessRole): boolean {
    return this.#requests.has(key(id, role));
  }

  /** Holds a signal for a process that does not exist yet; false if no launch is under way. */
  hold(id: number, role: ProcessRole, held: HeldSignal): boolean {
    const request = this.#requests.get(key(id, role));
    if (request === undefined) return false;
    const { signals } = request;
    const again = signals.some(({ signal, group }) => signal === held.signal && group === held.group);
    if (again) return true; // like the system, which counts a pending signal once
    if (signals.length === 0) this.#holding.set(id, [...this.#holding.get(id) ?? [], request]);
    signals.push(held);
    this.saveHeld(id);
    return true;
  }

  /** Saves which signals are held for a service. A later program sends those that this one has not sent. */
  saveHeld(id: number): void {
    this.#context.store.changed(this.#held, id);
  }

  #heldSignals(service: number): Plain | undefined {
    const signals = this.#holding.get(service)?.flatMap(({ plan: { id, role }, signals }) =>
      signals.map((signal) => ({ id, role, ...signal }))
    );
    return signals && { signals };
  }

  /** A launch is over: its signals are sent, or there is no process. */
  #release(request: Request): void {
    const { id } = request.plan;
    const others = this.#holding.get(id)?.filter((other) => other !== request) ?? [];
    if (others.length > 0) this.#holding.set(id, others);
    else this.#holding.delete(id);
    this.saveHeld(id);
  }

  /** Begins after the current work, so that launches that are requested together are recorded together. */
  #beginSoon(): void {
    if (this.#beginsSoon) return;
    this.#beginsSoon = true;
    queueMicrotask(() => {
      this.#beginsSoon = false;
      this.#begin();
    });
  }

  /** Begins as many launches as possible in one turn, in the order of the requests. */
  #begin(): void {
    if (this.#nextTurn !== undefined) return;
    const begin = performance.now();
    const ready: Ready[] = [];
    const failed: (Unprepared & { readonly request: Request })[] = [];
    for (const request of this.#waiting) {
      const others = this.#flying.size + ready.length;
      if (others >= LAUNCH_WIDTH) break;
      if (ready.length + failed.length > 0 && this.#isOver(begin)) break;
      const next = request.ready ?? this.#prepare(request);
      if (this.#needsRaisedLimit(next)) {
        if (!("error" in next)) request.ready = next;
        if (others === 0 && request.ready !== undefined) this.#flyAlone(request.ready);
        break; // when the others are over, the limit is not lowered any more
      }
      this.#waiting.delete(request);
      if ("error" in next) failed.push({ request, error: next.error });
      else ready.push(next);
    }
    this.#cleared.push(...this.#record(ready));
    this.#takeOff(begin);
    for (const { request, error } of failed) this.#over(request, { error });
  }

  /**
   * The daemon has nearly as many open files as its processes may have. Its limit must be lowered only for one call, so
   * that it can open more files meanwhile.
   */
  #needsRaisedLimit(next: Ready | Unprepared): boolean {
    const { openFiles } = this.#context;
    if ("error" in next) return next.error.errno === EMFILE && openFiles.isLowered;
    return !openFiles.hasRoom(next.prepared.lastDescriptor);
  }

  /** Makes a process in this thread, while no other launch is in flight. The next one has to wait for a turn. */
  #flyAlone(ready: Ready): void {
    this.#waiting.delete(ready.request);
    const [flight] = this.#record([ready]);
    const slot = this.#context.slots.take(flight.launch);
    const errno = this.#call(flight, slot);
    setImmediate(() => this.#landed(flight, slot, errno));
  }

  /**
   * Begins the recorded launches. A thread that is woken may take the processor from the daemon, so each turn is
   * limited, and clients are served between turns.
   *
   * @param begin when this turn began, in milliseconds
   */
  #takeOff(begin: number): void {
    for (let flight = this.#cleared.shift(); flight !== undefined; flight = this.#cleared.shift()) {
      this.#fly(flight);
      if (this.#cleared.length > 0 && this.#isOver(begin)) return;
    }
  }

  /** Whether a turn is over. Then the next one comes after what has arrived meanwhile. */
  #isOver(begin: number): boolean {
    if (performance.now() - begin < TURN) return false;
    this.#nextTurn ??= setImmediate(() => {
      this.#context.serve();
      // The answers to clients are written before this.
      this.#nextTurn = setImmediate(() => {
        this.#nextTurn = undefined;
        this.#begin();
      });
    });
    return true;
  }

  #fly(flight: Flight): void {
    const { threads, slots, openFiles } = this.#context;
    const slot = slots.take(flight.launch);
    const thread = this.#isMadeHere(flight.request) ? undefined : threads.take();
    if (thread === undefined) { // perhaps the system refuses to make so many threads
      this.#landed(flight, slot, this.#call(flight, slot));
      return;
    }
    openFiles.enter();
    threads.run(thread, flight.work, slot, (errno) => {
      openFiles.leave();
      this.#landed(flight, slot, errno);
    });
  }

  /** Whether the thread of the daemon makes a process. */
  #isMadeHere({ plan }: Request): boolean {
    const { launches } = this.#context;
    if (launches === "sequence" || plan.session !== "own") return true;
    return launches === "adaptive" && this.unfinished === 1 && this.#last < QUICK;
  }

  #landed(flight: Flight, slot: LaunchSlot, errno: number): void {
    const { slots } = this.#context;
    if (this.#hasNextWay(flight, errno)) {
      slots.free(slot);
      this.#fly(flight);
      return;
    }
    this.#beginSoon();
    try {
      this.#over(flight.request, this.#end(flight, pidIn(slot), errno));
    } finally {
      slots.free(slot); // not before: until the process is saved, only the slot says which one it is
    }
  }

  #over(request: Request, outcome: LaunchOutcome): void {
    const { plan, signals } = request;
    const name = key(plan.id, plan.role);
    if (this.#requests.get(name) === request) this.#requests.delete(name);
    try {
      this.#context.over(plan, outcome, signals);
    } finally {
      if (signals.length > 0) this.#release(request);
      if (this.unfinished === 0) { for (const resolve of this.#finished.splice(0)) resolve(); }
    }
  }

  // ---- One launch --------------------------------------------------------------------------------------------

  #prepare(request: Request): Ready | Unprepared {
    const { launch, spawner } = this.#context;
    let prepared: PreparedLaunch;
    try {
      prepared = PreparedLaunch.prepare(request.plan, launch);
    } catch (error) {
      return { error: launchError(error) };
    }
    try {
      const work = spawner.take();
      work.lay(prepared.request);
      return { request, prepared, work };
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return { error: launchError(prepared.fail(error.errno)) };
    }
  }

  /** Records launches that are about to begin. */
  #record(ready: readonly Ready[]): Flight[] {
    const { record } = this.#context;
    const numbers = ready.map(({ request, prepared }) => record.launching(request.plan, prepared.holds()));
    if (ready.length > 0) record.commit();
    const begin = performance.now();
    return ready.map((one, index) => {
      const flight = { ...one, order: this.#next++, launch: numbers[index], begin };
      this.#flying.set(flight.order, flight);
      return flight;
    });
  }

  /** Makes the process in this thread. Returns the error number, or 0. */
  #call({ work }: Flight, slot: LaunchSlot): number {
    const { spawner, openFiles } = this.#context;
    return openFiles.whileLowered(() => spawner.call(work, slot));
  }

  /** Whether to try again, in another way. */
  #hasNextWay({ prepared, work }: Flight, errno: number): boolean {
    if (!prepared.tryNextWay(errno)) return false;
    work.lay(prepared.request);
    return true;
  }

  #end({ order, launch, prepared, work, begin }: Flight, pid: number, errno: number): LaunchOutcome {
    const { record, spawner } = this.#context;
    this.#flying.delete(order);
    this.#last = performance.now() - begin;
    if (errno === 0) work.made(pid);
    spawner.giveBack(work);
    if (errno === 0) return { launch, order, launched: prepared.succeed(pid) };
    record.failed(launch);
    return { error: launchError(prepared.fail(errno)) };
  }
}

function key(id: number, role: ProcessRole): string {
  return `${id} ${role}`;
}
