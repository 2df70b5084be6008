/** What the summary of `dinit up` shows: one row for each service, from what the daemon tells. */

import type { ServiceInfo, SystemInfo } from "../../client/view_steps.ts";
import { type FailureContext, failureLine } from "./failure_line.ts";

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
  /** From the start of the daemon until the first time when nothing was starting any more, in milliseconds. */
  readonly took: number;
}

/** Follows the services from one look to the next. */
export class Boards {
  readonly #context: Omit<FailureContext, "serviceOf">;
  readonly #ports: (pid: number) => readonly number[];
  /** When the present start of a service began, in milliseconds since 1970. */
  readonly #begun = new Map<string, number>();
  /** How long the last start took, and when it was complete. */
  readonly #took = new Map<string, { readonly at: number; readonly took: number }>();
  #firstTook: number | undefined;
  /** The explanation of a failure needs a search in /proc: it is made once for each failure. */
  readonly #reasons = new Map<string, { readonly at: number; readonly text: string }>();

  /** @param ports the ports of a process. @default none are shown */
  constructor(
    context: Omit<FailureContext, "serviceOf">,
    ports: (pid: number) => readonly number[] = () => [],
  ) {
    this.#context = context;
    this.#ports = ports;
  }

  /**
   * The board of a look at the daemon.
   *
   * @param now milliseconds since 1970
   */
  look({ daemon, services }: SystemInfo, now: number): Board {
    const born = now - (daemon?.uptime ?? 0);
    const shown = services.filter((service) => !isGroup(service));
    const rows = (shown.length > 0 ? shown : services).map((service) => this.#row(service, services, born));
    const settled = services.every(({ state }) => state === "started" || state === "stopped");
    const last = Math.max(
      born,
      ...services.map(({ state, since }) => state === "started" ? Number(since) : 0),
    );
    if (settled) this.#firstTook ??= last - born;
    return { rows, settled, took: this.#firstTook ?? last - born };
  }

  #row(service: ServiceInfo, services: readonly ServiceInfo[], born: number): Row {
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
      return { ...common, look: "ready", took, ports: pid === undefined ? [] : this.#ports(pid) };
    }
    if (state === "stopping") return { ...common, look: "stopping" };
    this.#begun.delete(name); // the next start is measured from its beginning
    if (!service.failed) return { ...common, look: "stopped" };
    return { ...common, look: "failed", detail: this.#reason(service, services, at) };
  }

  /** The first start of all begins with the daemon, and may be over before the first look. */
  #tookUntil(at: number, { name, restarts = 0 }: ServiceInfo, born: number): number {
    const known = this.#took.get(name);
    if (known?.at === at) return known.took;
    const begun = this.#begun.get(name) ?? (known === undefined && restarts === 0 ? born : at);
    const took = Math.max(0, at - begun);
    this.#took.set(name, { at, took });
    this.#begun.delete(name);
    return took;
  }

  #reason(service: ServiceInfo, services: readonly ServiceInfo[], at: number): string {
    const known = this.#reasons.get(service.name);
    if (known?.at === at) return known.text;
    const serviceOf = (pid: number) => services.find((other) => other.pid === pid)?.name;
    const text = failureLine(service, { ...this.#context, serviceOf });
    this.#reasons.set(service.name, { at, text });
    return text;
  }
}

/** A service without a process that only holds others together, such as boot. */
function isGroup({ type, state, failed }: ServiceInfo): boolean {
  return type === "internal" && (state === "started" || !failed);
}

/** The failed services. */
export function failedRows({ rows }: Board): Row[] {
  return rows.filter(({ look }) => look === "failed");
}
