/** The health of services: follows those whose settings ask for it. The code for that is loaded with the first one. */

import type { HealthDocument } from "../model/health_status.ts";
import {
  type Fact,
  type FactSink,
  HEALTH_CHECK,
  type LaunchRefusal,
  type ProcessRole,
  type ServiceManager,
} from "../engine/mod.ts";
import type { HealthContext, HealthWatch } from "../health/mod.ts";
import {
  type EnvironmentOverlay,
  type ExitStatus,
  type ServiceOverview,
  typed,
  watchesHealth,
} from "../model/mod.ts";
import type { SavedParts } from "../model/saving.ts";
import type { DaemonContext } from "./daemon_context.ts";
import type { ProcessFollower } from "./host_for_daemon.ts";

/** What the follower is given. */
export interface ServiceHealthContext extends Pick<DaemonContext, "ground" | "stray" | "log"> {
  /** A function, because facts may come before the manager is complete. */
  manager(): ServiceManager;
  composeEnvironment(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
}

/** Tells the watch of health what services and their processes do. */
export class ServiceHealth implements FactSink, ProcessFollower {
  readonly #context: ServiceHealthContext;
  /** The ids of the services that are watched. */
  readonly #watched = new Set<number>();
  #loading: Promise<HealthWatch> | undefined;
  #watch: HealthWatch | undefined;
  #begun = false;

  constructor(context: ServiceHealthContext) {
    this.#context = context;
  }

  /** Continues with what an earlier program knew. Call it before `begin`. */
  async restore(parts: SavedParts): Promise<void> {
    if (parts.get("health") !== undefined) (await this.#load()).restore(parts);
  }

  /** From now on processes may be started. */
  begin(): void {
    this.#begun = true;
    for (const { id } of this.#context.manager().services()) this.#look(id);
  }

  fact(fact: Fact): void {
    if (!this.#begun || !("id" in fact)) return;
    if (fact.kind === "loaded" || fact.kind === "reloaded") this.#look(fact.id);
    else if ((fact.kind === "phase" || fact.kind === "unloaded") && this.#watched.has(fact.id)) {
      this.#lookAgain(fact.id);
    }
  }

  /** The health of all services that are watched. */
  documents(): HealthDocument[] {
    return this.#watch?.documents() ?? [];
  }

  /** Services with the facts about their health. */
  complemented(services: ServiceOverview[]): ServiceOverview[] {
    if (this.#watched.size === 0) return services;
    const known = new Map(this.documents().map((health) => [health.name, health]));
    return services.map((service) => {
      const health = known.get(service.name);
      return health === undefined ? service : { ...service, health };
    });
  }

  /** Checks a service now. False: it has no check, or does not run. */
  runNow(id: number): boolean {
    return this.#watch?.runNow(id) ?? false;
  }

  /** Ends what runs. */
  close(): void {
    this.#watch?.close();
  }

  // ---- The reports of the host: true, if the process is that of a check ---------------------------------------

  launched(id: number, role: ProcessRole): boolean {
    if (role === HEALTH_CHECK) return this.#tell((watch) => watch.launched(id));
    if (this.#watched.has(id)) this.#lookAgain(id);
    return false;
  }

  executed(id: number, role: ProcessRole): boolean {
    if (role === HEALTH_CHECK) return true;
    if (this.#watched.has(id)) this.#lookAgain(id);
    return false;
  }

  failed(id: number, role: ProcessRole, errno: number, refusal: LaunchRefusal | undefined): boolean {
    return role === HEALTH_CHECK && this.#tell((watch) => watch.execFailed(id, errno, refusal));
  }

  exited(id: number, role: ProcessRole, exit: ExitStatus): boolean {
    return role === HEALTH_CHECK && this.#tell((watch) => watch.exited(id, exit));
  }

  // ---- The watch --------------------------------------------------------------------------------------------

  #look(id: number): void {
    const service = this.#context.manager().graph.byId(id); // not yet found by its name
    if (service === undefined) return;
    if (!watchesHealth(service.description.health) && !this.#watched.has(id)) return;
    this.#watched.add(id);
    this.#lookAgain(id);
  }

  /** Looks when the engine is at rest. */
  #lookAgain(id: number): void {
    this.#tell((watch) => {
      if (!watch.look(id)) this.#watched.delete(id);
    });
  }

  #tell(what: (watch: HealthWatch) => void): true {
    this.#load().then(what).catch((error) => this.#context.stray.report(error));
    return true;
  }

  #load(): Promise<HealthWatch> {
    return this.#loading ??= this.#begin();
  }

  async #begin(): Promise<HealthWatch> {
    const { ground, manager, composeEnvironment, log } = this.#context;
    const { HealthWatch } = await typed(import("../health/mod.ts"));
    const context: HealthContext = {
      engine: manager(),
      service: (id) => manager().graph.byId(id),
      host: ground.host,
      native: ground.nativeHost,
      store: ground.store,
      composeEnvironment,
      warn: (text) => log.message("warn", text),
    };
    return this.#watch = await HealthWatch.begin(context);
  }
}
