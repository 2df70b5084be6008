/** The parts of the daemon that follow the facts of services. Each loads the most of its code when it is needed. */

import type { Fact, FactSink, ServiceManager } from "../engine/mod.ts";
import type { EnvironmentOverlay, ServiceOverview } from "../model/mod.ts";
import type { SavedParts } from "../model/saving.ts";
import { AfterFailures, type AfterFailuresContext } from "./after_failures.ts";
import type { DaemonContext } from "./daemon_context.ts";
import { Failures } from "./failures.ts";
import { stateFolder } from "./paths.ts";
import { ServiceHealth } from "./service_health.ts";
import { ServiceLogs } from "./service_logs.ts";
import { ServiceWatch } from "./service_watch.ts";
import { ServiceSchedules } from "./service_schedules.ts";
import { StartKeeper, type StartKeeperContext } from "./start_keeper.ts";

/** What they are given. */
export interface FollowersContext
  extends
    DaemonContext,
    Pick<AfterFailuresContext, "exit" | "idle">,
    Pick<StartKeeperContext, "ring" | "state"> {
  /** A function, because facts may come before the manager is complete. */
  manager(): ServiceManager;
  composeEnvironment(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
}

/** Tells them the facts, and asks them. */
export class Followers implements FactSink {
  readonly failures: Failures;
  readonly after: AfterFailures;
  readonly logs: ServiceLogs;
  readonly health: ServiceHealth;
  readonly watch: ServiceWatch;
  readonly schedules: ServiceSchedules;
  readonly starts: StartKeeper;

  readonly #context: FollowersContext;
  /** An earlier program has started some of the processes. */
  #continues = false;

  constructor(context: FollowersContext) {
    this.failures = new Failures(context);
    this.after = new AfterFailures(context);
    this.logs = new ServiceLogs(context.manager, context);
    this.health = new ServiceHealth(context);
    this.watch = new ServiceWatch(context);
    this.schedules = new ServiceSchedules(context);
    const checked = () => this.health.documents().flatMap(({ name, checked }) => checked ? [name] : []);
    const { options, ground: { socketPath, paths } } = context;
    this.starts = new StartKeeper({
      ...context,
      folder: stateFolder("starts", options, socketPath, paths),
      checked,
      later: (call, milliseconds) => Deno.unrefTimer(setTimeout(call, milliseconds)),
    });
    this.#context = context;
  }

  fact(fact: Fact): void {
    this.failures.fact(fact);
    this.after.fact(fact);
    this.logs.fact(fact);
    this.health.fact(fact);
    this.watch.fact(fact);
    this.schedules.fact(fact);
  }

  /** Continues with what an earlier program knew. */
  async restore(parts: SavedParts): Promise<void> {
    this.#continues = true;
    await this.failures.restore(parts);
    await this.health.restore(parts);
    await this.schedules.restore(parts);
  }

  /**
   * Begins to follow, before the host reports anything. They act later, when the engine is at rest: from then on processes
   * may be started.
   */
  begin(): void {
    this.after.begin();
    this.logs.begin();
    this.health.begin();
    this.watch.begin(this.#continues);
    this.schedules.begin();
    // Such a host has no alarm that tells when a burst of events is over.
    if (this.#context.ground.host.alarm === undefined) this.starts.lookLater();
  }

  /** All services with the facts about their logs, failures, health and schedules. */
  overview(): ServiceOverview[] {
    return this.schedules.complemented(this.health.complemented(this.failures.overview()));
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    this.health.close();
    this.watch.close();
    await this.schedules.close();
    await this.logs.close();
    await this.starts.close();
  }
}
