/** Watches all services whose settings ask for it. */

import type { HealthDocument } from "../model/health_status.ts";
import {
  HEALTH_CHECK,
  type LaunchPlan,
  launchPlan,
  type LaunchRefusal,
  type ServiceRecord,
} from "../engine/mod.ts";
import type { DaemonHost, NativeHost, NotifyChannels } from "../host/mod.ts";
import {
  type EnvironmentOverlay,
  type ExitStatus,
  needsProber,
  ServiceType,
  watchesHealth,
} from "../model/mod.ts";
import {
  type Plain,
  type SavedParts,
  SavedStateError,
  type StatePart,
  type StateStore,
} from "../model/saving.ts";
import type { Check } from "./check.ts";
import { CommandChecks } from "./command_checks.ts";
import { httpCheck } from "./http_check.ts";
import { probeCheck } from "./probe_check.ts";
import { healthDocument, type SavedHealth, savedHealth } from "./saved_health.ts";
import { tcpCheck } from "./tcp_check.ts";
import { type WatchContext, WatchedService } from "./watched_service.ts";

/** The part of the engine that hears what is found out. */
export interface HealthListener {
  ready(id: number): void;
  unhealthy(id: number, why: string): void;
  extendTimeout(id: number, time: number): void;
  mainChanged(id: number, pid: number): void;
}

/** What the watch is given. */
export interface HealthContext {
  readonly engine: HealthListener;
  /** A service by its id. */
  service(id: number): ServiceRecord | undefined;
  readonly host: DaemonHost;
  /** The same host, if it is the native one: only that one connects and has notification sockets. */
  readonly native: NativeHost | undefined;
  readonly store: StateStore;
  /** The environment of a process (lifecycle 8.6). */
  composeEnvironment(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
  warn(text: string): void;
}

/** The watch of all services. */
export class HealthWatch implements StatePart {
  readonly name = "health";
  readonly #context: HealthContext;
  readonly #channels: NotifyChannels | undefined;
  readonly #commands: CommandChecks;
  readonly #services = new Map<number, WatchedService>();
  readonly #inherited = new Map<number, SavedHealth>();

  private constructor(context: HealthContext, channels: NotifyChannels | undefined) {
    this.#context = context;
    this.#channels = channels;
    const { host } = context;
    this.#commands = new CommandChecks({
      plan: (id, command) => this.#plan(id, command),
      launch: (plan) => host.launch(plan),
      signal: (id, role, signal, group) => host.signal(id, role, signal, group),
    });
  }

  /** Begins to watch. */
  static async begin(context: HealthContext): Promise<HealthWatch> {
    return new HealthWatch(context, await context.native?.notifyChannels());
  }

  /** Takes over what an earlier program knew. Call it before the first `look`. */
  restore(parts: SavedParts): void {
    for (const [id, document] of parts.get(this.name) ?? []) {
      try {
        this.#inherited.set(id, savedHealth(document, `health ${id}`));
      } catch (error) {
        if (!(error instanceof SavedStateError)) throw error; // the checks begin again
      }
      this.#context.store.changed(this, id);
      this.#commands.killLeft(id);
    }
  }

  /** Looks at a service that was loaded or reloaded, or does something else now. False: there is nothing to watch. */
  look(id: number): boolean {
    const service = this.#context.service(id);
    if (service === undefined || !watchesHealth(service.description.health)) {
      this.#forget(id);
      return false;
    }
    let watched = this.#services.get(id);
    if (watched === undefined) {
      watched = new WatchedService(service, this.#watchContext(service.name), this.#inherited.get(id));
      this.#inherited.delete(id);
      this.#services.set(id, watched);
    }
    watched.look(service);
    return true;
  }

  #forget(id: number): void {
    this.#services.get(id)?.close();
    this.#services.delete(id);
    this.#inherited.delete(id);
    this.#context.store.changed(this, id);
  }

  /** Checks a service now. False: it has no check, or does not run. */
  runNow(id: number): boolean {
    return this.#services.get(id)?.runNow() ?? false;
  }

  /** Ends all checks. */
  close(): void {
    for (const id of [...this.#services.keys()]) this.#forget(id);
    this.#context.native?.endProber();
  }

  /** The health of all services that are watched. */
  documents(): HealthDocument[] {
    return [...this.#services].flatMap(([id, watched]) => {
      const service = this.#context.service(id);
      return service === undefined ? [] : [watched.document(service)];
    });
  }

  document(id: number): Plain | undefined {
    const saved = this.#services.get(id)?.saved ?? this.#inherited.get(id);
    return saved && healthDocument(saved);
  }

  // ---- The processes of checks --------------------------------------------------------------------------------

  launched(id: number): void {
    this.#commands.launched(id);
  }

  execFailed(id: number, errno: number, refusal: LaunchRefusal | undefined): void {
    this.#commands.failed(id, errno, refusal);
  }

  exited(id: number, exit: ExitStatus): void {
    this.#commands.exited(id, exit);
  }

  /** A check runs like a command of its service, but writes nowhere, and gets none of its sockets. */
  #plan(id: number, command: readonly string[]): LaunchPlan | undefined {
    const service = this.#context.service(id);
    if (service === undefined) return undefined;
    const request = { role: HEALTH_CHECK, command, mayUseConsole: false, readiness: false };
    const plan = launchPlan(service, request, this.#context.composeEnvironment);
    return { ...plan, output: { to: "null" }, activationSocket: false };
  }

  // ---- The services -------------------------------------------------------------------------------------------

  #watchContext(name: string): WatchContext {
    const { engine, host, store, warn } = this.#context;
    return {
      now: host.now,
      ready: (id) => engine.ready(id),
      unhealthy: (id, why) => engine.unhealthy(id, why),
      extendTimeout: (id, time) => engine.extendTimeout(id, time),
      check: (service) => this.#check(service),
      listen: (id, deliver) => void this.#channels?.listen(id, deliver),
      readWaiting: (id, deliver) => this.#channels?.read(id, deliver),
      mainNamed: (id, pid) => this.#mainNamed(id, pid),
      changed: (id) => store.changed(this, id),
      warn: (text) => warn(`${name}: ${text}`),
    };
  }

  /** A process has named the main process. Only that of a `bgprocess` service can be another one than was launched. */
  #mainNamed(id: number, pid: number): void {
    const { service, engine, warn } = this.#context;
    const found = service(id);
    if (found?.type !== ServiceType.BGPROCESS) return;
    if (found.phase.kind !== "up") return this.#channels?.remember(id, pid);
    if (pid === found.process.main.pid) return;
    const taken = this.#channels?.adopt(id, found.name, pid);
    if (taken === undefined) return;
    if ("pid" in taken) {
      engine.mainChanged(id, pid);
      this.look(id);
    } else warn(`${found.name}: MAINPID=${pid} is ignored: ${taken.problem}`);
  }

  #check({ id, description: { health } }: ServiceRecord): Check {
    const { native } = this.#context;
    if (health.command.length > 0) return this.#commands.check(id, health.command);
    if (native === undefined) throw new TypeError("only the native host loads services with such checks");
    if (needsProber(health)) return probeCheck(health, () => native.prober());
    return health.http === ""
      ? tcpCheck(health.tcp, native.connectionParts)
      : httpCheck(health.http, native.connectionParts);
  }
}
