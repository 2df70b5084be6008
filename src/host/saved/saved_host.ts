/** What a host has saved, checked. */

import { LaunchStage } from "../../model/mod.ts";
import {
  flag,
  listOf,
  number,
  object,
  oneOf,
  optional,
  or,
  type Plain,
  type SavedParts,
  SavedStateError,
  type Schema,
  text,
} from "../../model/saving.ts";
import { HEALTH_CHECK, type ProcessRole, WATCH_COMMAND } from "../../engine/mod.ts";
import type { LoginName } from "../../system/mod.ts";
import { CHAIN_TOOLS, type ChainTool, type NamedLink } from "../launch/exec_chain.ts";
import type { ProcessTie } from "../processes/process_table.ts";

/** An open descriptor: its number, and that of what it leads to. */
export interface SavedDescriptor {
  readonly fd: number;
  readonly inode: number;
}

/** The chain of a process that has not executed its command. */
export interface SavedChain extends SavedDescriptor {
  readonly links: readonly NamedLink[];
  readonly said: string | undefined;
}

/** A process. */
export interface SavedProcess {
  readonly id: number;
  readonly seen: number;
  readonly role: ProcessRole;
  readonly tie: ProcessTie;
  readonly login: LoginName | undefined;
  readonly pending: boolean;
  readonly silent: boolean;
  readonly dismissed: boolean;
  readonly chain: SavedChain | undefined;
  readonly readiness: SavedDescriptor & { readonly announced: boolean } | undefined;
  readonly closing: boolean;
}

/** What the earlier program held for a process that it was making. */
export interface SavedHoldings {
  readonly chain: Omit<SavedChain, "said"> | undefined;
  readonly readiness: SavedDescriptor | undefined;
  /** The daemon's end of the control connection. */
  readonly control: SavedDescriptor | undefined;
  readonly login: LoginName | undefined;
}

/** A signal that waited for a process in the making. */
export interface SavedSignal {
  readonly id: number;
  readonly role: ProcessRole;
  readonly signal: number;
  readonly group: boolean;
}

/** The log buffer of a service. */
export interface SavedOutput {
  /** The full name of the service. */
  readonly name: string;
  readonly size: number;
  /** The descriptor of the buffer. */
  readonly file: number | undefined;
  /** The offset up to which the buffer was cleared. */
  readonly cleared: number | undefined;
  /** The pipes that are read into it. */
  readonly pipes: readonly SavedDescriptor[];
}

/** A pipe between two services, by its reading end. */
export interface SavedPipe {
  readonly producer: string;
  readonly write: number;
  readonly produced: boolean;
  readonly consumed: boolean;
  readonly inode: number;
}

/** A notification socket. */
export interface SavedNotify extends SavedDescriptor {
  readonly uid: number;
  readonly gid: number;
  readonly group: string | undefined;
  readonly named: number | undefined;
}

/** All that a host has saved. */
export interface SavedHost {
  /** By process id. */
  readonly processes: ReadonlyMap<number, SavedProcess>;
  /** By the id of the service. */
  readonly outputs: ReadonlyMap<number, SavedOutput>;
  /** By the reading end. */
  readonly pipes: ReadonlyMap<number, SavedPipe>;
  /** By the id of the service. */
  readonly sockets: ReadonlyMap<number, SavedDescriptor>;
  /** The notification sockets, with the users that they belong to, by the id of the service. */
  readonly notify: ReadonlyMap<number, SavedNotify>;
  /** The memory of launches in flight, under 0. */
  readonly slots: ReadonlyMap<number, SavedDescriptor>;
  /** The signals that wait for processes in the making. */
  readonly held: readonly SavedSignal[];
}

const whole: Schema<number> = (saved, path) => {
  const value = number(saved, path);
  if (!Number.isSafeInteger(value) || value < 0) throw new SavedStateError(path, "is not a whole number");
  return value;
};

const descriptor = object<SavedDescriptor>({ fd: whole, inode: whole });

const notify = object<SavedNotify>({
  fd: whole,
  inode: whole,
  uid: whole,
  gid: whole,
  group: optional(text),
  named: optional(whole),
});

const role = oneOf<ProcessRole>(["main", "stop", HEALTH_CHECK, WATCH_COMMAND]);

const login = object<LoginName>({ id: text, line: text });

const chain = {
  fd: whole,
  inode: whole,
  links: listOf(object<NamedLink>({
    tool: oneOf(Object.keys(CHAIN_TOOLS) as ChainTool[]), // its keys are all tools
    stage: oneOf(Object.values(LaunchStage)),
  })),
};

