/** Watches one service whose settings ask for it, as long as it has a process. */

import type { HealthDocument } from "../model/health_status.ts";
import { awaitsReadiness, launchStep, type ServiceRecord } from "../engine/mod.ts";
import { hasCheck, type HealthSettings } from "../model/mod.ts";
import type { NotifyEvent } from "../host/mod.ts";
import type { Check } from "./check.ts";
import { Checking, type CheckState, unchecked } from "./checking.ts";
import { type NotifyMessage, readMessage } from "./notify_message.ts";
import type { SavedHealth } from "./saved_health.ts";
import { Watchdog } from "./watchdog.ts";

/** What a watch is given. */
export interface WatchContext {
  /** Milliseconds of a clock that also counts while the machine is suspended. */
  now(): number;
  ready(id: number): void;
  unhealthy(id: number, why: string): void;
  extendTimeout(id: number, time: number): void;
  /** Makes the check of a service. */
  check(service: ServiceRecord): Check;
  /** Delivers the messages of the service's process from now on. */
  listen(id: number, deliver: (event: NotifyEvent) => void): void;
  /** Delivers messages that wait. */
  readWaiting(id: number, deliver: (event: NotifyEvent) => void): void;
  /** A process has said which one is the main process. */
  mainNamed(id: number, pid: number): void;
  /** What is saved about the service has changed. */
  changed(id: number): void;
  warn(text: string): void;
}

/** How often a deadline is saved, within the limit of a watchdog. */
const SAVED_OFTEN = 4;

/** What a service does at the moment, as far as it matters here: its start waits for a result, or it is up. */
type Activity = "none" | "awaits" | "up";

/** What a process has said. */
interface Said {
  /** `reloading` or `stopping`; empty: neither. */
  doing: string;
  status: string;
  errno: number | undefined;
}

/** The watch of one service. */
export class WatchedService {
  readonly #id: number;
  readonly #context: WatchContext;
  readonly #shift: number;
  #settings: HealthSettings | undefined;
  #activity: Activity = "none";
  /** The process that is watched. */
  #pid: number | undefined;
  /** When it, or the launcher that has left it, was launched. */
  #launchedAt: number | undefined;
  #checking: Checking | undefined;
  #checked: CheckState = unchecked();
  /** An earlier program has checked the process. */
  #continues = false;
  #watchdog: Watchdog | undefined;
  /** Until when an earlier program has waited for a sign of life. */
  #deadline: number | undefined;
  /** The deadline that is saved. */
  #savedDeadline = 0;
  /** The limit that the process has set itself. */
  #ownLimit: number | undefined;
  #uptime: ReturnType<typeof setTimeout> | undefined;
  #said: Said = { doing: "", status: "", errno: undefined };
  #hasRefused = false;
  readonly #deliver = (event: NotifyEvent) => this.#receive(event);
  /** What an earlier program knew of the process, until that is looked at. */
  #inherited: SavedHealth | undefined;

  constructor({ id, name }: ServiceRecord, context: WatchContext, inherited?: SavedHealth) {
    this.#id = id;
    this.#context = context;
    this.#shift = shiftOf(name);
    this.#inherited = inherited;
  }

