/**
 * `deno task bench control`: what the control plane can carry. Single round trips beside a bare echo server over a unix
 * socket, many requests in one go, `ctl list` of a thousand services beside an empty Deno program, and two hundred
 * clients that hear of ten thousand changes. Servers run in processes of their own; the sides take turns.
 *
 * @module
 */

import { ControlClient, ControlServer, Reply, Request } from "../../src/control/mod.ts";
import { type ControlledManager, Information } from "../../src/control/mod.ts";
import { NO_EXIT, ServiceState, type ServiceStatus, ServiceType } from "../../src/model/mod.ts";

const ROUNDS = 7;
/** Milliseconds of each measurement of a round. */
const TURN = 400;
const PIPELINED = 300;
/** Bytes of the reply to SERVICESTATUS5. */
const REPLY_SIZE = 16;
const SERVICES = 1000;
const RUNS = 15;
const SUBSCRIBERS = 200;
const EVENTS = 10_000;
/** Changes between two turns of the event loop: a daemon works on many things before it writes. */
const BATCH = 50;

const root = decodeURIComponent(new URL("../..", import.meta.url).pathname);
const self = new URL(import.meta.url).pathname;

// ---- The servers ----

function status(): ServiceStatus {
  return {
    state: ServiceState.STARTED,
    target: ServiceState.STARTED,
    waitingForConsole: false,
    holdingConsole: false,
    skipped: false,
    explicit: true,
    reason: 0,
    pid: 4711,
    launchStage: 0,
    launchErrno: 0,
    exit: NO_EXIT,
    modified: { seconds: 1_700_000_000, nanoseconds: 0 },
  };
}

/** A manager with many services to which nothing happens until they are told to start. */
function idleManager(): ControlledManager {
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    name: `service-${index}`,
    type: ServiceType.PROCESS,
    description: { directory: "/etc/dinit.d" },
    dependencies: [],
  }));
  const byName = new Map(services.map((service) => [service.name, service]));
  const listeners = new Map<unknown, Set<Parameters<ControlledManager["addListener"]>[1]>>();
  const current = status();
  let pid = 0;
  const manager: Partial<ControlledManager> = {
    serviceDirectories: [],
    find: (name) => byName.get(name),
    services: () => services,
    load: (name) => byName.get(name)!,
    status: () => ({ ...current, pid }),
    addListener(service, listener) {
      const all = listeners.get(service) ?? new Set();
      listeners.set(service, all.add(listener));
    },
    removeListener: (service, listener) => void listeners.get(service)?.delete(listener),
    /** The order to start is the sign to let ten thousand things happen. */
    start(service) {
      const happen = () => {
        for (let i = 0; i < BATCH && pid < EVENTS; i++) {
          pid++;
          for (const listener of listeners.get(service) ?? []) listener.serviceEvent(service, 0);
        }
        if (pid < EVENTS) setTimeout(happen, 0);
      };
      setTimeout(happen, 0);
      return "accepted";
    },
  };
  return manager as ControlledManager;
}

async function serveControl(path: string): Promise<void> {
  const daemon = { version: "0", pid: Deno.pid, uptime: 0, socket: path, shuttingDown: false };
  const server = new ControlServer(idleManager(), {
    overview: () => ({ daemon, services: [] }),
    log: () => {},
  });
  await server.open(path);
}

/** As bare as it gets: what is read is written, without streams in between. */
async function serveEcho(path: string): Promise<void> {
  for await (const connection of Deno.listen({ transport: "unix", path })) void echo(connection);
}

async function echo(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  try {
    for (;;) {
      const size = await connection.read(buffer);
      if (size === null) break;
      await connection.write(buffer.subarray(0, size));
    }
  } catch {
    // The client went away.
  }
  connection.close();
}

