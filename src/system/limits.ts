import type { Library } from "./library.ts";

const RLIMIT_NOFILE = 7;
const SELF = 0;

/** A limit of the system: the current value, and the value up to which a process may raise it. */
export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** The limit of open files of a process. */
export class OpenFiles {
  readonly #library: Library;
  readonly #values = new BigUint64Array(2);
  readonly #bytes = new Uint8Array(this.#values.buffer);

  constructor(library: Library) {
    this.#library = library;
  }

  /** The limit of a process; `undefined` if it is not readable. @param pid @default the daemon itself */
  limitOf(pid: number = SELF): Limit | undefined {
    const { symbols } = this.#library;
    if (symbols.prlimit(pid, RLIMIT_NOFILE, null, this.#bytes) === -1) return undefined;
    return { soft: this.#values[0], hard: this.#values[1] };
  }

  /** Changes the daemon's limit. Throws `SystemCallError` if that is not permitted. */
  set({ soft, hard }: Limit): void {
    const { symbols } = this.#library;
    this.#values.set([soft, hard]);
    this.#library.check("prlimit", symbols.prlimit(SELF, RLIMIT_NOFILE, this.#bytes, null));
  }
}
