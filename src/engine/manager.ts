/**
 * The public face of the engine: services by name, commands, events of processes and timers, and the public facts about
 * services. Every call works until the engine is at rest before it returns.
 */

import {
  type BufferedOutput,
  type BufferReading,
  type DependencyKind,
  type ExitStatus,
  type LaunchStage,
  LoadError,
  type ServiceOverview,
  type ServiceStatus,
  type ServiceTimes,
  ShutdownType,
} from "../model/mod.ts";
import { assemble, type EngineParts } from "./assembly.ts";
import * as commands from "./commands.ts";
import type { LoadOccasion } from "./facts.ts";
import { ServiceGraph } from "./graph/graph.ts";
import { type Haste, hasten } from "./lifecycle/haste.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import { Listeners } from "./listeners.ts";
import { mayUnload } from "./graph/loading.ts";
import type { ManagerOptions } from "./manager_options.ts";
import type {
  EngineEvents,
  EnvironmentListener,
  ServiceListener,
  SignalOutcome,
  TimerName,
} from "./ports.ts";
import { reload } from "./graph/reloading.ts";
import { isProcessBacked, prepareProcess, type ProcessRole, type ServiceRecord } from "./graph/record.ts";
import { overviewOf, statusOf } from "./status.ts";
import { timesOf } from "./times.ts";

