/** All schedules, with one timer: it tells the engine which services must run. */

import type { Fact, RunCause, ServiceRecord } from "../engine/mod.ts";
import type { AlarmMaker } from "../host/mod.ts";
import { type ExitStatus, ServiceState, ServiceType, typed } from "../model/mod.ts";
import {
  type Plain,
  type SavedParts,
  SavedStateError,
  type StatePart,
  type StateStore,
} from "../model/saving.ts";
import type { RunDocument, RunsDocument, TimerDocument } from "../model/schedule_status.ts";
import { jitterOf } from "./jitter.ts";
import { type SavedSchedule, savedSchedule, scheduleDocument } from "./saved_schedule.ts";
import { type Due, type Moment, ServiceSchedule, type ServiceScheduleParts } from "./service_schedule.ts";
import { StateFolder } from "./state_folder.ts";
import { runsDocument, timerDocument } from "./timer_documents.ts";

/** How long the timer sleeps at most, in milliseconds. So it notices within this time that somebody has set the clock. */
const STEP = 15_000;
/** The difference of both clocks that says that somebody has set the time of day, in milliseconds. */
const SET_BY = 1_000;
/** Two missed runs do not begin within this time, in milliseconds: not in the same second, however slow the launch is. */
const APART = 2_000;
/** How long schedules may be computed before other work gets its turn, in milliseconds. */
const TURN = 20;

/** What the scheduler is given. */
export interface SchedulerContext {
  /** Lets a service run. */
  runDue(id: number, cause: RunCause): void;
  /** A service by its id. */
  service(id: number): ServiceRecord | undefined;
  /** Milliseconds since boot, by the engine's clock. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  /** Wakes by the clock `now`. */
  readonly alarm: AlarmMaker;
  readonly store: StateStore;
  /** Where the files of schedules are. */
  readonly folder: string;
  /** What distinguishes this machine from others. */
  readonly machine: string;
  log(level: "info" | "warn" | "error", text: string): void;
}

/** What is known of a service. */
interface Scheduled {
  readonly service: ServiceRecord;
  readonly schedule: ServiceSchedule;
  settings: ServiceScheduleParts["settings"];
}

/** The schedules of all services. Only `ended` is called from inside the engine. */
export class Scheduler implements StatePart {
  readonly name = "schedule";
  readonly #context: SchedulerContext;
  readonly #folder: StateFolder;
  readonly #alarm: ReturnType<AlarmMaker>;
  readonly #known = new Map<number, Scheduled>();
  readonly #inherited = new Map<number, SavedSchedule>();
  #cron: Promise<typeof import("./cron_times.ts")> | undefined;
  /** The difference of both clocks, as far as is known. */
  #offset: number;
  /** When the last missed run began. */
  #lastMakeUp = -Infinity;
  #state: "new" | "begun" | "closed" = "new";

  constructor(context: SchedulerContext) {
    this.#context = context;
    this.#folder = new StateFolder(context.folder, (text) => context.log("warn", text));
    this.#alarm = context.alarm(() => this.#ring());
    this.#offset = context.wall() - context.now();
  }

  /** Takes over what an earlier program knew. Call it before the first `look`. */
  restore(parts: SavedParts): void {
    for (const [id, document] of parts.get(this.name) ?? []) {
      try {
        this.#inherited.set(id, savedSchedule(document, `schedule ${id}`));
      } catch (error) {
        if (!(error instanceof SavedStateError)) throw error; // the file knows most of it
      }
      this.#context.store.changed(this, id);
    }
  }

  /** From now on services may run. */
  begin(): void {
    if (this.#state === "new") this.#state = "begun";
    this.#wake();
  }

  /** Looks at a service that was loaded or reloaded, or is in another phase. False: it has no schedule. */
  async look(id: number): Promise<boolean> {
    const service = this.#context.service(id);
    if (service?.type !== ServiceType.SCHEDULED) {
      this.#forget(id);
      return false;
    }
    const { schedule: settings } = service.description;
    const known = this.#known.get(id);
    if (known === undefined || known.settings !== settings) {
      const parts = await this.#parts(service);
      if (
        this.#state === "closed" || this.#context.service(id) !== service ||
        service.description.schedule !== settings
      ) {
        return true; // it has changed meanwhile, and is looked at again
      }
      if (known === undefined || this.#known.get(id)?.service !== service) this.#add(service, parts);
      else {
        known.settings = settings;
        known.schedule.change(parts, this.#moment());
      }
    }
    this.#arm(service);
    this.#wake();
    return true;
  }

  #add(service: ServiceRecord, parts: ServiceScheduleParts): void {
    const { id } = service;
    if (this.#known.get(id)?.service === service) return;
    const saved = this.#inherited.get(id) ?? this.#fromFile(service);
    this.#inherited.delete(id);
    this.#known.set(id, {
      service,
      schedule: new ServiceSchedule(parts, saved),
      settings: parts.settings,
    });
  }

  #arm({ id, state }: ServiceRecord): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    const { schedule } = known;
    const isUp = state === ServiceState.STARTED;
    if (isUp === schedule.isArmed) return;
    if (isUp) schedule.arm(this.#moment());
    else schedule.disarm();
    this.#changed(id);
  }

  async #parts({ name, description: { schedule: settings } }: ServiceRecord): Promise<ServiceScheduleParts> {
    const jitter = jitterOf(name, settings.jitter, this.#context.machine);
    if (settings.cron.length === 0) return { settings, times: undefined, jitter };
    try {
      const { cronTimes } = await (this.#cron ??= typed(import("./cron_times.ts")));
      return { settings, times: cronTimes(settings.cron, settings.timezone), jitter };
    } catch (error) {
      this.#cron = undefined;
      this.#context.log("error", `${name}: the times of its schedule cannot be computed: ${error}`);
      return { settings, times: { after: () => undefined }, jitter };
    }
  }

  #fromFile({ name }: ServiceRecord): SavedSchedule | undefined {
    const saved = this.#folder.read(name);
    if (saved === undefined) return undefined;
    try {
      return savedSchedule(saved, name);
    } catch (error) {
      if (!(error instanceof SavedStateError)) throw error;
      this.#folder.damaged(name, error);
      return undefined;
    }
  }

  #forget(id: number): void {
    this.#known.delete(id);
    this.#inherited.delete(id);
    this.#context.store.changed(this, id);
  }

