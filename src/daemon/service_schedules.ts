/** The schedules of services. The code for them is loaded with the first scheduled service. */

import type { Fact, FactSink, ServiceManager } from "../engine/mod.ts";
import { runtimeAlarm } from "../host/mod.ts";
import { type ServiceOverview, ServiceType, typed } from "../model/mod.ts";
import type { RunsDocument, TimerDocument } from "../model/schedule_status.ts";
import type { SavedParts } from "../model/saving.ts";
import type { Scheduler } from "../schedule/mod.ts";
import type { DaemonContext } from "./daemon_context.ts";
import { stateFolder } from "./paths.ts";

/** Where schedules of a user without a home are kept. */
const NO_HOME = "/.local/state/dinit/schedules";

/** What the follower is given. */
export interface ServiceSchedulesContext extends Pick<DaemonContext, "ground" | "options" | "stray" | "log"> {
  /** A function, because facts may come before the manager is complete. */
  manager(): ServiceManager;
}

/** Tells the scheduler what services do. */
export class ServiceSchedules implements FactSink {
  readonly #context: ServiceSchedulesContext;
  /** The ids of the services with schedules. */
  readonly #scheduled = new Set<number>();
  #loading: Promise<Scheduler> | undefined;
  #scheduler: Scheduler | undefined;
  /** What the scheduler is told, one thing after the other. */
  #told: Promise<unknown> = Promise.resolve();
  #begun = false;

  constructor(context: ServiceSchedulesContext) {
    this.#context = context;
  }

  /** Continues with what an earlier program knew. Call it before `begin`. */
  async restore(parts: SavedParts): Promise<void> {
    if (parts.get("schedule") === undefined) return;
    const scheduler = await this.#load();
    scheduler.restore(parts);
    for (const { id, type } of this.#context.manager().services()) {
      if (type !== ServiceType.SCHEDULED) continue;
      this.#scheduled.add(id);
      await scheduler.look(id); // before anybody asks
    }
  }

  /** From now on services may run. */
  begin(): void {
    this.#begun = true;
    this.#scheduler?.begin();
    for (const { id } of this.#context.manager().services()) this.#look(id);
  }

  fact(fact: Fact): void {
    if (!("id" in fact)) return;
    // The host may report the end of a run before the daemon begins: it ended while the program was replaced.
    if (fact.kind === "run-ended") return this.#ended(fact);
    if (!this.#begun) return;
    if (fact.kind === "loaded" || fact.kind === "reloaded") this.#look(fact.id);
    else if (!this.#scheduled.has(fact.id)) return;
    else if (fact.kind === "phase" || fact.kind === "unloaded") this.#lookAgain(fact.id);
  }

  /** The end is saved together with what it means to the engine, if the scheduler knows the service already. */
  #ended(fact: Fact & { readonly kind: "run-ended" }): void {
    if (this.#scheduler?.ended(fact) !== true) this.#tell((scheduler) => void scheduler.ended(fact));
  }

  /** The schedules of all services that have one. */
  documents(): TimerDocument[] {
    return this.#scheduler?.documents() ?? [];
  }

  /** The last runs of a service; `undefined`: it has no schedule. */
  runs(id: number): RunsDocument | undefined {
    return this.#scheduler?.runs(id);
  }

  /** Services with the facts about their schedules. */
  complemented(services: ServiceOverview[]): ServiceOverview[] {
    if (this.#scheduled.size === 0) return services;
    const known = new Map(this.documents().map((timer) => [timer.name, timer]));
    return services.map((service) => {
      const timer = known.get(service.name);
      return timer === undefined ? service : { ...service, timer };
    });
  }

  /** Nothing runs any more. Resolves when the state of the schedules is written. */
  async close(): Promise<void> {
    await this.#told; // the ends of the last runs
    await this.#scheduler?.close();
  }

  #look(id: number): void {
    const service = this.#context.manager().graph.byId(id); // not yet found by its name
    if (service === undefined) return;
    if (service.type !== ServiceType.SCHEDULED && !this.#scheduled.has(id)) return;
    this.#scheduled.add(id);
    this.#lookAgain(id);
  }

  /** Looks when the engine is at rest. */
  #lookAgain(id: number): void {
    this.#tell(async (scheduler) => {
      if (!await scheduler.look(id)) this.#scheduled.delete(id);
    });
  }

  #tell(what: (scheduler: Scheduler) => void | Promise<void>): void {
    this.#told = this.#told.then(() => this.#load()).then(what)
      .catch((error) => this.#context.stray.report(error));
  }

  #load(): Promise<Scheduler> {
    return this.#loading ??= this.#begin();
  }

  async #begin(): Promise<Scheduler> {
    const { ground, manager, log, options } = this.#context;
    const { Scheduler } = await typed(import("../schedule/mod.ts"));
    const { host } = ground;
    const now = () => host.now();
    this.#scheduler = new Scheduler({
      runDue: (id, cause) => manager().runDue(id, cause),
      service: (id) => manager().graph.byId(id),
      now,
      wall: Date.now,
      alarm: host.alarm ?? runtimeAlarm(now),
      store: ground.store,
      // Without a home there is one folder for all.
      folder: stateFolder("schedules", options, ground.socketPath, ground.paths) ?? NO_HOME,
      machine: machineId(),
      log: (level, text) => log.message(level, text),
    });
    if (this.#begun) this.#scheduler.begin();
    return this.#scheduler;
  }
}

/** What distinguishes this machine from others; empty if the daemon may not know it. */
function machineId(): string {
  for (const read of [() => Deno.readTextFileSync("/etc/machine-id").trim(), () => Deno.hostname()]) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Error)) throw error; // the file or the grant is missing
    }
  }
  return "";
}
