/** A stand-in for the service manager: follows the script of a test, and records its calls. */

import {
  type BufferReading,
  type DependencyKind,
  NO_EXIT,
  type ServiceEvent,
  type ServiceOverview,
  type ServiceStatus,
  type ServiceTimes,
  ServiceType,
} from "../../src/model/mod.ts";
import type {
  ControlledEnvironmentListener,
  ControlledManager,
  ControlledService,
  ControlledServiceListener,
} from "../../src/control/mod.ts";

/** The description time of all services in the captured exchanges. */
export const MODIFIED = { seconds: 1_700_000_000, nanoseconds: 123_456_789 };

const STOPPED_STATUS: ServiceStatus = {
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
  exit: NO_EXIT,
  modified: MODIFIED,
};

/** What a started service without process reports. */
export const STARTED = { state: 2, target: 2, explicit: true } as const;

export interface FakeService extends ControlledService {
  status: ServiceStatus;
  dependencies: { to: { name: string }; kind: DependencyKind }[];
}

type Script = Partial<Omit<ControlledManager, "status" | "services" | "addListener" | "removeListener">>;

/**
 * Without a script every command is accepted and changes nothing. `script` replaces single methods; `calls` holds
 * one line per call, such as `start web {"pin":false}`.
 */
export class FakeManager implements ControlledManager {
  readonly serviceDirectories: readonly string[] = ["/srv/svc"];
  readonly calls: string[] = [];
  script: Script = {};
  environment = new Map<string, string>();
  readonly #services = new Map<string, FakeService>();
  #nextId = 1;
  readonly #listeners = new Map<ControlledService, Set<ControlledServiceListener>>();
  readonly #environmentListeners = new Set<ControlledEnvironmentListener>();

  /** What `times` answers. */
  activations: ServiceTimes[] = [];

  /** The services in the overview. */
  overview: ServiceOverview[] = [];

  times(): ServiceTimes[] {
    return this.activations;
  }

  /** Loads a service. */
  add(name: string, status: Partial<ServiceStatus> = {}, directory = "/srv/svc"): FakeService {
    const service: FakeService = {
      id: this.#nextId++,
      name,
      type: ServiceType.PROCESS,
      description: { directory },
      dependencies: [],
      status: { ...STOPPED_STATUS, ...status },
    };
    this.#services.set(name, service);
    return service;
  }

  get(name: string): FakeService {
    return this.#services.get(name)!;
  }

  /** Something happens to a service. */
  emit(name: string, event: ServiceEvent, status: Partial<ServiceStatus> = {}): void {
    const service = this.get(name);
    service.status = { ...service.status, ...status };
    for (const listener of this.#listeners.get(service) ?? []) listener.serviceEvent(service, event);
  }

  /** How many listeners there are, on services and on the environment. */
  get listenerCount(): number {
    let count = this.#environmentListeners.size;
    for (const listeners of this.#listeners.values()) count += listeners.size;
    return count;
  }

  find(name: string) {
    return this.#services.get(name);
  }
  services() {
    return this.#services.values();
  }
  load(name: string): ControlledService {
    this.calls.push(`load ${name}`);
    return this.script.load?.(name) ?? this.#services.get(name) ?? this.add(name);
  }
  start(service: ControlledService, options?: { pin?: boolean }) {
    this.#note("start", service, options);
    return this.script.start?.(service, options) ?? "accepted";
  }
  stop(service: ControlledService, options?: { pin?: boolean; gentle?: boolean }) {
    this.#note("stop", service, options);
    return this.script.stop?.(service, options) ?? "accepted";
  }
  restart(service: ControlledService, options?: { gentle?: boolean }) {
    this.#note("restart", service, options);
    return this.script.restart?.(service, options) ?? "accepted";
  }
  wake(service: ControlledService, options?: { pin?: boolean }) {
    this.#note("wake", service, options);
    return this.script.wake?.(service, options) ?? "accepted";
  }
  release(service: ControlledService, options?: { pin?: boolean }) {
    this.#note("release", service, options);
    return this.script.release?.(service, options) ?? "accepted";
  }
  unpin(service: ControlledService) {
    this.#note("unpin", service);
    this.script.unpin?.(service);
  }
  unload(service: ControlledService) {
    this.#note("unload", service);
    const done = this.script.unload?.(service) ?? true;
    if (done) this.#services.delete(service.name);
    return done;
  }
  reload(service: ControlledService) {
    this.#note("reload", service);
    return this.script.reload === undefined ? service : this.script.reload(service);
  }
  trigger(service: ControlledService, on: boolean) {
    this.#note("trigger", service, on);
    return this.script.trigger?.(service, on) ?? true;
  }
  signal(service: ControlledService, signal: number) {
    this.#note("signal", service, signal);
    return this.script.signal?.(service, signal) ?? "sent";
  }
  addDependency(from: ControlledService, to: ControlledService, kind: number) {
    this.calls.push(`addDependency ${from.name} ${to.name} ${kind}`);
    return this.script.addDependency?.(from, to, kind as 0) ?? "added";
  }
  enable(from: ControlledService, to: ControlledService, kind: number) {
    this.calls.push(`enable ${from.name} ${to.name} ${kind}`);
    return this.script.enable?.(from, to, kind as 0) ?? "added";
  }
  removeDependency(from: ControlledService, to: ControlledService, kind: number) {
    this.calls.push(`removeDependency ${from.name} ${to.name} ${kind}`);
    return this.script.removeDependency?.(from, to, kind as 0) ?? true;
  }
  shutdown(type: number) {
    this.calls.push(`shutdown ${type}`);
    this.script.shutdown?.(type as 1);
  }
  status(service: ControlledService) {
    return (service as FakeService).status;
  }
  bufferedLog(service: ControlledService, options?: BufferReading) {
    this.#note("bufferedLog", service, options);
    return this.script.bufferedLog?.(service, options);
  }
  setEnvironment(name: string, value: string | undefined) {
    this.calls.push(value === undefined ? `unset ${name}` : `set ${name}=${value}`);
    const replaced = this.environment.has(name);
    if (value === undefined) this.environment.delete(name);
    else this.environment.set(name, value);
    for (const listener of this.#environmentListeners) listener.environmentChanged(name, value, replaced);
  }
  environmentEntries() {
    return [...this.environment].map(([name, value]) => `${name}=${value}`);
  }
  addListener(service: ControlledService, listener: ControlledServiceListener) {
    const listeners = this.#listeners.get(service) ?? new Set();
    this.#listeners.set(service, listeners.add(listener));
  }
  removeListener(service: ControlledService, listener: ControlledServiceListener) {
    this.#listeners.get(service)?.delete(listener);
  }
  addEnvironmentListener(listener: ControlledEnvironmentListener) {
    this.#environmentListeners.add(listener);
  }
  removeEnvironmentListener(listener: ControlledEnvironmentListener) {
    this.#environmentListeners.delete(listener);
  }

  #note(command: string, service: ControlledService, options?: unknown): void {
    this.calls.push(
      [command, service.name, options === undefined ? "" : JSON.stringify(options)].join(" ").trim(),
    );
  }
}