  /** Looks at what the service does now. */
  look(service: ServiceRecord): void {
    const { description: { health }, process: { main } } = service;
    const { lastLaunch } = service.process;
    if (main.pid !== this.#pid) {
      this.#begin(main.pid, this.#launchedAt !== undefined && lastLaunch === this.#launchedAt);
    }
    this.#launchedAt = lastLaunch;
    if (health !== this.#settings) this.#stopChecks(); // they begin again with the settings of now
    this.#settings = health;
    this.#activity = activityOf(service);
    if (health.readyBy === "notify" && this.#pid !== undefined) this.#context.listen(this.#id, this.#deliver);
    this.#followUptime(service);
    this.#followChecks(service);
    this.#followWatchdog();
  }

  /** Ends the watch. */
  close(): void {
    this.#begin(undefined);
  }

  /** Checks now. False: there is no check, or nothing to check. */
  runNow(): boolean {
    this.#checking?.runNow();
    return this.#checking !== undefined;
  }

  // ---- What a process does ------------------------------------------------------------------------------------

  /**
   * Another process, or none: nothing that was known counts any more.
   *
   * @param continues it comes from the same launch as the last one, so what that one has said is true. @default false
   */
  #begin(pid: number | undefined, continues = false): void {
    this.#stopChecks();
    this.#watchdog?.stop();
    this.#watchdog = undefined;
    clearTimeout(this.#uptime);
    this.#uptime = undefined;
    if (!continues) this.#ownLimit = undefined;
    this.#hasRefused = false;
    const old = this.#inherited?.pid === pid ? this.#inherited : undefined;
    this.#inherited = pid === undefined ? this.#inherited : undefined;
    const { count, words, at } = this.#checked;
    if (pid !== undefined) {
      this.#checked = { ...unchecked(), count, words, at, ...old?.checked };
      if (!continues) {
        this.#said = old?.said ?? { doing: "", status: "", errno: undefined };
        this.#ownLimit = old?.ownLimit;
      }
    } else this.#checked = { ...unchecked(), count, words, at };
    this.#continues = old !== undefined;
    this.#deadline = old?.deadline;
    this.#pid = pid;
    this.#context.changed(this.#id);
  }

  #followUptime({ process: { lastLaunch } }: ServiceRecord): void {
    const { readyBy, uptime } = this.#settings!; // `look` has set them
    if (this.#activity !== "awaits" || readyBy !== "uptime") {
      clearTimeout(this.#uptime);
      this.#uptime = undefined;
      return;
    }
    const left = (lastLaunch ?? 0) + uptime - this.#context.now();
    this.#uptime ??= setTimeout(() => this.#context.ready(this.#id), Math.max(0, left));
  }

  #followChecks(service: ServiceRecord): void {
    const settings = this.#settings!; // `look` has set them
    const isChecked = hasCheck(settings) &&
      (this.#activity === "up" || (this.#activity === "awaits" && settings.readyBy === "health"));
    if (!isChecked || this.#pid === undefined) return this.#stopChecks();
    this.#checking ??= new Checking(
      {
        now: this.#context.now,
        settings,
        check: this.#context.check(service),
        shift: this.#shift,
        launchedAt: service.process.lastLaunch ?? 0,
        judges: () => this.#activity === "up",
        healthy: () => {
          if (this.#activity === "awaits") this.#context.ready(this.#id);
        },
        unhealthy: (why) => this.#context.unhealthy(this.#id, why),
        changed: () => this.#context.changed(this.#id),
      },
      this.#checked,
      { continues: this.#continues },
    );
    this.#continues = false;
  }

  #stopChecks(): void {
    this.#checking?.stop();
    this.#checking = undefined;
  }

  #followWatchdog(): void {
    const { readyBy, watchdog } = this.#settings!; // `look` has set them
    const limit = readyBy === "notify" ? this.#ownLimit ?? watchdog : 0;
    if (this.#activity !== "up" || limit === 0) {
      this.#watchdog?.stop();
      this.#watchdog = undefined;
      return;
    }
    this.#watchdog ??= new Watchdog(
      {
        now: this.#context.now,
        readWaiting: () => this.#context.readWaiting(this.#id, this.#deliver),
        expired: (timeout) => {
          this.#context.unhealthy(this.#id, `unhealthy: no sign of life for ${timeout / 1000} s`);
        },
      },
      limit,
      // The saved deadline may be older than the last sign of life, by no more than a quarter of the limit.
      this.#deadline === undefined
        ? undefined
        : Math.min(this.#deadline + limit / SAVED_OFTEN, this.#context.now() + limit),
    );
    this.#deadline = undefined;
  }

  // ---- What a process says --------------------------------------------------------------------------------------

  #receive(event: NotifyEvent): void {
    if (event.kind === "message") return this.#hear(readMessage(event.bytes));
    if (event.kind === "main") return this.#context.mainNamed(this.#id, event.pid);
    if (this.#hasRefused) return; // once for each process
    this.#hasRefused = true;
    const why = event.gone
      ? "it has ended already, so it cannot be recognised; a sender must wait, as systemd-notify does"
      : "it does not belong to the service";
    this.#context.warn(`a message from process ${event.pid} of user ${event.uid} is ignored: ${why}`);
  }

  #hear(message: NotifyMessage): void {
    const { ready, reloading, stopping, status, errno, watchdog, watchdogTime, extension } = message;
    if (reloading) this.#said.doing = "reloading";
    if (stopping) this.#said.doing = "stopping";
    if (ready) this.#said.doing = "";
    if (status !== undefined) this.#said.status = status;
    if (errno !== undefined) this.#said.errno = errno;
    if (watchdogTime !== undefined) {
      this.#ownLimit = watchdogTime;
      this.#watchdog?.change(watchdogTime);
      this.#followWatchdog();
    }
    if (watchdog === "alive") this.#live();
    const isNews = ready || reloading || stopping || watchdogTime !== undefined;
    if (isNews || status !== undefined || errno !== undefined) this.#context.changed(this.#id);
    if (extension !== undefined) this.#context.extendTimeout(this.#id, extension);
    if (ready) this.#context.ready(this.#id);
    if (watchdog === "trigger") {
      this.#context.unhealthy(this.#id, "unhealthy: its process says that it does not work");
    }
  }

  /** The process lives. Not every sign of life is saved: there may be many. */
  #live(): void {
    const watchdog = this.#watchdog;
    if (watchdog === undefined) return;
    watchdog.alive();
    if (watchdog.deadline - this.#savedDeadline > watchdog.timeout / SAVED_OFTEN) {
      this.#savedDeadline = watchdog.deadline;
      this.#context.changed(this.#id);
    }
  }

