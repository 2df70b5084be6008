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
import { type FailureReport, type ServiceOverview, typed } from "../model/mod.ts";
import {
  listOf,
  object,
  oneOf,
  optional,
  or,
  type Plain,
  type SavedParts,
  SavedStateError,
  type StatePart,
  type StateStore,
} from "../model/saving.ts";
import type { FailureReports } from "./failure_reports.ts";
import { absolutePath } from "./paths.ts";
import type { StrayErrors } from "./stray_errors.ts";
import { type Trouble, troubleOf, TROUBLES } from "./trouble.ts";

/** What `Failures` is given. */
export interface FailuresContext {
  /** A function, because facts may come before the manager is complete. */
  manager(): ServiceManager;
  readonly log: DaemonLog;
  readonly stray: StrayErrors;
  /** Shows the lines of services on the console. @default undefined, only failures show some */
  readonly lines?: unknown;
  /** The host, and where the reasons are saved. */
  readonly ground: { readonly host: DaemonHost; readonly store: StateStore };
}

/** What is saved about a service that has failed. */
const savedFailure = object<{ report: Plain | undefined; open: readonly Trouble[] }>({
  report: optional<Plain>((report) => report as Plain), // the reports read it
  open: or(listOf(oneOf(TROUBLES)), []),
});

/** Watches failures of services, explains them on the console, and adds the reason to the overview. */
export class Failures implements FactSink, StatePart {
  readonly name = "failure";
  readonly #context: FailuresContext;
  /** Failures that are not explained yet, by the id of the service. */
  readonly #open = new Map<number, Set<Trouble>>();
  #reports: FailureReports | undefined;
  #loading: Promise<FailureReports> | undefined;

  constructor(context: FailuresContext) {
    this.#context = context;
  }

  fact(fact: Fact): void {
    if (fact.kind === "unloaded") this.#forget(fact.id);
    const said = troubleOf(fact);
    if (said === undefined) return;
    const service = this.#context.manager().find(said.service);
    if (service === undefined) return;
    const open = this.#open.get(service.id);
    if (open === undefined) this.#open.set(service.id, new Set([said.trouble]));
    else open.add(said.trouble);
    this.#context.ground.store.changed(this, service.id);
    void this.#explain(service, said.trouble);
  }

  #forget(id: number): void {
    this.#open.delete(id);
    this.#reports?.forget(id);
    this.#context.ground.store.changed(this, id);
  }

  /** All services with the facts about their logs and failures. */
  overview(): ServiceOverview[] {
    return this.#context.manager().overview().map((overview) => this.#complemented(overview));
  }

  document(id: number): Plain | undefined {
    const report = this.#reports?.document(id);
    const open = this.#open.get(id);
    if (report === undefined && open === undefined) return undefined;
    return {
      ...(report === undefined ? {} : { report }),
      ...(open === undefined ? {} : { open: [...open] }),
    };
  }

  /** Continues with the failures that an earlier program has seen. */
  async restore(parts: SavedParts): Promise<void> {
    const saved = parts.get(this.name);
    if (saved === undefined) return;
    const reports = await (this.#loading ??= this.#load());
    const services = new Map([...this.#context.manager().services()].map((service) => [service.id, service]));
    for (const [id, document] of saved) {
      const service = services.get(id);
      try {
        const { report, open } = savedFailure(document, `failure ${id}`);
        if (service !== undefined && report !== undefined) reports.restore(service, report);
        if (service !== undefined) this.#continue(service, open);
      } catch (error) {
        if (!(error instanceof SavedStateError)) throw error; // nothing depends on a reason
      }
      this.#context.ground.store.changed(this, id); // the service may be gone
    }
  }

  #continue(service: ServiceRecord, open: readonly Trouble[]): void {
    if (open.length > 0) this.#open.set(service.id, new Set(open));
    for (const trouble of open) void this.#explain(service, trouble);
  }

  /** Resolves when all failures so far have been explained. */
  async complete(): Promise<void> {
    const reports = await this.#loading;
    await reports?.complete();
  }

  #complemented(overview: ServiceOverview): ServiceOverview {
    const service = this.#context.manager().find(overview.name);
    const failure = service && reportOf(service, overview, this.#reports?.of(service));
    if (failure === undefined && overview.logFile === undefined) return overview;
    return {
      ...overview,
      ...(overview.logFile === undefined ? {} : { logFile: absolutePath(overview.logFile) }),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  async #explain(service: ServiceRecord, trouble: Trouble): Promise<void> {
    const now = this.#context.manager().now();
    // Computed at once: the code of the reports takes time to load, and there may be another launch.
    const launched = Date.now() - (now - (service.process.lastLaunch ?? now));
    try {
      const reports = this.#reports ?? await (this.#loading ??= this.#load());
      reports.add({ service, trouble, launched });
      await reports.complete();
    } catch (error) {
      this.#context.stray.report(error);
    }
    this.#open.delete(service.id);
    this.#context.ground.store.changed(this, service.id);
  }

  async #load(): Promise<FailureReports> {
    const { manager, ground: { host }, log, lines } = this.#context;
    const room = await typed(import("./failure_reports.ts"));
    return this.#reports = new room.FailureReports({
      host,
      now: () => manager().now(),
      logFile: ({ description }) => {
        const path = logFilePath(description);
        return path === undefined ? undefined : absolutePath(path);
      },
      showsOutput: lines === undefined,
      explain: (line) => log.explain(line),
    });
  }
}

/** The report with the restart limit, as long as it keeps the service down. */
function reportOf(
  { description }: ServiceRecord,
  { cause, since }: ServiceOverview,
  known: FailureReport | undefined,
): FailureReport | undefined {
  if (cause !== "restart-limit") {
    if (known?.limit === undefined) return known;
    const { limit: _past, ...report } = known;
    return report;
  }
  const { restartLimitCount: restarts, restartLimitInterval: interval } = description;
  return { time: since, output: [], ...known, limit: { restarts, interval } };
}
