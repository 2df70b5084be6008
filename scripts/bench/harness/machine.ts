/** Where and with what numbers were measured. */
export interface Machine {
  readonly cores: number;
  /** Megabytes. */
  readonly memory: number;
  readonly system: string;
  readonly deno: string;
  readonly v8: string;
  /** The version of the program that was measured. */
  readonly dinit: string;
  /** When the run began. */
  readonly date: string;
  /** How many tasks ran or waited to, on average of the minute before the run: more than 0 disturbs. */
  readonly load: number;
}

/** Describes this machine, now. `dinit` is the version of what is measured. */
export function machine(dinit: string): Machine {
  return {
    cores: navigator.hardwareConcurrency,
    memory: Math.round(Deno.systemMemoryInfo().total / 2 ** 20),
    system: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    dinit,
    date: new Date().toISOString(),
    load: Number(Deno.loadavg()[0].toFixed(2)),
  };
}
