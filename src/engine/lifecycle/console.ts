/**
 * Who has the console: the daemon's log, or one service at a time, first come, first served (lifecycle specification
 * 9).
 */

import type { Agenda } from "./agenda.ts";
import { PHASE } from "./phase.ts";
import type { ConsolePort } from "../ports.ts";
import type { ServiceRecord } from "../graph/record.ts";

/** The queue as plain data; services are ids. */
export interface ConsoleState {
  /** Who has the console; `leaving-log`: the log was asked to yield it. */
  readonly holder: "log" | "leaving-log" | "service";
  /** The services that wait for it, in their turn. */
  readonly waiting: readonly number[];
}

/** The queue for the console. */
export class ConsoleQueue {
  readonly #port: ConsolePort;
  readonly #agenda: Agenda;
  readonly #waiting: ServiceRecord[] = [];
  #holder: ConsoleState["holder"] = "log";

  constructor(agenda: Agenda) {
    this.#port = agenda.context.console;
    this.#agenda = agenda;
  }

  /** The service joins the queue, and may receive the console at once. */
  join(service: ServiceRecord): void {
    this.#agenda.enter(service, PHASE.waitingForConsole);
    this.#waiting.push(service);
    this.#changed();
    if (this.#holder !== "log") return;
    this.#holder = "leaving-log";
    if (this.#port.requestConsole()) this.#next();
  }

  /** The service leaves the queue before it has received the console. */
  leave(service: ServiceRecord): void {
    const at = this.#waiting.indexOf(service);
    if (at !== -1) this.#waiting.splice(at, 1);
    this.#changed();
  }

  /** The service gives the console back, and the next in the queue gets it. */
  release(service: ServiceRecord): void {
    service.haveConsole = false;
    this.#agenda.changed(service);
    this.#port.takeForeground();
    this.#next();
  }

  /** The log has yielded. This is no news if a service has the console since before a restore. */
  yielded(): void {
    if (this.#holder === "leaving-log") this.#next();
  }

  /** The console is free: the first service in the queue gets it, or the log if the queue is empty. */
  #next(): void {
    const service = this.#waiting.shift();
    this.#changed();
    if (service === undefined) {
      this.#holder = "log";
      this.#port.returnConsole();
      return;
    }
    this.#holder = "service";
    service.haveConsole = true;
    this.#agenda.changed(service);
    this.#agenda.context.react(service, "console-granted");
  }

  /** The current queue. */
  state(): ConsoleState {
    return { holder: this.#holder, waiting: this.#waiting.map(({ id }) => id) };
  }

  /** Restores a saved queue. */
  restore(holder: ConsoleState["holder"], waiting: readonly ServiceRecord[]): void {
    this.#holder = holder;
    this.#waiting.push(...waiting);
  }

  /** Asks the log, which has the console after a restore, to yield it again. */
  resume(): void {
    if (this.#holder !== "log" && this.#port.requestConsole()) this.yielded();
  }

  #changed(): void {
    this.#agenda.context.graph.changes.engine();
  }
}
