/**
 * What services cost: processor time, memory and the number of processes. The reader looks itself, so the daemon has no
 * work with it.
 */

import { OwnGroups } from "./own_groups.ts";
import { InheritedMarks } from "./inherited_marks.ts";
import { ownersOf } from "./membership.ts";
import { PROC, type ProcessSample, type ProcessSource } from "./processes.ts";

/** The figures of one service, or of the daemon. */
export interface Figures {
  /** The processor time of its processes so far, in seconds. */
  readonly cpuSeconds: number;
  /** Processors that it has used since the last reading: 0.5 is half of one. @default absent, this is the first reading */
  readonly cpu?: number;
  /** Occupied memory in bytes. */
  readonly memory: number;
  /** How many processes it has. */
  readonly processes: number;
}

/** What a reader of figures must know of a service. */
export interface FiguresSubject {
  readonly name: string;
  /** Its main process. @default it has none */
  readonly pid?: number | undefined;
}

/** The figures at one moment. */
export interface FiguresReading {
  /** By the name of the service. A service without processes has none. */
  readonly services: ReadonlyMap<string, Figures>;
  /** The processes of each of them. */
  readonly members: ReadonlyMap<string, readonly ProcessSample[]>;
  /** How many processes were seen, of services or not: 0 without the permission to look. */
  readonly seen: number;
  /** Those of the daemon itself. @default absent, its process cannot be seen */
  readonly daemon?: Figures;
}

/** The sums of one service in a reading. */
interface Sums {
  cpuSeconds: number;
  memory: number;
  processes: number;
}

/**
 * Reads figures. Keep one reader for several readings: it computes the use of processors from the difference, and
 * remembers the service of a process that loses its parent later.
 */
export class FiguresReader {
  /** The service of each process in the last reading, by process id and start. */
  #owners = new Map<string, string>();
  /** Orphans without marks of a service: looking at them again would show the same. */
  #strangers = new Set<string>();
  #before: { readonly at: number; readonly cpuSeconds: ReadonlyMap<string, number> } | undefined;
  readonly #source: ProcessSource;
  readonly #now: () => number;

  /**
   * @param source the processes of the machine. @default those of `/proc`
   * @param now milliseconds of a clock that never runs backwards
   */
  constructor(source: ProcessSource = PROC, now: () => number = () => performance.now()) {
    this.#source = source;
    this.#now = now;
  }

  /** Looks at all processes once. `daemon`: its process id; `undefined` if unknown. */
  read(services: readonly FiguresSubject[], daemon: number | undefined): FiguresReading {
    const processes = this.#source.processes();
    const at = this.#now();
    const mains = new Map<number, string>();
    for (const { name, pid } of services) if (pid !== undefined && pid > 0) mains.set(pid, name);
    const groups = new OwnGroups(mains, daemon);
    const marks = new InheritedMarks(mains, daemon);
    const owners = ownersOf(processes, {
      daemon: daemon ?? 0,
      mains,
      groupOwner: (pid) => groups.ownerOf(pid),
      orphanOwner: (process) => this.#owners.get(keyOf(process)) ?? this.#judge(process, marks),
    });
    const keys = new Set(processes.map(keyOf));
    this.#strangers = this.#strangers.intersection(keys);
    this.#owners = new Map();
    const sums = new Map<string, Sums>();
    const members = new Map<string, ProcessSample[]>();
    for (const sample of processes) {
      const owner = owners.get(sample.pid);
      if (owner === undefined) continue;
      const process = { ...sample, memory: this.#source.memoryOf(sample.pid) ?? sample.memory };
      this.#owners.set(keyOf(process), owner);
      add(sums, owner, process);
      const own = members.get(owner);
      if (own === undefined) members.set(owner, [process]);
      else own.push(process);
    }
    for (const [name, sum] of sums) Object.assign(sum, groups.figuresOf(name)); // the kernel's own sums are exact
    const own = processes.find(({ pid }) => pid === daemon);
    if (own !== undefined) add(sums, DAEMON, own);
    return { ...this.#reading(sums, at), members, seen: processes.length };
  }

  #judge(process: ProcessSample, marks: InheritedMarks): string | undefined {
    const key = keyOf(process);
    if (process.session === 0 || this.#strangers.has(key)) return undefined; // session 0: a thread of the kernel
    const owner = marks.ownerOf(process.pid);
    if (owner === undefined) this.#strangers.add(key);
    return owner;
  }

  #reading(sums: ReadonlyMap<string, Sums>, at: number): Pick<FiguresReading, "services" | "daemon"> {
    const before = this.#before;
    const seconds = before === undefined ? 0 : (at - before.at) / 1000;
    const services = new Map<string, Figures>();
    for (const [name, sum] of sums) {
      const earlier = before?.cpuSeconds.get(name);
      const cpu = earlier === undefined || seconds <= 0
        ? {}
        : { cpu: Math.max(0, sum.cpuSeconds - earlier) / seconds };
      services.set(name, { ...sum, ...cpu });
    }
    this.#before = {
      at,
      cpuSeconds: new Map(Array.from(sums, ([name, { cpuSeconds }]) => [name, cpuSeconds])),
    };
    const daemon = services.get(DAEMON);
    services.delete(DAEMON);
    return daemon === undefined ? { services } : { services, daemon };
  }
}

/** No service has this name. */
const DAEMON = "";

function keyOf({ pid, startTicks }: ProcessSample): string {
  return `${pid} ${startTicks}`;
}

function add(sums: Map<string, Sums>, name: string, { cpuSeconds, memory }: ProcessSample): void {
  const sum = sums.get(name) ?? { cpuSeconds: 0, memory: 0, processes: 0 };
  sum.cpuSeconds += cpuSeconds;
  sum.memory += memory;
  sum.processes += 1;
  sums.set(name, sum);
}
