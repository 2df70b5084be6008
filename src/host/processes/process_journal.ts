/**
 * The journal of running processes: a small file beside the control socket. A killed daemon cannot stop its services;
 * the next one reads the leftovers here (`journal_format.ts`). The intention to start a process is written before the
 * process is made, so that a process in the making is found, too.
 */

import { Errno, errnoOf } from "../../model/mod.ts";
import type { LaunchPlan } from "../../engine/mod.ts";
import type { Plain } from "../../model/saving.ts";
import type { BootClock } from "../../system/mod.ts";
import { environmentFingerprint } from "./environment_fingerprint.ts";
import { JournalFile, JournalInUseError, JournalUntrustedError } from "./journal_file.ts";
import {
  endedLine,
  entryLine,
  environmentLine,
  failedLine,
  type Journal,
  type JournalEntry,
  type JournalOwner,
  ownerLine,
  parseJournal,
  startedLine,
} from "./journal_format.ts";
import type { LaunchNumber, ProcessRecord } from "./process_record.ts";
import { ownIdentity } from "../../system/mod.ts";

/** The file is compacted, without ended processes, when it has grown to this size in bytes. */
const COMPACT_AT = 256 * 1024;
/** Also wait until the file has doubled since the last compaction, so that compaction is amortised O(1). */
const COMPACT_GROWTH = 2;
const encoder = new TextEncoder();
/** Space for the lines of one ordinary launch. A line is encoded and written before the next one. */
const scratch = new Uint8Array(4096);

/** How long to wait after a failed write, in milliseconds: a full disk may get space again at any time. */
const RETRY_DELAY = 500;
const { EROFS } = Errno;

/** A copy of the file, for a program that replaces this one in the same process. Calls never throw. */
export interface JournalCopy {
  /** Adds lines. False: that failed, so the copy must be replaced. */
  append(lines: Uint8Array<ArrayBuffer>): boolean;
  /** Replaces all lines. */
  replace(lines: Uint8Array<ArrayBuffer>): void;
}

/** Options of `ProcessJournal`. */
export interface JournalOptions {
  readonly clock: BootClock;
  /** Writes a warning to the daemon's log. */
  readonly warn: (text: string) => void;
}

/** Writes the journal. While that is not possible, processes are not recorded; nothing else depends on it. */
export class ProcessJournal implements ProcessRecord {
  /** Where the file is; `undefined`: there is only the copy. */
  readonly path: string | undefined;
  #copy: JournalCopy | undefined;
  /** The copy lacks lines. */
  #copyIsBehind = false;
  readonly #clock: BootClock;
  readonly #warn: (text: string) => void;
  readonly #self = ownIdentity().uid;
  readonly #entries = new Map<LaunchNumber, JournalEntry>();
  readonly #launchOf = new Map<number, LaunchNumber>();
  /** The environments in the file, by fingerprint. */
  readonly #environments = new Map<string, number>();
  /** The complete state of the daemon as a line of the same file; `undefined` in the middle of a step. */
  #state: () => string | undefined = () => "";
  #file: JournalFile | undefined;
  /** Lines to write together with the next one, or at the end of this turn. */
  #pending = "";
  #flushing = false;
  #lastLaunch = 0;
  #size = 0;
  #compactAt = COMPACT_AT;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failing = false;
  /** The file will never be written. */
  #isHopeless = false;
  /** Why the file could not be opened at first. */
  #problem: Error | undefined;
  #over = false;

  /** What an earlier killed daemon has written about processes. */
  readonly left: Journal;
  /** Everything that it has written. */
  readonly leftText: string;

  /**
   * Takes the journal at `path`. The text of an earlier daemon stays there until `begin`. Throws `JournalInUseError` if
   * another daemon has it.
   */
  constructor(path: string | undefined, options: JournalOptions) {
    this.path = path;
    this.#clock = options.clock;
    this.#warn = options.warn;
    this.leftText = this.#open() ?? "";
    this.left = parseJournal(this.leftText);
  }

