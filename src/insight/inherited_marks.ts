/**
 * What a process inherits from the service that has started it, and keeps when it loses its parent and begins a session:
 * the mark of the daemon (`kill-mode`), and the file, pipe or socket of its output.
 */

import { ifReadable } from "./processes.ts";

const MARK = /(?:^|\0)DINIT_TREE=([^\0]*)/;
/** Standard output and the output of errors. */
const OUTPUTS = [1, 2];

/** Recognises orphans. It reads nothing before the first one. */
export class InheritedMarks {
  readonly #mains: ReadonlyMap<number, string>;
  readonly #daemon: number | undefined;
  #owners: ReadonlyMap<string, string | undefined> | undefined;

  /**
   * @param mains the service of each main process
   * @param daemon the process id of the daemon, whose own output marks nobody; `undefined` if unknown
   */
  constructor(mains: ReadonlyMap<number, string>, daemon: number | undefined) {
    this.#mains = mains;
    this.#daemon = daemon;
  }

  /** The service whose marks an orphan has; `undefined` if no service alone has them. */
  ownerOf(pid: number): string | undefined {
    const owners = this.#owners ??= this.#read();
    for (const mark of marksOf(pid)) {
      const owner = owners.get(mark);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  /** The service of each mark; `undefined` for one that several have. */
  #read(): ReadonlyMap<string, string | undefined> {
    const owners = new Map<string, string | undefined>();
    for (const mark of this.#daemon === undefined ? [] : marksOf(this.#daemon)) owners.set(mark, undefined);
    for (const [pid, service] of this.#mains) {
      for (const mark of marksOf(pid)) {
        owners.set(mark, owners.has(mark) && owners.get(mark) !== service ? undefined : service);
      }
    }
    return owners;
  }
}

/** The marks of a process, the surest first. */
function marksOf(pid: number): Set<string> {
  const marks = new Set<string>();
  const environment = ifReadable(() => Deno.readTextFileSync(`/proc/${pid}/environ`));
  const tree = environment === undefined ? undefined : MARK.exec(environment)?.[1];
  if (tree !== undefined) marks.add(`tree ${tree}`);
  for (const number of OUTPUTS) {
    const output = ifReadable(() => Deno.statSync(`/proc/${pid}/fd/${number}`));
    // Strangers share terminals and /dev/null.
    if (output === undefined || output.isCharDevice) continue;
    marks.add(`output ${output.dev} ${output.ino}`);
  }
  return marks;
}
