/**
 * The journal of running processes: a small file beside the control socket. A daemon that is killed cannot stop its
 * services; the next one reads here what was left behind. It is appended to with each start and end of a process,
 * and removed when the daemon ends in order.
 */

/** A process that was running when the journal was written last. */
export interface JournalEntry {
  readonly pid: number;
  /** The full name of its service. */
  readonly service: string;
  /** Wall clock time of its start, in milliseconds since 1970. */
  readonly started: number;
}

/** The file is written anew, without the ended processes, when it has grown to so many bytes. */
const COMPACT_AT = 64 * 1024;
/** …and to so many times what was left the last time: what is written anew does not grow with each line. */
const COMPACT_GROWTH = 2;

/** Writes the journal. If that is not possible, processes are not recorded; nothing else depends on it. */
export class ProcessJournal {
  readonly #path: string;
  readonly #running = new Map<number, JournalEntry>();
  #file: Deno.FsFile | undefined;
  #size = 0;
  #compactAt = COMPACT_AT;

  /** Begins a new journal at `path`. */
  constructor(path: string) {
    this.#path = path;
    this.#rewrite();
  }

  /** A process of that service has been started. */
  started(pid: number, service: string): void {
    const entry = { pid, service, started: Date.now() };
    this.#running.set(pid, entry);
    this.#append(startLine(entry));
  }

  /** The process has ended. */
  ended(pid: number): void {
    if (this.#running.delete(pid)) this.#append(`- ${pid}\n`);
  }

  /** The daemon ends in order: there is nothing to tell the next one. */
  remove(): void {
    this.#file?.close();
    this.#file = undefined;
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      if (!(error instanceof Error)) throw error; // it is gone already, or nobody may remove it
    }
  }

  #append(line: string): void {
    if (this.#file === undefined) return;
    const bytes = new TextEncoder().encode(line);
    this.#size += bytes.length;
    if (this.#size > this.#compactAt) this.#rewrite();
    else this.#write(bytes);
  }

  #rewrite(): void {
    this.#file?.close();
    this.#file = undefined;
    const bytes = new TextEncoder().encode([...this.#running.values()].map(startLine).join(""));
    try {
      this.#file = Deno.openSync(this.#path, { write: true, create: true, truncate: true, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Error)) throw error; // no leave to write there, or a full disk
      return;
    }
    this.#size = bytes.length;
    this.#compactAt = Math.max(COMPACT_AT, COMPACT_GROWTH * bytes.length);
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    try {
      this.#file?.writeSync(bytes);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#file?.close();
      this.#file = undefined;
    }
  }
}

function startLine({ pid, service, started }: JournalEntry): string {
  return `+ ${pid} ${started} ${JSON.stringify(service)}\n`;
}

/** The processes that a journal says are running; none if there is no journal. Lines that make no sense are skipped. */
export function readJournal(path: string): JournalEntry[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
  const running = new Map<number, JournalEntry>();
  for (const line of text.split("\n")) {
    const start = /^\+ (\d+) (\d+) (".*")$/.exec(line);
    if (start !== null) {
      const [pid, started] = [Number(start[1]), Number(start[2])];
      const service = parseName(start[3]);
      if (service !== undefined) running.set(pid, { pid, started, service });
      continue;
    }
    const end = /^- (\d+)$/.exec(line);
    if (end !== null) running.delete(Number(end[1]));
  }
  return [...running.values()];
}

function parseName(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined; // a line that was cut off
  }
}