  /** The text of the file, if it can be opened now. */
  #open(): string | undefined {
    if (this.path === undefined) return undefined;
    try {
      this.#file = JournalFile.open(this.path);
      return this.#file.read();
    } catch (error) {
      if (error instanceof JournalInUseError || !(error instanceof Error)) throw error;
      this.#problem = error;
      return undefined;
    }
  }

  /**
   * Begins to record, and drops the text of an earlier daemon. If the journal cannot be trusted or written, a warning
   * says so. Then nothing is recorded, or nothing until it can be written.
   */
  begin(): void {
    if (this.#problem === undefined) this.#rewrite();
    else this.#failed(this.#problem);
  }

  /** Returns the journal unchanged, with the text of an earlier daemon. Nothing may be recorded after that. */
  release(): void {
    if (this.#file?.read() === "") this.remove();
    else this.#file?.close();
    this.#file = undefined;
  }

  launching(
    { id, role, name, argv, workingDir, runAs, environment }: LaunchPlan,
    holds?: Plain,
  ): LaunchNumber {
    const launch = ++this.#lastLaunch;
    const user = runAs?.uid;
    const entry: JournalEntry = {
      launch,
      service: name,
      id,
      role,
      pid: undefined,
      since: this.#clock.now()?.earliest,
      until: undefined,
      group: undefined,
      command: argv,
      directory: workingDir,
      users: user === undefined || user === this.#self ? [this.#self] : [this.#self, user],
      variables: environmentFingerprint(environment),
      holds,
    };
    this.#entries.set(launch, entry);
    this.#later(this.#entryLines(entry));
    return launch;
  }

  commit(): void {
    this.#flush();
  }

  started(launch: LaunchNumber, pid: number): void {
    const entry = this.#entries.get(launch);
    if (entry === undefined) return;
    const until = this.#clock.now()?.latest;
    this.#enter({ ...entry, pid, until, holds: undefined });
    this.#later(startedLine(launch, pid, until));
  }

  failed(launch: LaunchNumber): void {
    if (this.#entries.delete(launch)) this.#later(failedLine(launch));
  }

  adopted(pid: number, service: string): void {
    const found = this.#clock.look(pid);
    if (found === undefined) return;
    const entry: JournalEntry = {
      launch: ++this.#lastLaunch,
      service,
      id: undefined,
      role: "main",
      pid,
      since: found.startTicks,
      until: found.startTicks,
      group: found.group === pid ? undefined : found.group,
      command: [],
      directory: "",
      users: [],
      variables: "",
    };
    this.#enter(entry);
    this.#later(this.#entryLines(entry));
  }

  continued(entry: JournalEntry, pid: number): void {
    const known = { ...entry, launch: ++this.#lastLaunch, pid, holds: undefined };
    this.#enter(known);
    this.#later(this.#entryLines(known));
  }

  ended(pid: number): void {
    const launch = this.#launchOf.get(pid);
    if (launch === undefined) return;
    this.#launchOf.delete(pid);
    this.#entries.delete(launch);
    this.#later(endedLine(pid));
  }

  /** Continues the record of the program that this one replaces. */
  continueFrom({ entries }: Journal): void {
    for (const entry of entries) {
      if (entry.pid !== undefined) this.#enter(entry);
      this.#lastLaunch = Math.max(this.#lastLaunch, entry.launch);
    }
  }

  /** Adds a line of state, at once. */
  append(line: string): void {
    this.#pending += line;
    this.#flush();
  }

  /** From now on the file has the state, too. `complete` gives the line with the whole state. */
  keepState(complete: () => string | undefined): void {
    this.#state = complete;
    this.#rewrite();
  }

  /** From now on keeps a copy. */
  keepCopy(copy: JournalCopy): void {
    this.#copy = copy;
    this.#rewrite();
  }

  /** Checks that the file is still at its path, and writes it again if not. */
  check(): void {
    if (this.#file !== undefined && !this.#file.inPlace) this.#rewrite();
  }

  /** The daemon ends in order, so the next one needs no journal. */
  remove(): void {
    this.#over = true;
    if (this.#retry !== undefined) clearTimeout(this.#retry);
    try {
      this.#file?.remove();
    } catch (error) {
      if (!(error instanceof Error)) throw error; // the folder is no longer writable
    }
    this.#file = undefined;
  }

  // ---- Writing -----------------------------------------------------------------------------------------------

  #enter(entry: JournalEntry): void {
    this.#entries.set(entry.launch, entry);
    if (entry.pid !== undefined) this.#launchOf.set(entry.pid, entry.launch);
  }

  #entryLines(entry: JournalEntry): string {
    const { variables } = entry;
    if (variables === "") return entryLine(entry, undefined);
    const known = this.#environments.get(variables);
    if (known !== undefined) return entryLine(entry, known);
    const number = this.#environments.size;
    this.#environments.set(variables, number);
    return environmentLine(number, variables) + entryLine(entry, number);
  }

  #later(lines: string): void {
    this.#pending += lines;
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#pending === "" || this.#over) return;
    const bytes = encode(this.#pending);
    this.#size += bytes.length;
    const isLarge = this.#size > this.#compactAt && (!this.#failing || this.#copy !== undefined);
    if ((isLarge || this.#copyIsBehind) && this.#state() !== undefined) return this.#rewrite();
    this.#pending = "";
    if (this.#copy?.append(bytes) === false) this.#copyIsBehind = true;
    if (this.#file === undefined || this.#failing) return; // a later `#rewrite` includes it
    this.#attempt((file) => file.append(bytes));
  }

  /** Writes all current entries to a new file, and to the copy. */
  #rewrite(): void {
    this.#environments.clear();
    this.#pending = "";
    const lines = [...this.#entries.values()].map((entry) => this.#entryLines(entry));
    const bytes = encoder.encode(ownerLine(this.#owner()) + lines.join("") + (this.#state() ?? ""));
    this.#size = bytes.length;
    this.#compactAt = Math.max(COMPACT_AT, COMPACT_GROWTH * bytes.length);
    this.#copyIsBehind = false;
    this.#copy?.replace(bytes);
    const { path } = this;
    if (path === undefined || this.#isHopeless) return;
    this.#attempt(() => {
      if (this.#file?.inPlace === false) {
        this.#file.close();
        this.#file = undefined;
      }
      this.#file ??= JournalFile.open(path);
      this.#file.replace(bytes);
      this.#failing = false;
    });
  }

  #owner(): JournalOwner {
    const { pid } = Deno;
    return { pid, start: this.#clock.look(pid)?.startTicks, boot: this.#clock.bootId() };
  }

  #attempt(write: (file: JournalFile) => void): void {
    try {
      write(this.#file!); // only `#rewrite` works without a file
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#failed(error);
    }
  }

  /** Reports an error once, and tries again later unless that is hopeless. */
  #failed(error: Error): void {
    const hopeless = error instanceof JournalUntrustedError || error instanceof JournalInUseError ||
      error instanceof Deno.errors.NotCapable;
    // On a read-only file system a service is about to make it writable.
    if (hopeless || (!this.#failing && errnoOf(error) !== EROFS)) {
      const remedy = "if this daemon is killed, the next one cannot end what it leaves running";
      this.#warn(`cannot record running processes: ${error.message}; ${remedy}`);
    }
    this.#failing = true;
    this.#isHopeless = hopeless;
    if (hopeless || this.#over) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#rewrite(), RETRY_DELAY);
    Deno.unrefTimer(this.#retry);
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  const { read, written } = encoder.encodeInto(text, scratch);
  return read === text.length ? scratch.subarray(0, written) : encoder.encode(text);
}
