/**
 * A host in a separate process, controlled over a socket. It reaps all children, changes which signals its process
 * ignores, and must leave nothing behind; none of this can be tested in the process of the tests.
 *
 * Arguments: the kind of host, the path of the socket, and options in JSON, encoded so that shells leave them alone.
 */

import { createHost, NO_RECORD } from "../../src/host/mod.ts";
import { type BufferReading, Signal } from "../../src/model/mod.ts";
import type { LaunchPlan, ServiceRecord } from "../../src/engine/mod.ts";
import { decode, encode, lines } from "./_wire.ts";

const [kind, path, options] = Deno.args;
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

const host = createHost(
  {
    launched: report("launched"),
    execSucceeded: report("execSucceeded"),
    execFailed: report("execFailed"),
    exited: report("exited"),
    ready: report("ready"),
    readinessClosed: report("readinessClosed"),
    allKilled: report("allKilled"),
  },
  {
    ...NO_RECORD,
    started: (_launch, pid) => void running.add(pid),
    adopted: (pid) => void running.add(pid),
    ended: (pid) => void running.delete(pid),
  },
  {
    ...JSON.parse(decodeURIComponent(options)),
    kind: kind as "native" | "command",
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
host.begin();

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
  bufferedLog: (service: ServiceRecord, reading: BufferReading) => host.bufferedLog(service, reading),
  takeForeground: () => host.takeForeground(),
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
    send({ number, result: calls[call](...args) });
  } catch (error) {
    send({ number, error: String((error as Error).stack) });
  }
}
await writing;
Deno.exit(0);
