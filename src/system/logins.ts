import { encodeBytes } from "../model/mod.ts";
import { cString, type Library } from "./library.ts";
import { loginRecord } from "./login_record.ts";

const INIT_PROCESS = 5;
const DEAD_PROCESS = 8;
const LINE = { at: 8, size: 32 };
const ID = { at: 40, size: 4 };
const PID = 4;

/** The name of an entry: the settings `inittab-id` and `inittab-line`. */
export interface LoginName {
  readonly id: string;
  readonly line: string;
}

/** The system's login table (utmp). If it does not exist, nothing is written (lifecycle 8.16). */
export class Logins {
  readonly #library: Library;

  /** `file`: a different table. */
  constructor(library: Library, file?: string) {
    this.#library = library;
    if (file !== undefined) library.symbols.utmpxname(cString(file));
  }

  /** Records that a process of init has started. `now`: milliseconds since 1970. */
  started(name: LoginName, pid: number, now: number): void {
    this.#write(name, INIT_PROCESS, pid, now);
  }

  /** Records that it has ended; its entry keeps the process id. */
  ended(name: LoginName, now: number): void {
    const { symbols } = this.#library;
    const wanted = this.#entry(name, INIT_PROCESS, 0, 0);
    symbols.setutxent();
    const found = name.id !== "" ? symbols.getutxid(wanted) : symbols.getutxline(wanted);
    const pid = new Uint8Array(4);
    if (found !== 0n) symbols.memcpyOut(pid, found + BigInt(PID), 4n);
    this.#write(name, DEAD_PROCESS, new DataView(pid.buffer).getInt32(0, true), now);
  }

  #write(name: LoginName, type: number, pid: number, now: number): void {
    const { symbols } = this.#library;
    symbols.setutxent();
    symbols.pututxline(this.#entry(name, type, pid, now));
    symbols.endutxent();
  }

  #entry(name: LoginName, type: number, pid: number, now: number): Uint8Array<ArrayBuffer> {
    const entry = loginRecord(this.#library.architecture, type, now);
    new DataView(entry.buffer).setInt32(PID, pid, true);
    entry.set(encodeBytes(name.line).subarray(0, LINE.size), LINE.at);
    entry.set(encodeBytes(name.id).subarray(0, ID.size), ID.at);
    return entry;
  }
}
