/**
 * Starts the services that `on-failure` names, once for each failure. Loaded at the first failure of a service that names
 * one. Which ones are due is part of the engine's state, so each is started once even if the program is replaced.
 */

import type { DueHooks, Fact, ServiceManager, ServiceRecord, StartParameters } from "../engine/mod.ts";
import {
  type ExitStatus,
  hasLastingProcess,
  LoadError,
  processKind,
  ServiceState,
  signalNameOf,
  StopReason,
} from "../model/mod.ts";
import type { StateStore } from "../model/saving.ts";
import { endOfOutput, type OutputContext } from "./service_output.ts";

const { STOPPED } = ServiceState;
/** How many of the last lines of output a started service gets. */
const LINES = 20;
/** How much of the output to read, in bytes. */
const TAIL = 16 * 1024;
/** How much file system time and clock may differ, in milliseconds. */
const TIME_SLACK = 1_000;

/** What the hooks are given. */
export interface FailureHooksContext extends OutputContext {
  readonly manager: ServiceManager;
  readonly store: StateStore;
  /** Nothing is due any more, and nothing is being prepared. */
  idle(): void;
}

/** Starts services after failures. Its methods are never called from inside the engine. */
export class FailureHooks {
  readonly #context: FailureHooksContext;
  /** Starts that are being prepared, by the failed service and the service to start. */
  readonly #preparing = new Set<string>();

  constructor(context: FailureHooksContext) {
    this.#context = context;
  }

  /** Something has happened to a service. */
  async fact(fact: Fact): Promise<void> {
    if (!("service" in fact)) return;
    const service = this.#context.manager.find(fact.service);
    if (service === undefined) return;
    if (fact.kind === "failed-for-good" || fact.kind === "run-failed") await this.look(service);
    if (fact.kind === "stopped") await this.#hasStopped(service);
    if (fact.kind === "started") this.settle(service);
  }

  /** If the command of a scripted service has ended, the service would stay up, and could not run for the next failure. */
  settle(hook: ServiceRecord): void {
    const isOver = hook.state === ServiceState.STARTED && processKind(hook.type) === "script";
    if (isOver && hook.parameters !== undefined) this.#context.manager.release(hook);
  }

  /** Starts what is due after a failure. A service that still runs for an earlier one gets its turn when it stops. */
  async look(failed: ServiceRecord): Promise<void> {
    const { manager, idle } = this.#context;
    for (const hook of failed.hooks?.due ?? []) {
      if (manager.shuttingDown) manager.hookDone(failed);
      else await this.#start(failed, hook);
    }
    idle();
  }

  /** It may have run for a failure while there was another one. */
  async #hasStopped(hook: ServiceRecord): Promise<void> {
    const { manager } = this.#context;
    const waiting = [...manager.services()].filter(({ hooks }) => hooks?.due.includes(hook.name));
    const isStoppedByCommand = hasLastingProcess(hook.type) && hook.reason === StopReason.NORMAL;
    for (const failed of waiting) {
      if (isStoppedByCommand) manager.hookDone(failed, hook.name);
      await this.look(failed);
    }
  }

  async #start(failed: ServiceRecord, name: string): Promise<void> {
    const { manager, store } = this.#context;
    const key = `${failed.id} ${name}`;
    if (this.#preparing.has(key) || this.#load(failed, name)?.state !== STOPPED) return;
    this.#preparing.add(key);
    const input = await this.#lastLines(failed);
    this.#preparing.delete(key);
    const { hooks } = failed;
    const hook = this.#load(failed, name);
    if (hook?.state !== STOPPED || !hooks?.due.includes(name)) return; // somebody has started it meanwhile
    const parameters = parametersOf(failed, hooks, input);
    store.step(() => {
      manager.hookDone(failed, name);
      manager.start(hook, { parameters });
    });
  }

  /** The service to start; `undefined` if it cannot be loaded, which was logged. Then it is not due any more. */
  #load(failed: ServiceRecord, name: string): ServiceRecord | undefined {
    const { manager } = this.#context;
    try {
      return manager.load(name);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      manager.hookDone(failed, name);
      return undefined;
    }
  }

  async #lastLines(service: ServiceRecord): Promise<string> {
    const { manager } = this.#context;
    const now = manager.now();
    const notBefore = Date.now() - (now - (service.process.lastLaunch ?? now)) - TIME_SLACK;
    const lines = (await endOfOutput(this.#context, service, { bytes: TAIL, notBefore })).split("\n");
    if (lines.at(-1) === "") lines.pop();
    return lines.slice(-LINES).map((line) => `${line}\n`).join("");
  }
}

function parametersOf({ name }: ServiceRecord, { cause, exit }: DueHooks, input: string): StartParameters {
  const variables = { DINIT_FAILED_SERVICE: name, DINIT_REASON: cause, DINIT_EXIT: exitText(exit) };
  return { variables, input };
}

/** The exit code, or the name of the signal; empty if no process has ended, or nobody knows how. */
function exitText(exit: ExitStatus | undefined): string {
  if (exit?.kind === "exited") return `${exit.code}`;
  return exit?.kind === "killed" ? signalNameOf(exit.signal) ?? `${exit.signal}` : "";
}
