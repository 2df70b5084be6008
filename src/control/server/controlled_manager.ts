/** The part of the service manager that control connections use. The engine's `ServiceManager` implements it. */

import type {
  BufferedOutput,
  BufferReading,
  DependencyKind,
  ServiceEvent,
  ServiceStatus,
  ServiceTimes,
  ServiceType,
  ShutdownType,
} from "../../model/mod.ts";

/** A loaded service. Two of them are the same service if they are the same object. */
export interface ControlledService {
  /** It identifies the service in saved state, and never means another one. */
  readonly id: number;
  readonly name: string;
  readonly type: ServiceType;
  readonly description: { readonly directory: string };
  /** Its dependencies and orderings; an ordering may name a service that is not loaded. */
  readonly dependencies: readonly { readonly to: { readonly name: string }; readonly kind: DependencyKind }[];
}

/** Receives the events of a service. */
export interface ControlledServiceListener {
  serviceEvent(service: ControlledService, event: ServiceEvent): void;
}

/** Receives changes of the daemon's environment; `undefined` is a variable that was removed. */
export interface ControlledEnvironmentListener {
  environmentChanged(name: string, value: string | undefined, replaced: boolean): void;
}

/**
 * When a method returns, its command has taken effect, and its events have been delivered. Listeners may be removed
 * from services that are unloaded.
 */
export interface ControlledManager {
  readonly serviceDirectories: readonly string[];
  find(name: string): ControlledService | undefined;
  services(): Iterable<ControlledService>;
  load(name: string): ControlledService;
  start(
    service: ControlledService,
    options?: { pin?: boolean },
  ): "already" | "accepted" | "shutting-down" | "pinned-stopped";
  stop(
    service: ControlledService,
    options?: { pin?: boolean; gentle?: boolean },
  ): "already" | "accepted" | "pinned-started" | { dependents: ControlledService[] };
  restart(
    service: ControlledService,
    options?: { gentle?: boolean },
  ):
    | "already"
    | "accepted"
    | "shutting-down"
    | "pinned-started"
    | "not-started"
    | { dependents: ControlledService[] };
  wake(
    service: ControlledService,
    options?: { pin?: boolean },
  ): "already" | "accepted" | "shutting-down" | "pinned-stopped" | "no-dependents";
  release(service: ControlledService, options?: { pin?: boolean }): "already" | "accepted";
  unpin(service: ControlledService): void;
  unload(service: ControlledService): boolean;
  reload(service: ControlledService): ControlledService | undefined;
  trigger(service: ControlledService, on: boolean): boolean;
  signal(service: ControlledService, signal: number): "sent" | "no-process" | "bad-signal" | "failed";
  addDependency(
    from: ControlledService,
    to: ControlledService,
    kind: DependencyKind,
  ): "added" | "exists" | "refused";
  enable(
    from: ControlledService,
    to: ControlledService,
    kind: DependencyKind,
  ): "added" | "exists" | "refused";
  removeDependency(from: ControlledService, to: ControlledService, kind: DependencyKind): boolean;
  shutdown(type: ShutdownType): void;
  status(service: ControlledService): ServiceStatus;
  /** The times of all services that were ever started, in load order. */
  times(): ServiceTimes[];
  bufferedLog(service: ControlledService, reading?: BufferReading): BufferedOutput | undefined;
  setEnvironment(name: string, value: string | undefined): void;
  environmentEntries(): string[];
  addListener(service: ControlledService, listener: ControlledServiceListener): void;
  removeListener(service: ControlledService, listener: ControlledServiceListener): void;
  addEnvironmentListener(listener: ControlledEnvironmentListener): void;
  removeEnvironmentListener(listener: ControlledEnvironmentListener): void;
}
