/** Kept logs. A daemon loads this when the first service has one. */

import type { ServiceDescription } from "../../model/mod.ts";
import type { Plain, SavedParts, StatePart, StateStore } from "../../model/saving.ts";
import { type Library, SystemCallError } from "../../system/mod.ts";
import { Stage } from "../../system/keeping.ts";
import type { OutputPipes } from "../output/output_pipes.ts";
import type { RotationOutcome } from "../rotating/rotation_program.ts";
import type { RestoreWay } from "../saved/restoring.ts";
import { KeeperProcess, type KeeperProcessContext } from "./keeper_process.ts";
import { KeeperPulse } from "./keeper_pulse.ts";
import { KeptPipe } from "./kept_pipe.ts";
import { type KeptSettings, keptSettings } from "./kept_settings.ts";
import { type Order, orderLine, type Saying } from "./orders.ts";
import { savedKeeper, type SavedLog, savedLog } from "./saved_keeping.ts";
import type { LogKeeperStatus } from "../../model/mod.ts";

/** How long the keeper may be away before the daemon empties the pipes itself, in milliseconds. */
const ABSENCE_LIMIT = 5000;
/** After that, how often to look for pipes that nobody empties, in milliseconds. */
const ABSENCE_PAUSE = 1000;
/** No service has it: the keeper answers at once. */
const NO_LOG = 0;

/** What `LogKeeping` is given. */
export interface LogKeepingContext extends KeeperProcessContext {
  readonly library: Library;
  readonly pipes: OutputPipes;
  readonly store: StateStore;
  /** How long the keeper may be away before the pipes are emptied, in milliseconds. @default 5000 */
  readonly absenceLimit?: number;
  /** A fifth of the time that the keeper has for a sign of life, in milliseconds. @default 1000 */
  readonly pulsePause?: number;
}

/** One kept log. */
interface Kept {
  readonly name: string;
  readonly stage: Stage;
  readonly stageInode: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  readonly pipe: KeptPipe;
  settings: KeptSettings;
  /** How much of the output to hold while the keeper is away, in bytes. */
  held: number;
  /** The service writes no more, so the keeper must close the log. */
  isLeaving: boolean;
}

/** A question to the keeper, until it is answered. */
interface Question {
  readonly line: string;
  answer(saying: Saying): void;
}

/**
 * Has the logs of services kept by one other process. The pipes and the stages belong to the daemon: nothing is lost when
 * the keeper ends, and no service notices. Its documents are in the part `kept`, by the id of the service; the process
 * has the number 0, which no service has.
 */
export class LogKeeping implements StatePart {
  readonly name = "kept";
  readonly #context: LogKeepingContext;
  readonly #process: KeeperProcess;
  readonly #pulse: KeeperPulse;
  readonly #logs = new Map<number, Kept>();
  /** The logs of an earlier program, until the services are known. */
  readonly #inherited = new Map<number, SavedLog>();
  /** The documents of an earlier program. */
  readonly #saved: number[] = [];
  readonly #questions = new Map<number, Question>();
  #number = 0;
  #absence: ReturnType<typeof setTimeout> | undefined;
  /** The keeper has been away for too long. */
  #isAbsent = false;