/** The service manager. */
export class ServiceManager implements EngineEvents {
  readonly graph: ServiceGraph;
  readonly lifecycle: Lifecycle;
  readonly #options: ManagerOptions;
  readonly #parts: EngineParts;
  readonly #listeners = new Listeners();
  #shutdownType: ShutdownType;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.#shutdownType = options.shutdownType ?? ShutdownType.NONE;
    this.graph = options.graph ?? new ServiceGraph();
    this.#parts = assemble(options, {
      graph: this.graph,
      isShuttingDown: () => this.shuttingDown,
      emit: (service, event) => this.#listeners.emit(service, event),
    });
    this.lifecycle = this.#parts.lifecycle;
  }

  // ---- Services ----------------------------------------------------------------------------------------------

  /** The folders of descriptions, in search order. */
  get serviceDirectories(): readonly string[] {
    return this.#options.source.directories;
  }

  /** The time by the engine's clock, in milliseconds. */
  now(): number {
    return this.#options.clock.now();
  }

  /** How many services are not stopped. */
  get activeCount(): number {
    return this.lifecycle.activeCount;
  }

  /** A loaded service. */
  find(name: string): ServiceRecord | undefined {
    return this.graph.find(name);
  }

  /** The loaded services in load order. */
  services(): Iterable<ServiceRecord> {
    return this.graph.services();
  }

  /** Loads a service unless it is loaded. A failure is reported with its occasion, and thrown as `LoadError`. */
  load(name: string, occasion: LoadOccasion = "request"): ServiceRecord {
    try {
      return this.#parts.loader.load(name);
    } catch (error) {
      if (error instanceof LoadError) this.#parts.reporter.general({ kind: "load-failed", error, occasion });
      throw error;
    }
  }

  /** Applies the current description of a service. `undefined`: it is refused or has mistakes, which were logged. */
  reload(service: ServiceRecord): ServiceRecord | undefined {
    try {
      reload({ graph: this.graph, loader: this.#parts.loader, lifecycle: this.lifecycle }, service);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#parts.reporter.report(service, { kind: "reload-failed", error });
      return undefined;
    }
    this.#parts.reporter.report(service, { kind: "reloaded" });
    this.#settled();
    return service;
  }

  /** Removes a stopped service that nothing depends on. */
  unload(service: ServiceRecord): boolean {
    if (!mayUnload(service)) return false;
    this.lifecycle.unpin(service);
    this.#parts.loader.unload(service);
    this.#listeners.forget(service);
    return true;
  }

  // ---- Commands ----------------------------------------------------------------------------------------------

  /** Whether all services are being stopped. */
  get shuttingDown(): boolean {
    return this.#shutdownType !== ShutdownType.NONE;
  }

  /** What happens when everything has stopped. */
  get shutdownType(): ShutdownType {
    return this.#shutdownType;
  }

  /** See `commands.start`. */
  start(service: ServiceRecord, { pin = false } = {}): ReturnType<typeof commands.start> {
    return this.#done(commands.start(this, service, pin));
  }

  /** See `commands.stop`. */
  stop(service: ServiceRecord, { pin = false, gentle = false } = {}): ReturnType<typeof commands.stop> {
    return this.#done(commands.stop(this, service, { pin, gentle }));
  }

  /** See `commands.restart`. */
  restart(service: ServiceRecord, { gentle = false } = {}): ReturnType<typeof commands.restart> {
    return this.#done(commands.restart(this, service, gentle));
  }

  /** See `commands.wake`. */
  wake(service: ServiceRecord, { pin = false } = {}): ReturnType<typeof commands.wake> {
    return this.#done(commands.wake(this, service, pin));
  }

  /** See `commands.release`. */
  release(service: ServiceRecord, { pin = false } = {}): ReturnType<typeof commands.release> {
    return this.#done(commands.release(this, service, pin));
  }

  /** Clears both pins; stops that a pin held back begin. */
  unpin(service: ServiceRecord): void {
    this.lifecycle.unpin(service);
    this.#drain();
  }

  /** See `commands.trigger`. */
  trigger(service: ServiceRecord, on: boolean): boolean {
    return this.#done(commands.trigger(this, service, on));
  }

  /** Sends a signal only to the process of a service. */
  signal(service: ServiceRecord, signal: number): "sent" | "no-process" | "bad-signal" | "failed" {
    if (service.process.main.pid === undefined) return "no-process";
    const outcome: SignalOutcome = this.#options.host.signal(service.id, "main", signal, false);
    if (typeof outcome === "object") {
      this.#parts.reporter.general({ kind: "signal-failed", errno: outcome.errno });
      return "failed";
    }
    if (outcome === "bad-signal") this.#parts.reporter.general({ kind: "signal-invalid" });
    return outcome;
  }

  /** See `commands.addDependency`. */
  addDependency(
    from: ServiceRecord,
    to: ServiceRecord,
    kind: DependencyKind,
  ): "added" | "exists" | "refused" {
    return this.#done(commands.addDependency(this, from, to, kind, { start: false }));
  }

  /** Adds a dependency and starts it if the dependent is active. */
  enable(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): "added" | "exists" | "refused" {
    return this.#done(commands.addDependency(this, from, to, kind, { start: true }));
  }

  /** See `commands.removeDependency`. */
  removeDependency(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): boolean {
    return this.#done(commands.removeDependency(this, from, to, kind));
  }

  /** Stops everything. May be repeated; the last type counts (6.5). */
  shutdown(type: ShutdownType): void {
    this.#shutdownType = type;
    commands.stopAll(this);
    this.#settled();
  }

  /** Speeds up the current shutdown. */
  hasten(haste: Haste): void {
    hasten(haste, this.services(), this.#parts);
    this.#drain();
  }

  // ---- Public facts -------------------------------------------------------------------------------------------

  /** The service as a status buffer shows it. */
  status(service: ServiceRecord): ServiceStatus {
    return statusOf(service);
  }

  /** All services with their public facts; `now` is the wall clock in milliseconds since 1970. */
  overview(now: number): ServiceOverview[] {
    return [...this.services()].map((service) => overviewOf(service, this.now(), now));
  }

  /** The times of the last activation of all services that were ever started, in load order. */
  times(): ServiceTimes[] {
    const now = this.now();
    const wall = this.#options.clock.wall();
    return [...this.services()].map((service) => timesOf(service, now, wall)).filter((times) =>
      times !== undefined
    );
  }

  /** The buffered output of a service; `undefined` if its settings do not request any. */
  bufferedLog(service: ServiceRecord, reading: BufferReading = {}): BufferedOutput | undefined {
    return this.#options.host.bufferedLog(service, reading);
  }

  /** Sets or (`undefined`) removes a variable of the environment of processes that start from now on. */
  setEnvironment(name: string, value: string | undefined): void {
    const { environment } = this.#options;
    const replaced = value === undefined ? environment.unset(name) : environment.set(name, value);
    this.#listeners.environmentChanged(name, value, replaced);
  }

  /** The environment as `NAME=VALUE`. */
  environmentEntries(): string[] {
    return this.#options.environment.entries().map(([name, value]) => `${name}=${value}`);
  }

  /** From now on the listener receives the service's events. */
  addListener(service: ServiceRecord, listener: ServiceListener): void {
    this.#listeners.add(service, listener);
  }

  removeListener(service: ServiceRecord, listener: ServiceListener): void {
    this.#listeners.remove(service, listener);
  }

  addEnvironmentListener(listener: EnvironmentListener): void {
    this.#listeners.addEnvironment(listener);
  }

  removeEnvironmentListener(listener: EnvironmentListener): void {
    this.#listeners.removeEnvironment(listener);
  }

  // ---- Events of processes, timers and the console ---------------------------------------------------------

  execSucceeded(id: number, role: ProcessRole): void {
    this.#deliverOfProcess(id, "executed", (service) => this.#parts.events.execSucceeded(service, role));
  }

  execFailed(id: number, role: ProcessRole, stage: LaunchStage, errno: number): void {
    this.#deliverOfProcess(
      id,
      "execution-failed",
      (service) => this.#parts.events.execFailed(service, role, { stage, errno }),
    );
  }

  exited(id: number, role: ProcessRole, exit: ExitStatus): void {
    this.#deliverOfProcess(id, "exited", (service) => this.#parts.events.exited(service, role, exit));
  }

  ready(id: number): void {
    this.#deliverOfProcess(id, "ready", (service) => this.#parts.reactor.react(service, "ready"));
  }

  readinessClosed(id: number): void {
    this.#deliverOfProcess(
      id,
      "readiness-closed",
      (service) => this.#parts.reactor.react(service, "readiness-closed"),
    );
  }

  timerExpired(id: number, purpose: TimerName): void {
    this.#deliverOfProcess(id, purpose, (service) => this.#parts.events.timerExpired(service, purpose));
  }

  allKilled(id: number): void {
    this.#deliver(id, (service) => this.#parts.reactor.react(service, "all-killed"));
  }

  consoleYielded(): void {
    this.lifecycle.consoleYielded();
    this.#drain();
  }

  /** Only services that can have processes keep records of them. */
  #deliverOfProcess(id: number, event: string, handle: (service: ServiceRecord) => void): void {
    this.#deliver(id, (service) => {
      if (!isProcessBacked(service.type)) return this.#parts.reactor.reportImpossible(service, event);
      prepareProcess(service); // a bug elsewhere may report the process of a service that never started
      handle(service);
    });
  }

  #deliver(id: number, handle: (service: ServiceRecord) => void): void {
    const service = this.graph.byId(id);
    if (service === undefined) {
      this.#parts.reporter.general({ kind: "unknown-service", id });
      return;
    }
    handle(service);
    this.#drain();
  }

  #drain(): void {
    this.lifecycle.drain();
    this.#settled();
  }

  #done<Outcome>(outcome: Outcome): Outcome {
    this.#settled();
    return outcome;
  }

  #settled(): void {
    this.#parts.chaining.settled();
    if (this.lifecycle.activeCount === 0) this.#options.inactive?.();
  }
}
