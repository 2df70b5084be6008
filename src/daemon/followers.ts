/** The parts of the daemon that follow the facts of services. Each loads the most of its code when it is needed. */

import type { Fact, FactSink, ServiceManager } from "../engine/mod.ts";
import { type EnvironmentOverlay, type Overview, type ServiceOverview, typed } from "../model/mod.ts";
import type { SavedParts } from "../model/saving.ts";
import { AfterFailures, type AfterFailuresContext } from "./after_failures.ts";
import type { DaemonContext } from "./daemon_context.ts";
import { Failures } from "./failures.ts";
import { stateFolder } from "./paths.ts";
import { ServiceHealth } from "./service_health.ts";
import { ServiceLogs } from "./service_logs.ts";
import { ServiceWatch } from "./service_watch.ts";
import { ServiceSchedules } from "./service_schedules.ts";
import type { StartKeeper, StartKeeperContext } from "./start_keeper.ts";

/** When a host without an alarm looks first whether the start is over, in milliseconds. */
const FIRST_LOOK = 5000;

/** Calls after this many milliseconds, unless the program has ended. */
function later(call: () => void, milliseconds: number): void {
  Deno.unrefTimer(setTimeout(call, milliseconds));
}

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

  /** Where starts are kept; `undefined`: nowhere. */
  readonly #folder: string | undefined;
  #keeper: Promise<StartKeeper> | undefined;
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
    const { options, ground: { socketPath, paths } } = context;
    this.#folder = stateFolder("starts", options, socketPath, paths);
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
    if (this.#context.ground.host.alarm === undefined) later(() => void this.look(), FIRST_LOOK);
  }

  /** All services with the facts about their logs, failures, health and schedules. */
  overview(): ServiceOverview[] {
    return this.schedules.complemented(this.health.complemented(this.failures.overview()));
  }

  /** Where starts are kept, and the number of this one, if it is kept; empty: nowhere. */
  get startsPlace(): Pick<Overview["daemon"], "starts"> {
    const { keptStart: own } = this.#context.state().memory;
    const folder = this.#folder;
    return folder === undefined ? {} : { starts: { folder, ...(own === undefined ? {} : { own }) } };
  }

  /** Keeps how the daemon has started, if the start is over. Never rejects. */
  async look(): Promise<void> {
    if (this.#folder === undefined) return;
    try {
      await (await (this.#keeper ??= this.#loadKeeper(this.#folder))).look();
    } catch (error) {
      this.#keeper = undefined;
      this.#context.stray.report(error);
    }
  }

  async #loadKeeper(folder: string): Promise<StartKeeper> {
    const { StartKeeper } = await typed(import("./start_keeper.ts"));
    const checked = () => this.health.documents().flatMap(({ name, checked }) => checked ? [name] : []);
    return new StartKeeper({ ...this.#context, folder, checked, later });
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    this.health.close();
    this.watch.close();
    await this.schedules.close();
    await this.logs.close();
    await (await this.#keeper)?.close();
  }
}
