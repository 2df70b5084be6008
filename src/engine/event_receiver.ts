import { type ExitStatus, hasProcess, type LaunchStage } from "../model/mod.ts";
import type { AssembledEngine } from "./assembly.ts";
import type { ServiceGraph } from "./graph/graph.ts";
import { prepareProcess, type ProcessRole, type ServiceRecord } from "./graph/record.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import type { EngineEvents, TimerName } from "./ports.ts";

/** The part of the manager that receives the events of hosts, clocks and the console. Each event is one step. */
export abstract class EventReceiver implements EngineEvents {
  /** The services and the edges between them. */
  abstract readonly graph: ServiceGraph;
  /** The state machine of the services. */
  abstract readonly lifecycle: Lifecycle;
  /** The parts of the engine. */
  protected abstract readonly engine: AssembledEngine;

  /** A step that may start or stop services. */
  protected abstract act<Result>(work: () => Result): Result;

  /** A step for a command or an event that concerns a service. */
  protected abstract command<Result>(service: ServiceRecord, work: () => Result): Result;

  execSucceeded(id: number, role: ProcessRole): void {
    this.#deliverOfProcess(id, "executed", (service) => this.engine.events.execSucceeded(service, role));
  }

  execFailed(id: number, role: ProcessRole, stage: LaunchStage, errno: number): void {
    this.#deliverOfProcess(
      id,
      "execution-failed",
      (service) => this.engine.events.execFailed(service, role, { stage, errno }),
    );
  }

  exited(id: number, role: ProcessRole, exit: ExitStatus): void {
    this.#deliverOfProcess(id, "exited", (service) => this.engine.events.exited(service, role, exit));
  }

  ready(id: number): void {
    this.#react(id, "ready");
  }

  readinessClosed(id: number): void {
    this.#react(id, "readiness-closed");
  }

  timerExpired(id: number, purpose: TimerName): void {
    this.#deliverOfProcess(id, purpose, (service) => this.engine.events.timerExpired(service, purpose));
  }

  allKilled(id: number): void {
    this.#deliver(id, (service) => this.engine.reactor.react(service, "all-killed"));
  }

  consoleYielded(): void {
    this.act(() => {
      this.lifecycle.consoleYielded();
      this.lifecycle.drain();
    });
  }

  /** Only services that can have processes keep records of them. */
  #deliverOfProcess(id: number, event: string, handle: (service: ServiceRecord) => void): void {
    this.#deliver(id, (service) => {
      if (!hasProcess(service.type)) return this.engine.reactor.reportImpossible(service, event);
      prepareProcess(service); // a bug elsewhere may report the process of a service that never started
      handle(service);
    });
  }

  #react(id: number, event: "ready" | "readiness-closed"): void {
    this.#deliverOfProcess(id, event, (service) => this.engine.reactor.react(service, event));
  }

  #deliver(id: number, handle: (service: ServiceRecord) => void): void {
    const service = this.graph.byId(id);
    if (service === undefined) {
      this.engine.reporter.general({ kind: "unknown-service", id });
      return;
    }
    this.command(service, () => {
      handle(service);
      this.lifecycle.drain();
    });
  }
}
