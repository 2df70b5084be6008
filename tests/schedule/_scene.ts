/** A scheduler with a real engine and fake time: it passes when the test says so. */

import "../_processes.ts";
import type { Fact, ServiceRecord } from "../../src/engine/mod.ts";
import {
  NO_SCHEDULE,
  type ScheduleSettings,
  type ServiceDescription,
  ServiceType,
} from "../../src/model/mod.ts";
import { NO_STATE_STORE, type SavedParts } from "../../src/model/saving.ts";
import { Scheduler } from "../../src/schedule/scheduler.ts";
import { World } from "../engine/_world.ts";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How a scene begins. */
export interface SceneOptions {
  /** What the wall clock shows. @default noon of 2026-03-10, UTC */
  readonly at?: string;
  /** The state folder of an earlier scene. @default a new one */
  readonly folder?: string;
  /** What an earlier program of the same boot knew. @default nothing */
  readonly parts?: SavedParts;
  /** Its world. @default a new one */
  readonly world?: World;
  /** @default "machine" */
  readonly machine?: string;
}

/** The scene. */
export class Scene implements AsyncDisposable {
  readonly world: World;
  readonly folder: string;
  readonly scheduler: Scheduler;
  /** The beginnings of runs by the wall clock, with their causes: `03:00:00 backup schedule`. */
  readonly runs: string[] = [];
  /** The same as numbers: milliseconds since 1970 by the wall clock. */
  readonly begun: { readonly service: string; readonly wall: number }[] = [];
  /** What was logged. */
  readonly log: string[] = [];
  /** How often the timer was set. */
  wakes = 0;
  #offset: number;
  #alarm = Infinity;
  #ring = () => {};
  readonly #tells: (() => unknown)[] = [];

  constructor({ at = "2026-03-10T12:00:00Z", folder, parts, world, machine = "machine" }: SceneOptions = {}) {
    this.world = world ?? new World();
    this.folder = folder ?? Deno.makeTempDirSync({ prefix: "dinit-schedules-" });
    this.#offset = Date.parse(at) - this.world.clock.time;
    this.scheduler = new Scheduler({
      runDue: (id, cause) => this.world.manager.runDue(id, cause),
      service: (id) => this.world.manager.graph.byId(id),
      now: () => this.world.clock.time,
      wall: () => this.wall,
      alarm: (ring) => {
        this.#ring = ring;
        return {
          set: (time) => {
            this.#alarm = time;
            this.wakes += 1;
          },
        };
      },
      store: NO_STATE_STORE,
      folder: this.folder,
      machine,
      log: (_level, text) => void this.log.push(text),
    });
    if (parts !== undefined) this.scheduler.restore(parts);
    this.scheduler.begin();
    this.world.log.forward = { fact: (fact) => this.#fact(fact) };
  }

  /** What the wall clock shows. */
  get wall(): number {
    return this.world.clock.time + this.#offset;
  }

  #fact(fact: Fact): void {
    if (!("id" in fact)) return;
    if (fact.kind === "run-began") {
      this.runs.push(`${this.#clock()} ${fact.service} ${fact.cause}`);
      this.begun.push({ service: fact.service, wall: this.wall });
    }
    if (fact.kind === "run-ended") this.#tells.push(() => this.scheduler.ended(fact));
    if (["loaded", "phase", "unloaded", "reloaded"].includes(fact.kind)) {
      this.#tells.push(() => this.scheduler.look(fact.id));
    }
  }

  #clock(): string {
    return new Date(this.wall).toISOString().slice(11, 19);
  }

  /** A scheduled service. */
  add(
    name: string,
    schedule: Partial<ScheduleSettings>,
    changes: Partial<ServiceDescription> = {},
  ): ServiceRecord {
    const description = { restart: "never" as const, ...changes, schedule: { ...NO_SCHEDULE, ...schedule } };
    return this.world.add(name, ServiceType.SCHEDULED, description);
  }

  /** Starts services: they are armed. */
  async start(...services: ServiceRecord[]): Promise<void> {
    for (const service of services) this.world.manager.start(service);
    await this.settle();
  }

  /** The scheduler has heard of everything. */
  async settle(): Promise<void> {
    while (this.#tells.length > 0) for (const tell of this.#tells.splice(0)) await tell();
  }

  /** The daemon, and the whole machine, stand still for this time. */
  freeze(milliseconds: number): void {
    this.world.clock.time += milliseconds;
  }

  /** Somebody sets the wall clock. */
  setClock(by: number): void {
    this.#offset += by;
  }

  /** Lets time pass. A run that begins ends at once, unless the test says otherwise. */
  async pass(milliseconds: number, { runs = "end" }: { runs?: "end" | "go on" } = {}): Promise<void> {
    const end = this.world.clock.time + milliseconds;
    for (;;) {
      await this.settle();
      if (runs === "end") this.endRuns();
      await this.settle();
      const now = this.world.clock.time;
      const timers = [...this.world.clock.timers.values()].map(({ at }) => at);
      const next = Math.max(now, Math.min(this.#alarm, ...timers));
      if (next > end) break;
      this.world.advance(next - now);
      if (this.#alarm > next) continue;
      this.#alarm = Infinity;
      this.#ring();
    }
    this.world.advance(end - this.world.clock.time);
  }

  /** All runs in progress end. */
  endRuns(exit = 0): void {
    for (const { plan, executed } of [...this.world.host.processes.values()]) {
      if (!executed) this.world.execSucceeded(plan.name);
      this.world.ends(plan.name, { exit });
    }
  }

  /** What another program of the same boot continues with. */
  parts(): SavedParts {
    const documents = new Map(
      [...this.world.manager.services()].flatMap(({ id }) => {
        const document = this.scheduler.document(id);
        return document === undefined ? [] : [[id, document] as const];
      }),
    );
    return new Map([["schedule", documents]]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scheduler.close();
    try {
      Deno.removeSync(this.folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // two scenes may share it
    }
  }
}
