/** The machine and the versions of a run. */
export interface Machine {
  readonly cores: number;
  /** Megabytes. */
  readonly memory: number;
  readonly system: string;
  readonly deno: string;
  readonly v8: string;
  /** The version of the measured program. */
  readonly dinit: string;
  /** When the run began. */
  readonly date: string;
  /** The load average of the minute before the run: more than 0 disturbs the measurement. */
  readonly load: number;
}

/** Describes this machine at this moment. `dinit` is the version of the measured program. */
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
