/** A scripted daemon on a real socket, and the surroundings in which the tests run `dinitctl` against it. */

import "../_processes.ts";
import { type Packet, type RequestPacket, statusFormOf } from "../../src/control/wire/layouts.ts";
import { decodePacket } from "../../src/control/wire/decode.ts";
import { encodePacket } from "../../src/control/wire/encode.ts";
import {
  EXTENSIONS_NAME,
  EXTENSIONS_QUERY,
  Information,
  Reply,
  Request,
} from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { decodeBytes } from "../../src/model/mod.ts";
import { type CtlIo, runCtl } from "../../src/cli/ctl/main.ts";

/** The answer of a stand-in: packets, raw bytes, or the end of the connection. */
export type Answer = Packet | Uint8Array | "close";

/** The properties of a stand-in daemon. */
export interface Script {
  /** Announced protocol version. @default 6 */
  readonly version?: number;
  /** Announced minimum. @default 1 */
  readonly minimum?: number;
  /** The loaded services; their handles are 0, 1, … in this order. @default none */
  readonly services?: Readonly<Record<string, WireStatus>>;
  /** Answers to LOADSERVICE for names that are not in `services`. @default NOSERVICE */
  readonly loading?: Readonly<Record<string, Answer>>;
  /** The service directory. @default a directory that does not exist */
  readonly directory?: string;
  /** The answer to the query `overview`; without it and `topics`, there are no extensions. @default none */
  readonly overview?: unknown;
  /** Answers to other queries, by topic. @default none */
  readonly topics?: Readonly<Record<string, unknown>>;
  /** Answers by type of request, instead of the usual ones. */
  readonly on?: Readonly<Record<number, readonly Answer[] | ((request: RequestPacket) => readonly Answer[])>>;
}

/** A daemon that does as its script says, until it is disposed of. */
export class StandIn implements AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  /** All requests, in order. */
  readonly requests: RequestPacket[] = [];
  readonly #script: Script;
  readonly #listener: Deno.Listener;
  readonly #serving: Promise<void>;

  constructor(script: Script = {}) {
    this.#script = script;
    this.directory = Deno.makeTempDirSync({ prefix: "dinit-cli-" });
    this.path = `${this.directory}/socket`;
    this.#listener = Deno.listen({ transport: "unix", path: this.path });
    this.#serving = this.#serve();
  }

  /** The requests of one type. */
  received<T extends Request>(type: T): Extract<RequestPacket, { type: T }>[] {
    return this.requests.filter((request) => request.type === type) as Extract<RequestPacket, { type: T }>[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
    Deno.removeSync(this.directory, { recursive: true });
  }

  async #serve(): Promise<void> {
    const connections: Promise<void>[] = [];
    for await (const connection of this.#listener) connections.push(this.#converse(connection));
    await Promise.all(connections);
  }

  async #converse(connection: Deno.Conn): Promise<void> {
    let received = new Uint8Array();
    const buffer = new Uint8Array(4096);
    try {
      for (;;) {
        const size = await connection.read(buffer);
        if (size === null) return;
        received = new Uint8Array([...received, ...buffer.subarray(0, size)]);
        for (;;) {
          const decoded = decodePacket(new DataView(received.buffer));
          if (decoded === undefined) break;
          received = received.slice(decoded.size);
          const request = decoded.packet as RequestPacket;
          this.requests.push(request);
          for (const answer of this.#answers(request)) {
            if (answer === "close") return;
            const form = statusFormOf(request.type);
            const bytes = answer instanceof Uint8Array ? answer : encodePacket(answer, form);
            for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
          }
        }
      }
    } catch {
      // The client is free to go away at any time.
    } finally {
      connection.close();
    }
  }

  #answers(request: RequestPacket): readonly Answer[] {
    const {
      version = 6,
      minimum = 1,
      services = {},
      loading = {},
      directory = "/nowhere",
      overview,
      topics = {},
      on = {},
    } = this.#script;
    const documents = overview === undefined ? topics : { overview, ...topics };
    const answer = (topic: string): Answer => ({
      type: Reply.ANSWER,
      json: JSON.stringify(documents[topic]),
    });
    const own = on[request.type];
    if (own !== undefined) return typeof own === "function" ? own(request) : own;
    const names = Object.keys(services);
    switch (request.type) {
      case Request.QUERYVERSION:
        return [{ type: Reply.CPVERSION, minimum, actual: version }];
      case Request.FINDSERVICE:
      case Request.LOADSERVICE: {
        if (request.name.startsWith(EXTENSIONS_NAME) && Object.keys(documents).length > 0) {
          const topic = request.name.slice(EXTENSIONS_QUERY.length);
          return [topic in documents ? answer(topic) : { type: Reply.EXTENSIONS, version: 1 }];
        }
        const handle = names.indexOf(request.name);
        const loaded = request.type === Request.LOADSERVICE ? loading[request.name] : undefined;
        if (handle === -1) return [loaded ?? { type: Reply.NOSERVICE }];
        const { state, target } = services[request.name];
        return [{ type: Reply.SERVICERECORD, state, handle, target }];
      }
      case Request.SERVICESTATUS:
      case Request.SERVICESTATUS5:
      case Request.SERVICESTATUS6:
        return [{ type: Reply.SERVICESTATUS, existed: 0, status: services[names[request.handle]] }];
      case Request.QUERYSERVICENAME:
        return [{ type: Reply.SERVICENAME, name: names[request.handle] }];
      case Request.QUERYSERVICEDSCDIR:
        return [{ type: Reply.SVCDSCDIR, directory }];
      case Request.LISTSERVICES:
      case Request.LISTSERVICES5:
        return [
          ...Object.entries(services).map(([name, status]) => ({ type: Reply.SVCINFO, name, status })),
          { type: Reply.LISTDONE },
        ];
      case Request.QUERY:
        return [request.topic in documents ? answer(request.topic) : { type: Reply.NAK }];
      default:
        return [{ type: Reply.BADREQ }, "close"];
    }
  }
}