  /** A run of a service has ended. False: the scheduler does not know the service. It may be called inside the engine. */
  ended(fact: Fact & { readonly kind: "run-ended" }): boolean {
    const known = this.#known.get(fact.id);
    if (known === undefined) return false;
    const { at, time, began, cause, result, exit } = fact;
    const took = Math.max(0, Math.round(time - began));
    known.schedule.ended({ at: Math.round(at - (time - began)), took, cause, result, ...exitFields(exit) });
    this.#changed(fact.id);
    return true;
  }

  /** Ends the schedules. Resolves when their state is written. */
  async close(): Promise<void> {
    this.#state = "closed";
    await this.#folder.written();
  }

  // ---- Documents ---------------------------------------------------------------------------------------------

  /** The schedules of all services. */
  documents(): TimerDocument[] {
    const moment = this.#moment();
    return [...this.#known.values()].map(({ service, schedule }) => timerDocument(service, schedule, moment));
  }

  /** The last runs of a service; `undefined`: it has no schedule. */
  runs(id: number): RunsDocument | undefined {
    const known = this.#known.get(id);
    return known && runsDocument(known.service, known.schedule.runs, this.#moment());
  }

  document(id: number): Plain | undefined {
    const saved = this.#known.get(id)?.schedule.saved ?? this.#inherited.get(id);
    return saved && scheduleDocument(saved);
  }

  #changed(id: number): void {
    const known = this.#known.get(id);
    this.#context.store.changed(this, id);
    if (known === undefined) return;
    this.#folder.write(known.service.name, () => scheduleDocument(known.schedule.saved, { forFile: true }));
  }

  // ---- The timer ---------------------------------------------------------------------------------------------

  #moment(): Moment {
    const { now, wall } = this.#context;
    return { now: now(), wall: wall() };
  }

  #ring(): void {
    if (this.#state !== "begun") return;
    const begin = this.#moment();
    const change = begin.wall - begin.now - this.#offset;
    const isSet = Math.abs(change) > SET_BY;
    this.#offset = begin.wall - begin.now;
    if (isSet) {
      this.#context.log(
        "info",
        `The clock was set by ${Math.round(change / 1000)} s; schedules are computed again.`,
      );
      for (const { schedule } of this.#known.values()) schedule.clockSet();
    }
    for (const [id, { schedule }] of this.#known) {
      const moment = this.#moment();
      if (moment.now - begin.now > TURN) break; // the alarm rings at once for the others
      const due = schedule.take(moment);
      if (due !== undefined) this.#settle(id, schedule, due, moment);
    }
    this.#wake();
  }

  #settle(id: number, schedule: ServiceSchedule, due: Due, { now, wall }: Moment): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    if ("missedBy" in due) {
      const time = new Date(wall - due.missedBy).toISOString();
      this.#context.log("warn", `${known.service.name}: the run of ${time} was missed.`);
    }
    if (!("cause" in due)) return this.#changed(id);
    if (due.cause === "catch-up") {
      if (now < this.#lastMakeUp + APART) {
        schedule.postpone(this.#lastMakeUp + APART);
        return this.#changed(id);
      }
      this.#lastMakeUp = now;
    }
    // Both are saved together: no program runs a slot again.
    this.#context.store.step(() => {
      this.#changed(id);
      this.#context.runDue(id, due.cause);
    });
  }

  /** Sets the timer for what is due next. If it is not known yet, it is computed at once, but in several turns. */
  #wake(): void {
    if (this.#state !== "begun") return;
    const moment = this.#moment();
    let next = Infinity;
    for (const { schedule } of this.#known.values()) {
      if (schedule.isArmed) next = Math.min(next, schedule.isStale ? moment.now : schedule.nextAt(moment));
      if (next <= moment.now) break;
    }
    const isIdle = ![...this.#known.values()].some(({ schedule }) => schedule.isArmed);
    if (!isIdle) this.#alarm.set(Math.min(next, moment.now + STEP));
  }
}

function exitFields(exit: ExitStatus | undefined): Pick<RunDocument, "status" | "signal"> {
  if (exit?.kind === "exited") return { status: exit.code };
  return exit?.kind === "killed" ? { signal: exit.signal } : {};
}
