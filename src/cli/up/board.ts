/** What the summary of `dinit up` shows: one row for each service, from what the daemon tells. */

import type { ServiceInfo, SystemInfo } from "../../client/library.ts";
import { type FailureContext, failureLine } from "./failure_line.ts";
import { lastOutput } from "./last_output.ts";
import { listeningSockets, portsOf } from "./ports.ts";

/** One service in the summary. */
export interface Row {
  readonly name: string;
  readonly look: "ready" | "failed" | "starting" | "stopping" | "stopped";
  /** How long its start took, in milliseconds; for a service that is ready. @default unknown */
  readonly took?: number;
  /** Automatic restarts. */
  readonly restarts: number;
  /** The ports on which it listens. */
  readonly ports: readonly number[];
  /** Why it has failed, or what it waits for. @default nothing to say */
  readonly detail?: string;
}

/** The state of all services. */
export interface Board {
  readonly rows: readonly Row[];
  /** Whether nothing is starting or stopping. */
  readonly settled: boolean;
  /**
   * From the start of the daemon until the first time when nothing was starting any more, in milliseconds.
   * @default unknown
   */
  readonly took?: number;
}

/** What boards are made of, besides what the daemon tells. */
export interface BoardOptions extends Omit<FailureContext, "serviceOf"> {
  /** Whether the daemon has just begun: the first starts count from then. */
  readonly isNew: boolean;
  /** The ports of a process. @default looks into /proc */
  readonly ports?: (pid: number) => readonly number[];
}

/** What all rows of one look share. */
interface Look {
  readonly services: readonly ServiceInfo[];
  /** When the daemon was started, in milliseconds since 1970. */
  readonly born: number;
  ports(pid: number): readonly number[];
}

/** With more services than this, looking for the ports of all would take longer than anybody wants to wait. */
const MOST_WITH_PORTS = 200;

/** Reads the ports of processes. The table of the kernel is read once for all of them, and only if it is needed. */
function portReader(count: number): Look["ports"] {
  if (count > MOST_WITH_PORTS) return () => [];
  let sockets: ReturnType<typeof listeningSockets> | undefined;
  return (pid) => portsOf(pid, sockets ??= listeningSockets());
}

/** Follows the services from one look to the next. */
export class Boards {
  readonly #options: BoardOptions;
  /** When the present start of a service began, in milliseconds since 1970. */
  readonly #begun = new Map<string, number>();
  /** How long the last start took, and when it was complete. */
  readonly #took = new Map<string, { readonly at: number; readonly took: number }>();
  #firstTook: number | undefined;
  /** The explanation of a failure needs a search in /proc: it is made once for each failure. */
  readonly #reasons = new Map<string, { readonly of: string; readonly text: string }>();

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /**
   * Makes the board from one look at the daemon.
   *
   * @param now milliseconds since 1970
   */
  look({ daemon, services }: SystemInfo, now: number): Board {
    const born = now - (daemon?.uptime ?? 0);
    const shown = services.filter((service) => !isGroup(service));
    const ports = this.#options.ports ?? portReader(services.length);
    const rows = (shown.length > 0 ? shown : services).map((service) =>
      this.#row(service, { services, born, ports })
    );
    const settled = services.every((service) => isAtRest(service, now));
    const isStarted = ({ state }: ServiceInfo) => state === "started";
    const last = services.filter(isStarted).reduce((at, { since }) => Math.max(at, Number(since)), born);
    if (!this.#options.isNew) return { rows, settled };
    if (settled) this.#firstTook ??= last - born;
    return { rows, settled, took: this.#firstTook ?? last - born };
  }

  #row(service: ServiceInfo, { services, born, ports }: Look): Row {
    const { name, state, restarts = 0, pid, since, waitingFor = [] } = service;
    const common = { name, restarts, ports: [] as readonly number[] };
    const at = since?.getTime() ?? born;
    if (state === "starting") {
      if (!this.#begun.has(name)) this.#begun.set(name, at);
      const detail = waitingFor.length > 0 ? `waits for ${waitingFor.join(", ")}` : undefined;
      return { ...common, look: "starting", ...(detail === undefined ? {} : { detail }) };
    }
    if (state === "started") {
      const took = this.#tookUntil(at, service, born);
      const time = took === undefined ? {} : { took };
      return { ...common, look: "ready", ...time, ports: pid === undefined ? [] : ports(pid) };
    }
    if (state === "stopping") return { ...common, look: "stopping" };
    this.#begun.delete(name); // the next start is measured from its beginning
    if (!service.failed) return { ...common, look: "stopped" };
    return { ...common, look: "failed", detail: this.#reason(service, services, at) };
  }

  /** The first start of all begins with the daemon, and may be over before the first look. */
  #tookUntil(at: number, { name, restarts = 0 }: ServiceInfo, born: number): number | undefined {
    const known = this.#took.get(name);
    if (known?.at === at) return known.took;
    const isFirst = this.#options.isNew && known === undefined && restarts === 0;
    const begun = this.#begun.get(name) ?? (isFirst ? born : undefined);
    this.#begun.delete(name);
    if (begun === undefined) return undefined;
    const took = Math.max(0, at - begun);
    this.#took.set(name, { at, took });
    return took;
  }

  #reason(service: ServiceInfo, services: readonly ServiceInfo[], at: number): string {
    const of = `${at} ${lastOutput(service).join("\n")}`;
    const known = this.#reasons.get(service.name);
    if (known?.of === of) return known.text;
    const serviceOf = (pid: number) => services.find((other) => other.pid === pid)?.name;
    const text = failureLine(service, { ...this.#options, serviceOf });
    this.#reasons.set(service.name, { of, text });
    return text;
  }
}

/** How long the last words of a failed process may take until they can be read, in milliseconds. */
const LAST_WORDS = 1500;

/** Nothing more will happen, and a failure is explained as well as it can be. */
function isAtRest(service: ServiceInfo, now: number): boolean {
  const { state, failed, launch, since } = service;
  if (state === "started") return true;
  if (state !== "stopped") return false;
  if (!failed || launch !== undefined || lastOutput(service).length > 0) return true;
  return now - Number(since ?? 0) > LAST_WORDS;
}

/** A service without a process that only holds others together, such as boot. */
function isGroup({ type, state, failed }: ServiceInfo): boolean {
  return type === "internal" && (state === "started" || !failed);
}

/** The failed services. */
export function failedRows({ rows }: Board): Row[] {
  return rows.filter(({ look }) => look === "failed");
}