/** A status; omitted fields are those of a service that never ran. */
export function status(facts: Partial<WireStatus> = {}): WireStatus {
  return {
    state: 0,
    target: 0,
    waitingForConsole: false,
    holdingConsole: false,
    skipped: false,
    explicit: false,
    reason: 0,
    pid: undefined,
    launchStage: 0,
    launchErrno: 0,
    exit: { code: 0, status: 0 },
    modified: { seconds: 0, nanoseconds: 0 },
    ...facts,
  };
}

/** An event as a current daemon sends it: in the newer form, then in the older. */
export function event(handle: number, number: number, facts: Partial<WireStatus> = {}): Answer[] {
  const packet = { handle, event: number, status: status(facts) };
  return [{ type: Information.SERVICEEVENT5, ...packet }, { type: Information.SERVICEEVENT, ...packet }];
}

/** The result of a run of a tool. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** What the surroundings of a tool are like. */
export interface Surroundings {
  /** @default empty */
  readonly env?: Readonly<Record<string, string>>;
  /** @default 0 */
  readonly uid?: number;
  /** @default not a terminal */
  readonly columns?: number;
  /** Whether standard error is a terminal. @default false */
  readonly errorTerminal?: boolean;
  /** @default 0 */
  readonly now?: number;
}

/** An environment that records all output. */
export class FakeIo implements CtlIo {
  readonly #out: Uint8Array[] = [];
  readonly #surroundings: Surroundings;
  errors = "";

  constructor(surroundings: Surroundings = {}) {
    this.#surroundings = surroundings;
  }

  out(data: string | Uint8Array): void | false {
    this.#out.push(typeof data === "string" ? new TextEncoder().encode(data) : data);
  }

  err(text: string): void {
    this.errors += text;
  }

  env(name: string): string | undefined {
    return this.#surroundings.env?.[name];
  }

  uid(): number | undefined {
    return this.#surroundings.uid ?? 0;
  }

  terminal(): { columns: number } | undefined {
    const { columns } = this.#surroundings;
    return columns === undefined ? undefined : { columns };
  }

  errorTerminal(): boolean {
    return this.#surroundings.errorTerminal ?? false;
  }

  now(): number {
    return this.#surroundings.now ?? 0;
  }

  get output(): string {
    return decodeBytes(Uint8Array.from(this.#out.flatMap((bytes) => [...bytes])));
  }
}

/** Runs `dinitctl` in given surroundings. */
export async function ctlAlone(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const io = new FakeIo(surroundings);
  const status = await runCtl(args, io);
  return { out: io.output, err: io.errors, status };
}

/** Runs `dinitctl` against a daemon. */
export function ctl(daemon: StandIn, ...args: string[]): Promise<Outcome> {
  return ctlAlone(["-p", daemon.path, ...args]);
}

/** The outcome of a success with this output. */
export const success = (out = ""): Outcome => ({ out, err: "", status: 0 });

/** The outcome of a failure with this message. */
export const failure = (err: string, out = ""): Outcome => ({ out, err, status: 1 });