const process = object<SavedProcess>({
  id: whole,
  seen: whole,
  role: or(role, "main"),
  tie: or(oneOf<ProcessTie>(["child", "handle", "none"]), "child"),
  login: optional(login),
  pending: or(flag, false),
  silent: or(flag, false),
  dismissed: or(flag, false),
  chain: optional(object<SavedChain>({ ...chain, said: optional(text) })),
  readiness: optional(object<SavedDescriptor & { readonly announced: boolean }>({
    fd: whole,
    inode: whole,
    announced: flag,
  })),
  closing: or(flag, false),
});

const holdings = object<SavedHoldings>({
  chain: optional(object<Omit<SavedChain, "said">>(chain)),
  readiness: optional(descriptor),
  control: optional(descriptor),
  login: optional(login),
});

const held = object<{ readonly signals: readonly SavedSignal[] }>({
  signals: listOf(object<SavedSignal>({ id: whole, role, signal: whole, group: flag })),
});

const output = object<SavedOutput>({
  name: text,
  size: whole,
  file: optional(whole),
  cleared: optional(whole),
  pipes: or(listOf(descriptor), []),
});

const pipe = object<SavedPipe>({
  producer: text,
  write: whole,
  produced: flag,
  consumed: flag,
  inode: whole,
});

/** Reads and checks all documents. Throws `SavedStateError`. */
export function savedHost(parts: SavedParts): SavedHost {
  const saved = {
    processes: documents(parts, "process", process),
    outputs: documents(parts, "output", output),
    pipes: documents(parts, "pipe", pipe),
    sockets: documents(parts, "socket", descriptor),
    notify: documents(parts, "notify", notify),
    slots: documents(parts, "slots", descriptor),
    held: [...documents(parts, "held", held).values()].flatMap(({ signals }) => signals),
  };
  checkProcesses(saved.processes);
  checkDescriptors(saved);
  return saved;
}

/**
 * Reads what the earlier program held for a process that it was making; nothing, if that makes no sense: other lines of
 * its record that make no sense are skipped, too.
 */
export function savedHoldings(saved: Plain | undefined): Partial<SavedHoldings> {
  if (saved === undefined) return {};
  try {
    return holdings(saved, "holds");
  } catch (error) {
    if (!(error instanceof SavedStateError)) throw error;
    return {};
  }
}

function documents<T>(parts: SavedParts, part: string, schema: Schema<T>): Map<number, T> {
  const found = parts.get(part) ?? new Map<number, Plain>();
  return new Map(
    [...found].map(([number, value]) => [whole(number, part), schema(value, `${part} ${number}`)]),
  );
}

/** No process is the daemon or process 1, and none shares its role with another one. */
function checkProcesses(processes: ReadonlyMap<number, SavedProcess>): void {
  const roles = new Map<string, number>();
  for (const [pid, { id, role, dismissed }] of processes) {
    if (pid <= 1 || pid === Deno.pid) {
      throw new SavedStateError(`process ${pid}`, "is no process of a service");
    }
    if (dismissed) continue;
    const name = `${id} ${role}`;
    const other = roles.get(name);
    if (other !== undefined) throw new SavedStateError(`process ${pid}`, `has the role of process ${other}`);
    roles.set(name, pid);
  }
}

/** No descriptor has two uses. */
function checkDescriptors({ processes, outputs, pipes, sockets, notify, slots }: SavedHost): void {
  const uses = new Map<number, string>();
  const use = (fd: number | undefined, what: string) => {
    if (fd === undefined) return;
    const other = uses.get(fd);
    if (other !== undefined) throw new SavedStateError(what, `uses descriptor ${fd} of ${other}`);
    uses.set(fd, what);
  };
  for (const [pid, { chain, readiness }] of processes) {
    for (const used of [chain, readiness]) use(used?.fd, `process ${pid}`);
  }
  for (const [id, { file, pipes }] of outputs) {
    for (const fd of [file, ...pipes.map(({ fd }) => fd)]) use(fd, `output ${id}`);
  }
  for (const [read, { write }] of pipes) for (const fd of [read, write]) use(fd, `pipe ${read}`);
  for (const [id, { fd }] of sockets) use(fd, `socket ${id}`);
  for (const [id, { fd }] of notify) use(fd, `notification socket ${id}`);
  for (const [, { fd }] of slots) use(fd, "the slots of launches");
}
