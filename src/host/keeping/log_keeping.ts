/** Kept logs. A daemon loads this when the first service has one. */

import type { ServiceDescription } from "../../model/mod.ts";
import {
  number,
  object,
  type Plain,
  type SavedParts,
  type Schema,
  type StatePart,
  type StateStore,
  text,
} from "../../model/saving.ts";
import { Interest, type Library, SystemCallError, type Watch } from "../../system/mod.ts";
import { Stage } from "../../system/keeping.ts";
import type { OutputPipes } from "../output/output_pipes.ts";
import type { RotationOutcome } from "../rotating/rotation_program.ts";
import type { RestoreWay } from "../saved/restoring.ts";
import { KeeperProcess, type KeeperProcessContext, savedKeeper } from "./keeper_process.ts";
import { type KeptSettings, keptSettings } from "./kept_settings.ts";
import { type Order, orderLine, type Saying } from "./orders.ts";

/** How long the keeper may be away before the daemon empties the pipes itself, in milliseconds. */
const ABSENCE_LIMIT = 5000;
/** How much to move from a pipe at once, in bytes. */
const CHUNK = 262_144;

/** What `LogKeeping` is given. */
export interface LogKeepingContext extends KeeperProcessContext {
  readonly library: Library;
  readonly pipes: OutputPipes;
  readonly store: StateStore;
  /** How long the keeper may be away before the pipes are emptied, in milliseconds. @default 5000 */
  readonly absenceLimit?: number;
}

/** One kept log. */
interface Kept {
  readonly name: string;
  readonly stage: Stage;
  readonly stageInode: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  readonly pipe: number;
  readonly pipeInode: number;
  settings: KeptSettings;
  /** How much of the output to hold while the keeper is away, in bytes. */
  held: number;
  /** The service writes no more, and the keeper shall leave the log. */
  isLeaving: boolean;
  /** While the daemon empties the pipe. */
  watch: Watch | undefined;
}

/** The log of a service as an earlier program has left it. */
interface SavedLog {
  readonly name: string;
  readonly stage: number;
  readonly inode: number;
  readonly since: number;
}

const savedLog: Schema<SavedLog> = object<SavedLog>({
  name: text,
  stage: number,
  inode: number,
  since: number,
});

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
  readonly #logs = new Map<number, Kept>();
  /** The logs of an earlier program, until the services are known. */
  readonly #inherited = new Map<number, SavedLog>();
  /** The documents of an earlier program. */
  readonly #saved: number[] = [];
  readonly #questions = new Map<number, Question>();
  #number = 0;
  #absence: ReturnType<typeof setTimeout> | undefined;

  constructor(context: LogKeepingContext) {
    this.#context = context;
    this.#process = new KeeperProcess(context, {
      ready: () => this.#ready(),
      said: (saying) => this.#said(saying),
      ended: () => this.#waitForKeeper(),
      changed: () => context.store.changed(this, 0),
    });
  }

  /** The id of the keeper's process, if it runs. */
  get keeper(): number | undefined {
    return this.#process.pid;
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
    if (this.#process.isReady) this.#process.send(this.#keepLine(id, log));
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
    const { pipes, files, library } = this.#context;
    const pipe = pipes.readEnd(name);
    const saved = this.#inherited.get(id);
    this.#inherited.delete(id);
    const stage = saved === undefined ? Stage.create(library) : Stage.open(library, saved.stage);
    const log = {
      name,
      stage,
      stageInode: files.inodeOf(stage.fd, "file") ?? 0,
      since: saved?.since ?? Date.now(),
      pipe,
      pipeInode: files.inodeOf(pipe, "pipe") ?? 0,
      settings,
      held: 0,
      isLeaving: false,
      watch: undefined,
    };
    this.#logs.set(id, log);
    return log;
  }

  #forget(id: number): void {
    const log = this.#logs.get(id);
    const name = log?.name ?? this.#inherited.get(id)?.name;
    log?.watch?.end();
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
    for (const log of this.#logs.values()) {
      log.watch?.end();
      log.watch = undefined;
    }
    for (const [id, log] of this.#logs) {
      this.#process.send(this.#keepLine(id, log));
      if (log.isLeaving) this.#process.send(orderLine({ order: "leave", id }));
    }
    for (const { line } of this.#questions.values()) this.#process.send(line);
  }

  #keepLine(id: number, { settings, pipe, pipeInode, stage, stageInode, since }: Kept): string {
    const log = {
      id,
      pipe: { fd: pipe, inode: pipeInode },
      stage: { fd: stage.fd, inode: stageInode },
      since,
      ...settings,
    };
    return orderLine({ order: "keep", daemon: Deno.pid, log });
  }

  #ask(order: Order["order"], id: number): Promise<Saying> {
    const asked = this.#number++;
    const line = orderLine({ order, id, number: asked });
    if (this.#process.isReady) this.#process.send(line);
    return new Promise((answer) => this.#questions.set(asked, { line, answer }));
  }

  #said(saying: Saying): void {
    const { said, id, number: asked, text: problem } = saying;
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

  /** Rather than let services wait, the daemon moves their output to the stages if the keeper does not come back. */
  #waitForKeeper(): void {
    const { absenceLimit = ABSENCE_LIMIT } = this.#context;
    this.#absence ??= setTimeout(() => {
      for (const log of this.#logs.values()) this.#drain(log);
    }, absenceLimit);
  }

  #drain(log: Kept): void {
    const { poller, warn } = this.#context;
    log.stage.refresh();
    try {
      log.watch ??= poller.watch(log.pipe, Interest.READ, () => {
        if (this.#moves(log)) return;
        log.watch?.end();
        log.watch = undefined;
      });
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      warn(`Service ${log.name}: its output cannot be read: ${error.message}`);
    }
  }

  /** False: the pipe cannot be emptied. */
  #moves({ stage, pipe, held, name }: Kept): boolean {
    try {
      const count = stage.take(pipe, CHUNK);
      stage.dropOldest(held);
      return count !== 0;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#context.warn(`Service ${name}: its output cannot be read: ${error.message}`);
      return false;
    }
  }
}
