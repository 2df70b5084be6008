/** The logs of services: their limits, their keeper, and their lines on the console. The code is loaded when it is used. */

import { limitsLog } from "../description/mod.ts";
import type { Fact, FactSink, ServiceManager, ServiceRecord } from "../engine/mod.ts";
import type { LogKeeping, LogRotations, NativeHost, RotationOutcome } from "../host/mod.ts";
import type { DaemonContext } from "./daemon_context.ts";
import type { ServiceLines } from "./service_lines.ts";
import type { StrayErrors } from "./stray_errors.ts";

/** Tells the host which log files have limits and which logs are kept, and shows the lines of services if that is wanted. */
export class ServiceLogs implements FactSink {
  readonly #manager: () => ServiceManager;
  readonly #host: NativeHost | undefined;
  readonly #stray: StrayErrors;
  readonly #lines: ServiceLines | undefined;
  /** The ids of services that have, or had, limits. */
  readonly #limited = new Set<number>();
  /** The ids of services whose logs are, or were, kept. */
  readonly #kept = new Set<number>();
  #rotations: Promise<LogRotations> | undefined;
  #keeping: Promise<LogKeeping> | undefined;
  #begun = false;

  /** @param manager a function, because facts may come before the manager is complete */
  constructor(
    manager: () => ServiceManager,
    { ground, stray, lines }: Pick<DaemonContext, "ground" | "stray" | "lines">,
  ) {
    this.#manager = manager;
    this.#host = ground.nativeHost;
    this.#stray = stray;
    this.#lines = lines?.({ manager, host: ground.host, stray });
  }

  /** From now on processes may be started. */
  begin(): void {
    this.#begun = true;
    this.#lines?.begin();
    for (const service of this.#manager().services()) this.#look(service);
    if (this.#host?.hasKeptLogs) void this.#tellKeeping((keeping) => keeping.complete());
  }

  fact(fact: Fact): void {
    if (!this.#begun || !("id" in fact)) return;
    this.#lines?.fact(fact);
    if (fact.kind === "loaded" || fact.kind === "reloaded") {
      const service = this.#manager().graph.byId(fact.id); // not yet found by its name
      if (service !== undefined) this.#look(service);
      return;
    }
    if (fact.kind === "unloaded" && this.#kept.delete(fact.id)) {
      void this.#tellKeeping((keeping) => keeping.unloaded(fact.id));
    }
    if (this.#limited.has(fact.id)) {
      if (fact.kind === "phase") void this.#tell((rotations) => rotations.started(fact.id));
      if (fact.kind !== "unloaded") return;
      this.#limited.delete(fact.id);
      void this.#tell((rotations) => rotations.unloaded(fact.id));
    }
  }

  /** Rotates the log of a service now; `undefined`: it has none with limits. */
  async rotate(id: number): Promise<RotationOutcome | undefined> {
    let outcome: RotationOutcome | undefined;
    if (this.#kept.has(id)) await this.#tellKeeping(async (keeping) => outcome = await keeping.rotate(id));
    else await this.#tell(async (rotations) => outcome = await rotations.rotate(id));
    return outcome;
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    await this.#tell((rotations) => rotations.close());
    if (this.#keeping !== undefined) await this.#tellKeeping((keeping) => keeping.close());
    this.#lines?.close(); // last, because the keeper has just written the last lines
  }

  #look(service: ServiceRecord): void {
    const { id, name, description } = service;
    if (description.logType === "kept" || this.#kept.has(id)) {
      this.#kept.add(id);
      void this.#tellKeeping((keeping) => {
        if (!keeping.described(id, name, description)) this.#kept.delete(id);
      });
    }
    if (!limitsLog(service.description) && !this.#limited.has(id)) return;
    this.#limited.add(id);
    // The description is that of the moment when the code is loaded.
    void this.#tell((rotations) => {
      if (!rotations.described(id, name, service.description)) this.#limited.delete(id);
    });
  }

  async #tell(what: (rotations: LogRotations) => unknown): Promise<void> {
    const host = this.#host;
    if (host === undefined || (this.#rotations ?? this.#limited.size) === 0) return;
    try {
      await what(await (this.#rotations ??= host.logRotations()));
    } catch (error) {
      this.#stray.report(error);
    }
  }
  async #tellKeeping(what: (keeping: LogKeeping) => unknown): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    try {
      await what(await (this.#keeping ??= host.logKeeping()));
    } catch (error) {
      this.#stray.report(error);
    }
  }
}