  constructor(context: LogKeepingContext) {
    this.#context = context;
    this.#process = new KeeperProcess(context, {
      ready: () => this.#ready(),
      said: (saying) => this.#said(saying),
      ended: () => this.#waitForKeeper(),
      changed: () => context.store.changed(this, 0),
    });
    this.#pulse = new KeeperPulse({
      ask: () => this.#process.send(orderLine({ order: "sync", id: NO_LOG })),
      silent: () => {
        this.#process.replace();
        this.#waitForKeeper();
      },
      pause: context.pulsePause,
    });
  }

  /** The keeper, for people who want to know. */
  get keeper(): LogKeeperStatus {
    if (this.#logs.size === 0 && this.#process.pid === undefined) return {};
    const { pid, isReady, silentOnes } = this.#process;
    return {
      ...(pid === undefined ? {} : { logKeeper: pid }),
      logKeeperState: this.#isAbsent ? "missing" : isReady && this.#pulse.isSuspicious ? "silent" : "works",
      ...(silentOnes === 0 ? {} : { silentLogKeepers: silentOnes }),
    };
  }

  /** A service was loaded or reloaded. False: its log is not kept. */
  described(id: number, name: string, description: ServiceDescription): boolean {
    const settings = keptSettings(description);
    if (settings === undefined) {
      this.unloaded(id);
      return false;
    }
    const known = this.#logs.get(id);
    const log = known ?? this.#tryToBegin(id, name, settings);
    if (log === undefined) return true;
    log.settings = settings;
    log.held = description.logBufferSize;
    log.isLeaving = false;
    if (known === undefined) this.#context.store.changed(this, id);
    if (this.#process.isReady) this.#keep(id, log);
    else {
      this.#waitForKeeper();
      this.#process.start();
    }
    return true;
  }

  /** All services of an earlier program have been described. */
  complete(): void {
    for (const id of this.#saved.splice(0)) this.#context.store.changed(this, id);
    if (!this.#process.isReady) return;
    this.#process.send(orderLine({ order: "only", ids: [...this.#logs.keys()] }));
  }

  /** A service was unloaded. What its pipe holds is still written. */
  unloaded(id: number): void {
    const log = this.#logs.get(id);
    if (log === undefined) return;
    log.isLeaving = true;
    this.#process.send(orderLine({ order: "leave", id }));
  }

  /** Rotates the log of a service now; `undefined`: it is not kept. */
  async rotate(id: number): Promise<RotationOutcome | undefined> {
    if (!this.#logs.has(id)) return undefined;
    const { text: problem } = await this.#ask("rotate", id);
    return problem === "" ? "rotated" : { problem };
  }

  /** Resolves when everything that a service has written so far is in its log. */
  async caughtUp(id: number): Promise<void> {
    if (this.#logs.has(id)) await this.#ask("sync", id);
  }

  /** Ends the keeper when it has written everything. */
  async close(): Promise<void> {
    if (this.#logs.size > 0 || this.#process.pid !== undefined) await this.#process.finish();
    this.#pulse.rest();
    clearTimeout(this.#absence);
    for (const id of [...this.#logs.keys()]) this.#forget(id);
  }

  // ---- State -------------------------------------------------------------------------------------------------

  document(id: number): Plain | undefined {
    if (id === 0) return this.#process.document();
    const log = this.#logs.get(id);
    if (log === undefined) return this.#inherited.has(id) ? { ...this.#inherited.get(id)! } : undefined;
    const { name, stage, stageInode: inode, since } = log;
    return { name, stage: stage.fd, inode, since };
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    const stages = [...this.#logs.values()].map(({ stage }) => stage.fd);
    return [
      ...this.#process.descriptors(),
      ...stages,
      ...[...this.#inherited.values()].map((log) => log.stage),
    ];
  }

  /** Continues with what an earlier program has left. Throws `SavedStateError`. */
  restore(parts: SavedParts, way: RestoreWay): void {
    const { files, descriptors } = this.#context;
    for (const [id, document] of parts.get(this.name) ?? []) {
      if (id === 0) continue;
      this.#saved.push(id);
      const saved = savedLog(document, `kept ${id}`);
      if (way === "adopt" || files.inodeOf(saved.stage, "file") !== saved.inode) continue;
      descriptors.setPassesExec(saved.stage, false);
      this.#inherited.set(id, saved);
    }
    const document = parts.get(this.name)?.get(0);
    if (document === undefined) return;
    const keeper = savedKeeper(document, "kept 0");
    if (way === "adopt") this.#process.endEarlier(keeper);
    else this.#process.inherit(keeper);
  }

  // ---- Logs --------------------------------------------------------------------------------------------------

  #tryToBegin(id: number, name: string, settings: KeptSettings): Kept | undefined {
    try {
      return this.#begin(id, name, settings);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error; // too many open files, or too little memory
      this.#context.warn(`Service ${name}: its log cannot be kept: ${error.message}`);
      return undefined;
    }
  }

  #begin(id: number, name: string, settings: KeptSettings): Kept {
    const { pipes, files, library, poller, warn } = this.#context;
    const fd = pipes.readEnd(name);
    const saved = this.#inherited.get(id);
    this.#inherited.delete(id);
    const stage = saved === undefined ? Stage.create(library) : Stage.open(library, saved.stage);
    const log = {
      name,
      stage,
      stageInode: files.inodeOf(stage.fd, "file") ?? 0,
      since: saved?.since ?? Date.now(),
      pipe: new KeptPipe(fd, files.inodeOf(fd, "pipe") ?? 0, {
        poller,
        stage,
        warn: (text) => warn(`Service ${name}: ${text}`),
      }),
      settings,
      held: 0,
      isLeaving: false,
    };
    this.#logs.set(id, log);
    return log;
  }

  #forget(id: number): void {
    const log = this.#logs.get(id);
    const name = log?.name ?? this.#inherited.get(id)?.name;
    log?.pipe.leave();
    log?.stage.close();
    this.#logs.delete(id);
    this.#dropInherited(id);
    const isUsed = [...this.#logs.values()].some((other) => other.name === name);
    if (name !== undefined && !isUsed) this.#context.pipes.consumerGone(name);
    this.#context.store.changed(this, id);
  }

  #dropInherited(id: number): void {
    const saved = this.#inherited.get(id);
    if (saved !== undefined) this.#context.files.close(saved.stage);
    this.#inherited.delete(id);
  }

  // ---- The keeper --------------------------------------------------------------------------------------------

  #ready(): void {
    clearTimeout(this.#absence);
    this.#absence = undefined;
    this.#isAbsent = false;
    this.#pulse.rest();
    for (const log of this.#logs.values()) log.pipe.leave();
    for (const [id, log] of fromAnyOn([...this.#logs])) {
      this.#keep(id, log);
      if (log.isLeaving) this.#process.send(orderLine({ order: "leave", id }));
    }
    for (const { line } of this.#questions.values()) this.#process.send(line);
    this.#pulse.expect(); // it must also survive its orders
  }

  #keep(id: number, log: Kept): void {
    const { settings, pipe, stage, stageInode, since } = log;
    const order = {
      id,
      pipe: { fd: pipe.fd, inode: pipe.inode },
      stage: { fd: stage.fd, inode: stageInode },
      since,
      ...settings,
    };
    this.#process.send(orderLine({ order: "keep", daemon: Deno.pid, log: order }));
    pipe.notice(() => this.#pulse.expect());
  }

  #ask(order: Order["order"], id: number): Promise<Saying> {
    const asked = this.#number++;
    const line = orderLine({ order, id, number: asked });
    if (this.#process.isReady) this.#process.send(line);
    this.#pulse.expect();
    return new Promise((answer) => this.#questions.set(asked, { line, answer }));
  }

  #said(saying: Saying): void {
    const { said, id, number: asked, text: problem } = saying;
    this.#alive();
    if (said === "problem") {
      const name = this.#logs.get(id)?.name ?? this.#inherited.get(id)?.name;
      this.#context.warn(name === undefined ? problem : `Service ${name}: ${problem}`);
    } else if (said === "left") {
      if (this.#logs.get(id)?.isLeaving !== false) this.#forget(id);
    } else {
      this.#questions.get(asked)?.answer(saying);
      this.#questions.delete(asked);
    }
  }

  // ---- Absence -----------------------------------------------------------------------------------------------

  /** The keeper has given a sign of life. It is watched again from the next output on. */
  #alive(): void {
    this.#pulse.rest();
    this.#process.answered();
    if (!this.#process.isReady) return;
    for (const { pipe } of this.#logs.values()) pipe.notice(() => this.#pulse.expect());
  }

  /** Rather than let services wait, the daemon moves their output to the stages if the keeper does not come back. */
  #waitForKeeper(): void {
    this.#pulse.rest();
    for (const { pipe } of this.#logs.values()) if (!this.#isAbsent) pipe.leave();
    const { absenceLimit = ABSENCE_LIMIT } = this.#context;
    this.#absence ??= setTimeout(() => this.#beAbsent(), absenceLimit);
  }

  /** Also drains the pipes of services that are loaded meanwhile. */
  #beAbsent(): void {
    this.#isAbsent = true;
    this.#absence = setTimeout(() => this.#beAbsent(), ABSENCE_PAUSE);
    if (this.#process.usesLogs) return; // it must not find that another program has used its stages
    for (const log of this.#logs.values()) log.pipe.drain(() => log.held);
  }
}

/** The items in a circle that begins anywhere: if each keeper ends early, no log may always be the last one. */
function fromAnyOn<T>(items: readonly T[]): T[] {
  const first = Math.floor(items.length * Math.random());
  return [...items.slice(first), ...items.slice(0, first)];
}
