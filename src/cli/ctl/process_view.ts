/** What the kernel shows of a process: its user, its privileges and its namespaces. */

/** The namespaces that matter, by their names in `/proc/PID/ns`. */
export const NAMESPACES = ["net", "pid", "mnt", "ipc"] as const;
/** One of them. */
export type Namespace = (typeof NAMESPACES)[number];

/** One process. */
export interface ProcessView {
  /** The effective user. */
  readonly uid: number;
  /** The effective capabilities; bit 0 is `cap_chown`. */
  readonly capabilities: bigint;
  /** Whether programs that it executes may give it more privileges. */
  readonly mayGainPrivileges: boolean;
  /** The namespaces that it shares with the daemon. */
  readonly shared: ReadonlySet<Namespace>;
  /** The mount points that cannot be written to, and those with a file system in memory. */
  readonly readOnly: ReadonlySet<string>;
  readonly inMemory: ReadonlySet<string>;
  /** The words of its command line. */
  readonly command: readonly string[];
}

/**
 * The process that does the work of a service: not `bwrap`, which only waits for it. Throws the runtime's error if the
 * process is gone, or may not be looked at.
 */
export function viewOf(pid: number, daemon: number): ProcessView {
  const inner = workerOf(pid);
  const proc = `/proc/${inner}`;
  const status = Deno.readTextFileSync(`${proc}/status`);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
  const mounts = Deno.readTextFileSync(`${proc}/mountinfo`).split("\n").map(mountOf).filter((one) =>
    one !== undefined
  );
  const links = (of: number) =>
    new Map(NAMESPACES.map((name) => [name, Deno.readLinkSync(`/proc/${of}/ns/${name}`)]));
  const [own, ours] = [links(inner), links(daemon)];
  return {
    uid: Number(field("Uid").split(/\s+/)[1]),
    capabilities: BigInt(`0x${field("CapEff") || "0"}`),
    mayGainPrivileges: field("NoNewPrivs") !== "1",
    shared: new Set(NAMESPACES.filter((name) => own.get(name) === ours.get(name))),
    readOnly: new Set(mounts.filter(({ options }) => options.includes("ro")).map(({ path }) => path)),
    inMemory: new Set(mounts.filter(({ kind }) => kind === "tmpfs").map(({ path }) => path)),
    command: Deno.readTextFileSync(`${proc}/cmdline`).split("\0").slice(0, -1),
  };
}

/** Below `bwrap` is its first process, and below that the program. */
function workerOf(pid: number): number {
  for (let at = pid;;) {
    if (Deno.readTextFileSync(`/proc/${at}/comm`).trim() !== "bwrap") return at;
    const child = Number(Deno.readTextFileSync(`/proc/${at}/task/${at}/children`).split(" ")[0]);
    if (!(child > 1)) return at;
    at = child;
  }
}

function mountOf(line: string): { path: string; options: readonly string[]; kind: string } | undefined {
  const [, , , , path, options, ...rest] = line.split(" ");
  if (options === undefined) return undefined;
  return { path, options: options.split(","), kind: rest[rest.indexOf("-") + 1] };
}
