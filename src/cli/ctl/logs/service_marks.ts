import type { ClientEvent } from "../../../client/event_steps.ts";
import { signalNameOf } from "../../../model/signals.ts";
import type { LogMark } from "./line_printer.ts";

/** How long a stopped service may take until it is restarted, in milliseconds; after that, its end is shown. */
const PATIENCE = 1000;

/** The end of a service that is not shown yet. */
interface End {
  readonly detail: string | undefined;
  readonly at: number;
}

/** Makes marks of events: an end and the next launch are one restart. */
export class ServiceMarks {
  readonly #print: (mark: LogMark) => boolean;
  readonly #ends = new Map<string, End>();

  /** @param print returns false if nobody reads the output */
  constructor(print: (mark: LogMark) => boolean) {
    this.#print = print;
  }

  /** Takes an event of a service, in order. False if nobody reads the output. */
  take(event: ClientEvent, now: number): boolean {
    if (event.kind === "gap" || event.service === undefined) return true;
    const { service } = event;
    if (event.kind === "service") {
      const isEnd = event.event === "stopped" || event.event === "start-failed";
      const known = this.#ends.get(service);
      const detail = event.exit === undefined
        ? known?.detail
        : endText(event.exit.how === "exited", event.exit.status);
      if (isEnd) this.#ends.set(service, { detail, at: now });
      return true;
    }
    if (event.fact === "process-ended") {
      this.#ends.set(service, { detail: exitText(event.document.exit), at: now });
    }
    if (event.fact !== "phase" || event.document.to !== "launching" && !isRecovery(event.document)) {
      return true;
    }
    const end = this.#ends.get(service);
    this.#ends.delete(service);
    const detail = end?.detail === undefined ? {} : { detail: end.detail };
    return this.#print({ service, event: end === undefined ? "started" : "restarted", ...detail });
  }

  /** Shows the ends of services that were not restarted. False if nobody reads the output. */
  settle(now: number): boolean {
    for (const [service, { detail, at }] of this.#ends) {
      if (now - at < PATIENCE) continue;
      this.#ends.delete(service);
      if (!this.#print({ service, event: "stopped", ...(detail === undefined ? {} : { detail }) })) {
        return false;
      }
    }
    return true;
  }
}

/** The process of a started service is replaced. */
function isRecovery({ to }: Readonly<Record<string, unknown>>): boolean {
  return to === "recovering";
}

function exitText(exit: unknown): string | undefined {
  const { kind, code, signal } = (exit ?? {}) as {
    readonly kind?: string;
    readonly code?: number;
    readonly signal?: number;
  };
  return kind === "exited"
    ? endText(true, code ?? 0)
    : signal === undefined
    ? undefined
    : endText(false, signal);
}

function endText(exited: boolean, status: number): string {
  return exited ? `exit ${status}` : `signal ${signalNameOf(status) ?? status}`;
}
