/**
 * The text of the journal of running processes, version 2. Each line is a JSON object:
 *
 * - `{"format":"dinit processes","version":2,"pid":P,"start":T,"boot":"ID"}`: the daemon that writes the journal;
 *   always first;
 * - `{"environment":E,"variables":"H"}`: a fingerprint of an environment, for the launches that name `E`;
 * - `{"launch":N,"service":"S","id":I,"role":"main","command":[…],"directory":"D","users":[…],"since":T,"environment":E}`: the host is about
 *   to make a process. With `pid`, `until` and `group` it is a running process. `holds` has the descriptors that the
 *   daemon holds for a process in the making;
 * - `{"started":N,"pid":P,"until":T}`: the launch made this process;
 * - `{"failed":N}`: the launch made no process;
 * - `{"ended":P}`: the process has ended.
 *
 * Times are in ticks since boot, and bound the start of the process. Values that the daemon could not read are absent.
 */

import { HEALTH_CHECK, type ProcessRole, WATCH_COMMAND } from "../../engine/mod.ts";
import type { Plain } from "../../model/saving.ts";

/** The version of the format that this program writes. */
const JOURNAL_VERSION = 2;
const FORMAT = "dinit processes";

/** The daemon that wrote a journal. */
export interface JournalOwner {
  readonly pid: number;
  /** When it was started, in ticks since boot. */
  readonly start: number | undefined;
  readonly boot: string | undefined;
}

/** A process that may run. */
export interface JournalEntry {
  readonly launch: number;
  /** The full name of its service. */
  readonly service: string;
  /** The id of its service; `undefined` in a journal of an earlier version. */
  readonly id: number | undefined;
  readonly role: ProcessRole;
  /** `undefined` for a launch whose result is unknown. */
  readonly pid: number | undefined;
  /** It was started at this tick since boot or later. */
  readonly since: number | undefined;
  /** It was started at this tick since boot or earlier. */
  readonly until: number | undefined;
  /** Its process group, if the process does not lead it. */
  readonly group: number | undefined;
  readonly command: readonly string[];
  readonly directory: string;
  /** The users that it may run as. */
  readonly users: readonly number[];
  /** The fingerprint of its environment; empty if it is unknown. */
  readonly variables: string;
  /** For a launch whose result is unknown: what the daemon holds for its process (`saved_host.ts: savedHoldings`). */
  readonly holds?: Plain | undefined;
}

/** The contents of a journal. */
export interface Journal {
  readonly owner: JournalOwner | undefined;
  readonly entries: readonly JournalEntry[];
  /** The version of its format, if it is newer than this program; then there are no entries. */
  readonly newer: number | undefined;
}

/** The first line. */
export function ownerLine(owner: JournalOwner): string {
  return line({ format: FORMAT, version: JOURNAL_VERSION, ...owner });
}

/** The line of an environment. */
export function environmentLine(environment: number, variables: string): string {
  return line({ environment, variables });
}

/** The line of a launch or of a running process, with the number of its environment. */
export function entryLine(entry: JournalEntry, environment: number | undefined): string {
  const { launch, service, id, role, command, directory, users, since, pid, until, group, holds } = entry;
  return line({
    launch,
    service,
    id,
    role,
    command,
    directory,
    users,
    since,
    environment,
    pid,
    until,
    group,
    holds,
  });
}

/** The line of a process that a launch made. */
export function startedLine(started: number, pid: number, until: number | undefined): string {
  return line({ started, pid, until });
}

/** The line of a launch that made no process. */
export function failedLine(failed: number): string {
  return line({ failed });
}

/** The line of a process that has ended. */
export function endedLine(ended: number): string {
  return line({ ended });
}

function line(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(value)}\n`;
}

/** Reads a journal. Lines that make no sense, such as a line that a kill cut off, are skipped. */
export function parseJournal(text: string): Journal {
  const [first, ...lines] = text.split("\n").map(parseLine);
  const head = first?.format === FORMAT ? first : undefined;
  const version = number(head?.version);
  const pid = number(head?.pid);
  if (head === undefined || version === undefined || pid === undefined) {
    return { owner: undefined, entries: [], newer: undefined };
  }
  const owner = { pid, start: number(head.start), boot: string(head.boot) };
  if (version > JOURNAL_VERSION) return { owner, entries: [], newer: version };
  return { owner, entries: version === JOURNAL_VERSION ? entriesOf(lines) : [], newer: undefined };
}

function entriesOf(lines: readonly (Fields | undefined)[]): JournalEntry[] {
  const environments = new Map<number, string>();
  const launches = new Map<number, JournalEntry>();
  const numbers = new Map<number, number>();
  const enter = (entry: JournalEntry) => {
    launches.set(entry.launch, entry);
    if (entry.pid !== undefined) numbers.set(entry.pid, entry.launch);
  };
  for (const fields of lines) {
    if (fields === undefined) continue;
    const [launch, started, pid] = [number(fields.launch), number(fields.started), number(fields.pid)];
    const [failed, ended] = [number(fields.failed), number(fields.ended)];
    if (launch !== undefined) {
      const variables = environments.get(number(fields.environment) ?? -1) ?? "";
      enter({ ...entryFields(fields), launch, pid, variables });
    } else if (started !== undefined && pid !== undefined) {
      const entry = launches.get(started);
      if (entry !== undefined) enter({ ...entry, pid, until: number(fields.until) });
    } else if (failed !== undefined) launches.delete(failed);
    else if (ended !== undefined) launches.delete(numbers.get(ended) ?? -1);
    else {
      const [environment, variables] = [number(fields.environment), string(fields.variables)];
      if (environment !== undefined && variables !== undefined) environments.set(environment, variables);
    }
  }
  return [...launches.values()];
}

const ROLES: readonly ProcessRole[] = ["main", "stop", HEALTH_CHECK, WATCH_COMMAND];

function entryFields(fields: Fields): Omit<JournalEntry, "launch" | "pid" | "variables"> {
  return {
    service: string(fields.service) ?? "",
    id: number(fields.id),
    role: ROLES.find((role) => role === fields.role) ?? "main",
    since: number(fields.since),
    until: number(fields.until),
    group: number(fields.group),
    command: list(fields.command).filter((word) => typeof word === "string"),
    directory: string(fields.directory) ?? "",
    users: list(fields.users).filter((user) => typeof user === "number"),
    holds: fields.holds as Plain | undefined, // JSON has nothing but plain values
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseLine(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A number in the journal: never negative and without a fraction. */
function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
