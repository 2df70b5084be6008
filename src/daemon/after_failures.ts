/** What follows when services have failed for good: `on-failure` and `--exit-on-failure`. */

import { type Fact, type FactSink, logFilePath, type ServiceManager } from "../engine/mod.ts";
import { ShutdownType, typed } from "../model/mod.ts";
import type { DaemonContext } from "./daemon_context.ts";
import type { ExitOnFailureContext } from "./exit_on_failure.ts";
import type { FailureHooks } from "./failure_hooks.ts";
import { absolutePath } from "./paths.ts";

/** What it is given. */
export interface AfterFailuresContext extends Pick<DaemonContext, "ground" | "stray"> {
  /** The engine, which may not exist yet. */
  manager(): ServiceManager;
  /** Ends the daemon after a failure. @default undefined, failures do not end it */
  readonly exit: ExitOnFailureContext | undefined;
  /** No service is due any more. */
  idle(): void;
}

/** Watches for final failures. The code that starts other services is loaded when one is due. */
export class AfterFailures implements FactSink {
  readonly #context: AfterFailuresContext;
  #hooks: Promise<FailureHooks> | undefined;
  #begun = false;
  /** A failure ends the daemon. */
  #isEnding = false;

  constructor(context: AfterFailuresContext) {
    this.#context = context;
  }

  /** Whether services are still to be started because of failures. */
  get isBusy(): boolean {
    const manager = this.#context.manager();
    return !manager.shuttingDown && [...manager.services()].some(({ hooks }) => hooks !== undefined);
  }

  /** From now on services may be started; some may be due since an earlier program. */
  begin(): void {
    this.#begun = true;
    for (const service of this.#context.manager().services()) {
      if (service.hooks !== undefined) this.#tell((hooks) => hooks.look(service));
      if (service.parameters !== undefined) this.#tell((hooks) => hooks.settle(service));
    }
  }

  /** The daemon was about to end when another program took over: with what is due now, or at once. */
  end(): void {
    const { exit, manager } = this.#context;
    if (exit !== undefined) this.#endAfter(exit);
    else if (!manager().shuttingDown) manager().shutdown(ShutdownType.HALT);
  }

  fact(fact: Fact): void {
    if (!("id" in fact)) return;
    const { exit, manager } = this.#context;
    if (fact.kind === "failed-for-good" && exit?.services.includes(fact.service) && !manager().shuttingDown) {
      exit.note(exit.status); // in the same step as the failure
      this.#endAfter(exit);
    }
    const isDue = (fact.kind === "failed-for-good" || fact.kind === "run-failed") &&
      this.#context.manager().graph.byId(fact.id)?.hooks !== undefined;
    if (this.#begun && (isDue || this.#hooks !== undefined)) this.#tell((hooks) => hooks.fact(fact));
  }

  #endAfter(exit: ExitOnFailureContext): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    typed(import("./exit_on_failure.ts")).then(
      ({ endAfterFailure }) => endAfterFailure(exit),
      (error) => this.#context.stray.report(error),
    );
  }

  /** Always later: the engine is not called from inside itself. */
  #tell(what: (hooks: FailureHooks) => Promise<void> | void): void {
    this.#hooks ??= this.#load();
    this.#hooks.then(what).catch((error) => this.#context.stray.report(error));
  }

  async #load(): Promise<FailureHooks> {
    const { manager, ground: { host, store }, idle } = this.#context;
    const { FailureHooks } = await typed(import("./failure_hooks.ts"));
    return new FailureHooks({
      manager: manager(),
      host,
      store,
      idle,
      logFile: ({ description }) => {
        const path = logFilePath(description);
        return path === undefined ? undefined : absolutePath(path);
      },
    });
  }
}
