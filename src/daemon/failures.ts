/** Watches services that fail. The code that finds the reasons is loaded at the first failure. */

import {
  type Fact,
  type FactSink,
  logFilePath,
  type ServiceManager,
  type ServiceRecord,
} from "../engine/mod.ts";
import type { DaemonHost } from "../host/mod.ts";
import type { DaemonLog } from "../log/mod.ts";
import type { ServiceOverview } from "../model/mod.ts";
import type { FailureReports } from "./failure_reports.ts";
import { absolutePath } from "./paths.ts";
import type { StrayErrors } from "./stray_errors.ts";
import { type Trouble, troubleOf } from "./trouble.ts";
import { typed } from "../model/mod.ts";

/** What `Failures` is given. */
export interface FailuresContext {
  readonly manager: ServiceManager;
  readonly host: DaemonHost;
  readonly log: DaemonLog;
  readonly stray: StrayErrors;
  /** Shows the lines of services on the console. @default undefined, only failures show some */
  readonly lines?: unknown;
}

/** Watches failures of services, explains them on the console, and adds the reason to the overview. */
export class Failures implements FactSink {
  readonly #context: FailuresContext;
  #reports: FailureReports | undefined;
  #loading: Promise<FailureReports> | undefined;

  constructor(context: FailuresContext) {
    this.#context = context;
  }

  fact(fact: Fact): void {
    const said = troubleOf(fact);
    if (said === undefined) return;
    const service = this.#context.manager.find(said.service);
    if (service !== undefined) void this.#explain(service, said.trouble);
  }

  /** All services with the facts about their logs and failures; `now` is the wall clock in milliseconds since 1970. */
  overview(now: number): ServiceOverview[] {
    return this.#context.manager.overview(now).map((overview) => this.#complemented(overview));
  }

  /** Resolves when all failures so far have been explained. */
  async complete(): Promise<void> {
    const reports = await this.#loading;
    await reports?.complete();
  }

  #complemented(overview: ServiceOverview): ServiceOverview {
    const service = this.#context.manager.find(overview.name);
    const failure = service === undefined ? undefined : this.#reports?.of(service);
    if (failure === undefined && overview.logFile === undefined) return overview;
    return {
      ...overview,
      ...(overview.logFile === undefined ? {} : { logFile: absolutePath(overview.logFile) }),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  async #explain(service: ServiceRecord, trouble: Trouble): Promise<void> {
    const now = this.#context.manager.now();
    const age = now - (service.process.lastLaunch ?? now); // computed before the next launch
    try {
      const reports = this.#reports ?? await (this.#loading ??= this.#load());
      reports.add({ service, trouble, age });
    } catch (error) {
      this.#context.stray.report(error);
    }
  }

  async #load(): Promise<FailureReports> {
    const { manager, host, log, lines } = this.#context;
    const room = await typed(import("./failure_reports.ts"));
    return this.#reports = new room.FailureReports({
      host,
      now: () => manager.now(),
      logFile: ({ description }) => {
        const path = logFilePath(description);
        return path === undefined ? undefined : absolutePath(path);
      },
      showsOutput: lines === undefined,
      explain: (line) => log.explain(line),
    });
  }
}
