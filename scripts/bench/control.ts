/**
 * The throughput of the running daemon's control socket: single round trips compared with a bare echo server, many
 * requests at once, and ten thousand events to two hundred clients.
 */

import { Reply, Request } from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atLeast,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  inFolder,
  interleave,
  type Measurement,
  pause,
} from "./harness/mod.ts";

/** The length of each measurement of a round, in milliseconds. */
const TURN = 400;
const PIPELINED = 300;
/** Bytes of the reply to SERVICESTATUS5. */
const REPLY_SIZE = 16;
const SUBSCRIBERS = 200;
const EVENTS = 10_000;
/** Commands between two turns of the event loop: a daemon handles many of them before it writes. */
const BATCH = 50;

// ---- The floor ----

/** The least possible work: it writes what it reads, without streams. */
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
  } catch (error) {
    if (!(error instanceof Error)) throw error; // the client is gone
  }
  connection.close();
}

/** Starts the echo server in a separate program, and waits until it answers. */
async function startEcho(path: string): Promise<Deno.ChildProcess> {
  const args = ["run", "--allow-all", new URL(import.meta.url).pathname, path];
  const child = new Deno.Command(Deno.execPath(), { args }).spawn();
  for (;;) {
    try {
      (await Deno.connect({ transport: "unix", path })).close();
      return child;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      await pause(10);
    }
  }
}

// ---- The measurements ----

/** How often an action can be done per second, one after the other. */
async function rate(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < TURN) {
    await act();
    count++;
  }
  return count / (performance.now() - start) * 1000;
}

async function roundTrips(runs: number, controlPath: string, echoPath: string): Promise<Measurement[]> {
  const echo = await Deno.connect({ transport: "unix", path: echoPath });
  const bare = await Deno.connect({ transport: "unix", path: controlPath });
  const client = await ControlClient.connect(controlPath);
  const handle = await loaded(client);
  await bare.write(new Uint8Array([Request.LOADSERVICE, 1, 0, ...new TextEncoder().encode("s")]));
  const buffer = new Uint8Array(64);
  await bare.read(buffer);
  const request = new Uint8Array([Request.SERVICESTATUS5, ...buffer.slice(2, 6)]);
  // The echo has the size of a reply, so that both read the same number of bytes.
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
  const rates = await interleave(runs, {
    echo: () => rate(() => trip(echo, ping)),
    server: () => rate(() => trip(bare, request)),
    client: () => rate(ask),
    pipelined: async () => PIPELINED * await rate(() => Promise.all(Array.from({ length: PIPELINED }, ask))),
  }, 1);
  client.close();
  bare.close();
  echo.close();
  const unit = "1/s";
  return [
    { what: "echo server, single round trips", unit, values: rates.echo },
    {
      what: "status requests, single round trips",
      unit,
      values: rates.server,
      beside: [beside("the echo server", rates.server, rates.echo, atLeast(0.8))],
    },
    { what: "  with the client of the tools", unit, values: rates.client },
    {
      what: `${PIPELINED} status requests at once`,
      unit,
      values: rates.pipelined,
      beside: [beside("single ones of that client", rates.pipelined, rates.client, atLeast(5))],
    },
  ];
}

/** Loads the service `s` for a client, which receives its events from then on. */
async function loaded(client: ControlClient): Promise<number> {
  await client.handshake();
  const reply = await client.request({ type: Request.LOADSERVICE, name: "s" });
  if (reply.type !== Reply.SERVICERECORD) throw new Error("the service cannot be loaded");
  return reply.handle;
}

interface Listener {
  /** How many events arrived in the expected order. */
  readonly ordered: Promise<number>;
  end(): void;
}

/** Listens until all events have arrived: started and stopped, in turns. */
async function listen(path: string): Promise<Listener> {
  const client = await ControlClient.connect(path);
  const done = Promise.withResolvers<number>();
  let ordered = 0;
  let heard = 0;
  client.onEvent = ({ event }) => {
    if (event === (heard % 2 === 0 ? ServiceEvent.STARTED : ServiceEvent.STOPPED)) ordered++;
    if (++heard === EVENTS) done.resolve(ordered);
  };
  void client.closed.then(() => done.resolve(ordered));
  await loaded(client);
  return { ordered: done.promise, end: () => client.close() };
}

/** Milliseconds until every client has received every event, and how many clients received them in order. */
async function events(path: string): Promise<{ elapsed: number; complete: number }> {
  const listeners = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => listen(path)));
  const starter = await ControlClient.connect(path);
  const handle = await loaded(starter);
  const before = performance.now();
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, index) => {
      const type = index % 2 === 0 ? Request.STARTSERVICE : Request.STOPSERVICE;
      return starter.request({ type, flags: 0, handle });
    }));
  }
  const ordered = await Promise.all(listeners.map((listener) => listener.ordered));
  const elapsed = performance.now() - before;
  for (const listener of listeners) listener.end();
  starter.close();
  return { elapsed, complete: ordered.filter((count) => count === EVENTS).length };
}

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, { s: "type = internal\n" });
    const echoPath = `${folder}/echo`;
    const echo = await startEcho(echoPath);
    const found = await roundTrips(runs, daemon.socket, echoPath);
    echo.kill("SIGKILL");
    await echo.status;
    const rounds: { elapsed: number; complete: number }[] = [];
    for (let run = 0; run < runs; run++) rounds.push(await events(daemon.socket));
    const heard = SUBSCRIBERS * EVENTS / 1000;
    return [
      ...found,
      {
        what: `events for ${SUBSCRIBERS} clients, thousands`,
        unit: "1/s",
        values: rounds.map(({ elapsed }) => heard / elapsed * 1000),
      },
      {
        what: `  clients that heard all ${EVENTS} in order`,
        unit: "of 200",
        values: rounds.map(({ complete }) => complete),
        limit: atLeast(SUBSCRIBERS),
      },
    ];
  });
}

export const bench: BenchCase = { about: "round trips, pipelined requests, events", measure };

if (import.meta.main) await serveEcho(Deno.args[0]);