  // ---- What is known --------------------------------------------------------------------------------------------

  /** What another program needs to continue; `undefined`: nothing. */
  get saved(): SavedHealth | undefined {
    if (this.#pid === undefined) return undefined;
    return {
      pid: this.#pid,
      checked: this.#checked,
      said: { ...this.#said },
      ownLimit: this.#ownLimit,
      deadline: this.#watchdog?.deadline,
    };
  }

  /** What people see of the health of a service. */
  document({ name, description: { health } }: ServiceRecord): HealthDocument {
    const { verdict, failures, words, at, count } = this.#checked;
    const { doing, status, errno } = this.#said;
    const watchdog = this.#watchdog;
    return {
      name,
      checked: hasCheck(health),
      verdict: this.#verdict(hasCheck(health)),
      running: this.#activity,
      failures,
      limit: health.failures,
      count,
      ...(words === "" ? {} : { last: words }),
      ...(at === undefined ? {} : { at }),
      ...(doing === "" ? {} : { doing }),
      ...(status === "" ? {} : { status }),
      ...(errno === undefined ? {} : { errno }),
      ...(watchdog === undefined || watchdog.timeout === 0 ? {} : {
        watchdog: { timeout: watchdog.timeout, left: Math.max(0, watchdog.deadline - this.#context.now()) },
      }),
      ...(verdict === "unhealthy" ? { action: health.action } : {}),
    };
  }

  /** Without a check, a process that is up and gives signs of life is healthy. */
  #verdict(hasCheck: boolean): HealthDocument["verdict"] {
    if (hasCheck) return this.#checked.verdict;
    return this.#activity === "up" ? "healthy" : "unknown";
  }
}

function activityOf({ phase }: ServiceRecord): Activity {
  if (phase.kind === "up") return "up";
  const step = phase.kind === "waiting-for-dependents" ? undefined : launchStep(phase);
  return step?.kind === "awaiting-readiness" && awaitsReadiness(step) ? "awaits" : "none";
}

/** From 0 to 1, by the name, so that it is the same after every start: FNV-1a. */
function shiftOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