/** Starts one of the servers in a process of its own, and waits until it answers. */
async function startServer(kind: "control" | "echo", path: string): Promise<Deno.ChildProcess> {
  const args = ["run", "--allow-all", self, kind, path];
  const child = new Deno.Command(Deno.execPath(), { args }).spawn();
  for (;;) {
    try {
      (await Deno.connect({ transport: "unix", path })).close();
      return child;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

// ---- The measurements ----

/** How often something can be done in a second, one after the other. */
async function rate(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < TURN) {
    await act();
    count++;
  }
  return count / (performance.now() - start) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const failures: string[] = [];

/** Prints a line, and notes if the value is not as it must be. */
function line(text: string, value: string, demand?: { readonly text: string; readonly met: boolean }): void {
  console.log(`${text.padEnd(52)} ${value.padStart(12)}${demand === undefined ? "" : `  (${demand.text})`}`);
  if (demand !== undefined && !demand.met) failures.push(text);
}

async function benchRequests(controlPath: string, echoPath: string): Promise<void> {
  const echo = await Deno.connect({ transport: "unix", path: echoPath });
  const bare = await Deno.connect({ transport: "unix", path: controlPath });
  const client = await ControlClient.connect(controlPath);
  await client.handshake();
  const found = await client.request({ type: Request.FINDSERVICE, name: "service-7" });
  if (found.type !== Reply.SERVICERECORD) throw new Error("the server does not know its services");
  const { handle } = found;
  await bare.write(new Uint8Array([Request.FINDSERVICE, 9, 0, ...new TextEncoder().encode("service-7")]));
  // The echo gets as many bytes as a reply has, so that both read the same.
  const buffer = new Uint8Array(64);
  await bare.read(buffer);
  const request = new Uint8Array([Request.SERVICESTATUS5, ...buffer.slice(2, 6)]);
  const ping = new Uint8Array(REPLY_SIZE);
  const trip = async (connection: Deno.Conn, bytes: Uint8Array) => {
    await connection.write(bytes);
    const size = await connection.read(buffer);
    if (size !== REPLY_SIZE) throw new Error(`${size} bytes came in one read, not ${REPLY_SIZE}`);
  };
  const ask = async () => {
    const reply = await client.request({ type: Request.SERVICESTATUS5, handle });
    if (reply.type !== Reply.SERVICESTATUS) throw new Error(`reply of type ${reply.type}`);
  };
  const rates = {
    echo: [] as number[],
    server: [] as number[],
    client: [] as number[],
    pipelined: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    rates.echo.push(await rate(() => trip(echo, ping)));
    rates.server.push(await rate(() => trip(bare, request)));
    rates.client.push(await rate(ask));
    rates.pipelined.push(PIPELINED * await rate(() => Promise.all(Array.from({ length: PIPELINED }, ask))));
  }
  const perSecond = (value: number) => `${Math.round(value)}/s`;
  const against = (values: number[], peers: number[]) => median(values.map((value, i) => value / peers[i]));
  const server = against(rates.server, rates.echo);
  const pipelined = against(rates.pipelined, rates.client);
  line("echo server, single round trips", perSecond(median(rates.echo)));
  line("status requests, single round trips", perSecond(median(rates.server)));
  line("  beside the echo server", server.toFixed(2), { text: "at least 0.8", met: server >= 0.8 });
  line("  with the client of the tools", perSecond(median(rates.client)));
  line(`${PIPELINED} status requests at once`, perSecond(median(rates.pipelined)));
  line("  beside single round trips", pipelined.toFixed(1), { text: "at least 5", met: pipelined >= 5 });
  client.close();
  bare.close();
  echo.close();
}

async function time(args: readonly string[]): Promise<number> {
  const before = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), { args: [...args], stdout: "null" }).output();
  if (!success) throw new Error(`failed: deno ${args.join(" ")}`);
  return performance.now() - before;
}

async function benchList(controlPath: string, empty: string): Promise<void> {
  const list = ["run", "--allow-all", `${root}main.ts`, "ctl", "--socket-path", controlPath, "list"];
  const times = { empty: [] as number[], list: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.empty.push(await time(["run", empty]));
    times.list.push(await time(list));
  }
  const ratio = median(times.list) / median(times.empty);
  line("empty Deno program", `${median(times.empty).toFixed(1)} ms`);
  line(`ctl list of ${SERVICES} services`, `${median(times.list).toFixed(1)} ms`);
  line("  beside the empty program", ratio.toFixed(2), { text: "at most 2", met: ratio <= 2 });
}

/** Listens until all events have come; returns how many of them were in order. */
async function listen(
  path: string,
): Promise<{ readonly ordered: Promise<number>; readonly end: () => void }> {
  const client = await ControlClient.connect(path);
  const done = Promise.withResolvers<number>();
  let ordered = 0;
  let heard = 0;
  client.onEvent = ({ type, status }) => {
    heard++;
    if (type === Information.SERVICEEVENT5 && status.pid === heard) ordered++;
    if (heard === EVENTS) done.resolve(ordered);
  };
  void client.closed.then(() => done.resolve(ordered));
  await client.request({ type: Request.FINDSERVICE, name: "service-0" });
  return { ordered: done.promise, end: () => client.close() };
}

async function benchEvents(path: string): Promise<void> {
  const clients = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => listen(path)));
  const starter = await ControlClient.connect(path);
  const found = await starter.request({ type: Request.FINDSERVICE, name: "service-0" });
  if (found.type !== Reply.SERVICERECORD) throw new Error("the server does not know its services");
  const before = performance.now();
  await starter.request({ type: Request.STARTSERVICE, flags: 0, handle: found.handle });
  const ordered = await Promise.all(clients.map((client) => client.ordered));
  const elapsed = performance.now() - before;
  for (const { end } of clients) end();
  starter.close();
  const all = ordered.filter((count) => count === EVENTS).length;
  line(`${SUBSCRIBERS} clients, ${EVENTS} events each`, `${(elapsed / 1000).toFixed(1)} s`);
  line("  clients with all events in order", String(all), {
    text: `all ${SUBSCRIBERS}`,
    met: all === SUBSCRIBERS,
  });
}

/** Runs the benchmark and prints its table. Returns whether everything is as fast as it must be. */
export async function benchControl(): Promise<boolean> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-bench-" });
  const [controlPath, echoPath, empty] = ["control", "echo", "empty.ts"].map((name) =>
    `${directory}/${name}`
  );
  Deno.writeTextFileSync(empty, "");
  const servers = [await startServer("control", controlPath), await startServer("echo", echoPath)];
  try {
    await benchRequests(controlPath, echoPath);
    await benchList(controlPath, empty);
    await benchEvents(controlPath);
  } finally {
    for (const server of servers) server.kill("SIGKILL");
    await Promise.all(servers.map((server) => server.status));
    Deno.removeSync(directory, { recursive: true });
  }
  for (const failure of failures) console.log(`not met: ${failure.trim()}`);
  return failures.length === 0;
}

if (import.meta.main) {
  const [kind, path] = Deno.args;
  if (kind === "control") await serveControl(path);
  else if (kind === "echo") await serveEcho(path);
  else Deno.exit(await benchControl() ? 0 : 1);
}
