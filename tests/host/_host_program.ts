/**
 * A host in a separate process, controlled over a socket. It reaps all children, changes which signals its process
 * ignores, and must leave nothing behind; none of this can be tested in the process of the tests.
 *
 * Arguments: the kind of host, the path of the socket, and options in JSON, encoded so that shells leave them alone.
 */

import { loadHost, nativeHost, NO_RECORD, ProcessJournal, type ProcessRecord } from "../../src/host/mod.ts";
import { sortDescriptors } from "../../src/daemon/surviving/heirloom.ts";
import type { Plain, StatePart, StateStore } from "../../src/model/saving.ts";
import { openLibrary } from "../../src/system/mod.ts";
import { Execution } from "../../src/system/replacing.ts";
import { OwnDescriptors } from "../../src/system/surviving.ts";
import { type BufferReading, Signal } from "../../src/model/mod.ts";
import type { LaunchPlan, Remains, ServiceRecord } from "../../src/engine/mod.ts";
import { decode, encode, lines } from "./_wire.ts";

const [kind, path, options] = Deno.args;
const { state, way, forget, fault, ...settings } = JSON.parse(decodeURIComponent(options));
const channel = await Deno.connect({ transport: "unix", path });
let outgoing = "";
let writing: Promise<void> | undefined;

function send(message: unknown): void {
  outgoing += `${encode(message)}\n`;
  writing ??= write();
}

async function write(): Promise<void> {
  await Promise.resolve(); // messages that are sent together are written together
  while (outgoing !== "") {
    const bytes = new TextEncoder().encode(outgoing);
    outgoing = "";
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await channel.write(rest));
  }
  writing = undefined;
}

const report = (event: string) => (...args: unknown[]) => send({ event, args });
const running = new Set<number>();

/** What the host has saved: the text of each document, in the file `state` after each change. */
const saved = new Map<string, Map<number, Plain>>();
let steps = 0;
const changes = new Set<string>();
const parts = new Map<string, StatePart>();

function commit(): void {
  for (const change of changes) {
    const [part, number] = change.split(" ");
    const document = parts.get(part)!.document(Number(number));
    if (document === undefined) saved.get(part)?.delete(Number(number));
    else if (saved.has(part)) saved.get(part)!.set(Number(number), document);
    else saved.set(part, new Map([[Number(number), document]]));
  }
  changes.clear();
  Deno.writeTextFileSync(
    `${state}.new`,
    JSON.stringify([...saved].map(([part, found]) => [part, [...found]])),
  );
  Deno.renameSync(`${state}.new`, state);
}

const store: StateStore = {
  changed(part, number) {
    parts.set(part.name, part);
    changes.add(`${part.name} ${number}`);
    if (steps === 0) commit();
  },
  step(work) {
    steps += 1;
    try {
      return work();
    } finally {
      steps -= 1;
      if (steps === 0 && changes.size > 0) commit();
    }
  },
};

let journal: ProcessRecord = NO_RECORD;

const host = (await loadHost(kind as "native" | "command"))(
  {
    launched: report("launched"),
    execSucceeded: report("execSucceeded"),
    execFailed: report("execFailed"),
    exited: report("exited"),
    ready: report("ready"),
    readinessClosed: report("readinessClosed"),
    remains: report("remains"),
    allKilled: report("allKilled"),
  },
  {
    launching: (plan, holds) => journal.launching(plan, holds),
    commit: () => journal.commit(),
    failed: (launch) => journal.failed(launch),
    started: (launch, pid) => {
      running.add(pid);
      journal.started(launch, pid);
    },
    adopted: (pid, service) => {
      running.add(pid);
      journal.adopted(pid, service);
    },
    continued: (entry, pid) => {
      running.add(pid);
      journal.continued(entry, pid);
    },
    ended: (pid) => {
      running.delete(pid);
      journal.ended(pid);
    },
  },
  {
    ...settings,
    ...(state === undefined ? {} : { store }),
    warn: (text) => send({ event: "warn", args: [text] }),
    async serveControl(stream) {
      const buffer = new Uint8Array(1024);
      for (let count = await stream.read(buffer); count !== null; count = await stream.read(buffer)) {
        const text = new TextDecoder().decode(buffer.subarray(0, count));
        await stream.write(new TextEncoder().encode(text.toUpperCase()));
      }
      stream.close();
      send({ event: "controlClosed", args: [] });
    },
  },
);
// The runtime opens its descriptors for signals half a second after the start, unless a listener exists: this listener
// makes it open them now.
Deno.addSignalListener("SIGUSR2", () => {});
if (state !== undefined) {
  const keeper = new ProcessJournal(`${state}.processes`, { clock: host.bootClock, warn: () => {} });
  journal = keeper;
  const before = way === undefined ? [] : JSON.parse(Deno.readTextFileSync(state));
  const documents = new Map<string, Map<number, Plain>>(
    before.map(([part, found]: [string, [number, Plain][]]) => [part, new Map(found)]),
  );
  // As after a fault between the making of a process and its document, without memory for launches in flight.
  if (forget) { for (const part of ["process", "slots"]) documents.delete(part); }
  const entries = keeper.left.entries.map((entry) => forget ? { ...entry, pid: undefined } : entry);
  try {
    if (way !== undefined) await nativeHost(host)?.restore(documents, way, entries);
    send({ event: "restored", args: [] });
  } catch (error) {
    send({ event: "refused", args: [(error as Error).message] });
  }
  if (fault) sortDescriptors(openLibrary(), new Set(nativeHost(host)?.descriptors()));
  keeper.begin();
}
host.begin();

