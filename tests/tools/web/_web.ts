/** The handler of `dinit-web` with a real connection to a control server, whose manager is scripted by a test. */

import { webAddress } from "../../../src/tools/web/address.ts";
import { DaemonLink } from "../../../src/tools/web/daemon_link.ts";
import { EventLog } from "../../../src/tools/web/event_log.ts";
import { webSources } from "../../../src/tools/web/main.ts";
import { requestHandler, type RequestRules } from "../../../src/tools/web/requests.ts";
import { FiguresReader, type ProcessSample } from "../../../src/insight/mod.ts";
import { defaultWebOptions } from "../../../src/options/dinit_web.ts";
import { Facts } from "../../control/_facts.ts";
import { FakeManager } from "../../control/_fake_manager.ts";
import { type Scene, withServer } from "../../control/_server.ts";
import { soon, until } from "../../_patience.ts";

export const TOKEN = "a-token-of-this-test";
export const HOST = "127.0.0.1:8080";

/** The processes that services in tests may have: reading the real ones needs all permissions. */
const PROCESSES = [
  { pid: 77, program: "sh", parent: 42, session: 77, startTicks: 1, cpuSeconds: 1.5, memory: 5_000_000 },
  { pid: 78, program: "sleep", parent: 77, session: 78, startTicks: 2, cpuSeconds: 1, memory: 1_000_000 },
];

/** What a test works with. */
export interface WebScene extends Scene {
  readonly facts: Facts;
  readonly link: DaemonLink;
  readonly log: string[];
  /** What answers requests, for a test that listens itself. */
  readonly handler: (request: Request) => Promise<Response>;
  /** Waits until this many facts have arrived. */
  heard(count: number): Promise<void>;
  /** Sends a request, with the token and the right host unless it says otherwise. */
  ask(path: string, options?: AskOptions): Promise<Response>;
  /** The JSON document of an answer with status 200. */
  get(path: string): Promise<Record<string, unknown>>;
}

export interface AskOptions {
  readonly method?: string;
  /** Headers to add or, with `undefined`, to leave out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A test of the handler. */
export function scene(
  name: string,
  test: (scene: WebScene) => Promise<void>,
  { rules = {}, kept, processes = () => PROCESSES, ignore = false }: {
    readonly rules?: Partial<RequestRules>;
    readonly kept?: number;
    /** The processes of the machine. */
    readonly processes?: () => ProcessSample[];
    /** @default false */
    readonly ignore?: boolean;
  } = {},
): void {
  Deno.test({ name, ignore, fn: body });

  async function body(): Promise<void> {
    const facts = new Facts();
    await withServer(
      async (all) => {
        const events = new EventLog(kept);
        const link = new DaemonLink(all.path, events);
        await link.open();
        const errors: unknown[] = [];
        const address = webAddress({ ...defaultWebOptions(), listen: HOST }, "/nowhere");
        const handler = requestHandler(
          {
            address,
            hosts: [],
            token: TOKEN,
            readOnly: false,
            report: (error) => errors.push(error),
            ...rules,
          },
          webSources(
            link,
            events,
            new FiguresReader({ processes, memoryOf: () => undefined }),
          ),
        );
        const ask = async (path: string, { method = "GET", headers = {} }: AskOptions = {}) => {
          const given = { host: HOST, authorization: `Bearer ${TOKEN}`, ...headers };
          const kept = Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined);
          // The runtime's Request refuses these headers; that of its server has them.
          const request = new Request(`http://${HOST}${path}`, { method });
          Object.defineProperty(request, "headers", { value: new Headers(kept) });
          return await soon(handler(request), `an answer to ${path}`);
        };
        const get = async (path: string) => {
          const response = await ask(path);
          if (response.status !== 200) {
            throw new Error(`${path}: ${response.status} ${await response.text()}`);
          }
          return await response.json();
        };
        const heard = async (count: number) =>
          void await until(() => events.end >= count, `${count} facts; there are ${events.end}`);
        try {
          await test({ ...all, facts, link, handler, heard, ask, get });
          if (errors.length > 0) throw errors[0];
        } finally {
          await link.close();
        }
      },
      new FakeManager(),
      facts.source,
    );
  }
}

export { type StreamMessage, StreamReader } from "./_stream.ts";
export { soon, until };