/** From now on this thread has its own table of descriptors: processes in the making do not inherit its changes. */
function keepOwnDescriptors(): void {
  const CLONE_FILES = 0x400;
  const { symbols } = Deno.dlopen("libc.so.6", { unshare: { parameters: ["i32"], result: "i32" } });
  if (symbols.unshare(CLONE_FILES) !== 0) throw new Error("unshare failed");
}

/** The next program reads the journal from its file; a daemon has a copy in memory. */
function isJournal(fd: number): boolean {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`) === `${state}.processes`;
  } catch {
    return false; // closed meanwhile
  }
}

/** Executes this program again, in the same process. */
function replace(changes: Record<string, unknown>): void {
  const library = openLibrary();
  const descriptors = new OwnDescriptors(library);
  const isFault = changes.fault === true; // then all descriptors are open in the next program
  if (isFault) keepOwnDescriptors();
  const own = isFault
    ? descriptors.list().map(({ fd }) => fd).filter((fd) => !isJournal(fd))
    : nativeHost(host)?.descriptors() ?? [];
  for (const fd of own) descriptors.setPassesExec(fd, true);
  const words = new TextDecoder().decode(Deno.readFileSync("/proc/self/cmdline")).split("\0").slice(0, -2);
  const again = encodeURIComponent(JSON.stringify({ ...settings, state, way: "same-process", ...changes }));
  const environment = Object.entries(Deno.env.toObject()).map(([name, value]) => `${name}=${value}`);
  new Execution(library).execute("/proc/self/exe", [...words, again], environment);
}

/** The resources of the process: open descriptors, ended children, private memory in bytes. */
function inspect() {
  (globalThis as unknown as { gc(): void }).gc();
  const children = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return { state, parent: Number(parent) };
    } catch {
      return { state: "", parent: 0 }; // it ended in between
    }
  }).filter(({ parent }) => parent === Deno.pid);
  return {
    pid: Deno.pid,
    descriptors: [...Deno.readDirSync("/proc/self/fd")].length,
    zombies: children.filter(({ state }) => state === "Z").length,
    children: children.length,
    running: [...running],
    memory: 1024 * Number(/^RssAnon:\s*(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))![1]),
  };
}

const calls: Record<string, (...args: never[]) => unknown> = {
  launch: (plan: LaunchPlan) => host.launch(plan),
  /** Requests a launch, and counts the children within the same step. */
  launchAndCount: (plan: LaunchPlan) => {
    host.launch(plan);
    return inspect().children;
  },
  /** Many of the same, without a round trip for each. */
  launchMany: (plan: LaunchPlan, count: number) => {
    for (let id = 1; id <= count; id++) host.launch({ ...plan, id });
  },
  signal: (id: number, role: "main" | "stop", signal: number, group: boolean) =>
    host.signal(id, role, signal, group),
  unsupported: (service: ServiceRecord) => host.unsupported(service.description),
  openActivationSocket: (service: ServiceRecord) => host.openActivationSocket(service),
  serviceInactive: (service: ServiceRecord) => host.serviceInactive(service),
  serviceUnloaded: (service: ServiceRecord) => host.serviceUnloaded(service),
  adoptFromPidFile: (service: ServiceRecord) => host.adoptFromPidFile(service),
  killAll: (id: number) => host.killAll(id),
  remainsOf: (pid: number) => host.remainsOf?.(pid),
  endRemains: (service: ServiceRecord, remains: Remains, signal: number) =>
    host.endRemains?.(service, remains, signal),
  bufferedLog: (service: ServiceRecord, reading: BufferReading) => host.bufferedLog(service, reading),
  takeForeground: () => host.takeForeground(),
  processOf: (id: number, role: "main" | "stop") => nativeHost(host)?.processOf(id, role),
  replace,
  /** Is replaced while processes are being made. Some of them are killed before they can exist. */
  replaceDuring: (
    changes: Record<string, unknown>,
    plans: readonly LaunchPlan[],
    killed: readonly number[],
  ) => {
    for (const plan of plans) host.launch(plan);
    for (const id of killed) host.signal(id, "main", Signal.KILL, true);
    setTimeout(() => replace(changes), 1);
  },
  umask: (mask: number) => Deno.umask(mask),
  /** Many at once, and signals for some of them before their processes can exist. */
  launchAll: (plans: readonly LaunchPlan[], killed: readonly number[]) => {
    for (const plan of plans) host.launch(plan);
    for (const id of killed) host.signal(id, "main", Signal.KILL, true);
  },
  inspect,
};

for await (const line of lines(channel)) {
  const { number, call, args } = decode(line) as { number: number; call: string; args: never[] };
  try {
    const result = calls[call](...args);
    if (number !== 0) send({ number, result }); // nobody waits for the answer to 0
  } catch (error) {
    send({ number, error: String((error as Error).stack) });
  }
}
await writing;
Deno.exit(0);
