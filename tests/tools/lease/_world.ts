/** Machines, a coordinator and services in a simulated time: hours pass in milliseconds. */

import { type Coordinator, CoordinatorError, type Held } from "../../../src/tools/lease/coordinator.ts";
import { LeaseHolder, type Led } from "../../../src/tools/lease/holder.ts";

export const TTL = 15_000;
/** How long a holder waits for an answer. */
const LIMIT = 2_500;
export const TRY = 400;

interface Sleeper {
  readonly at: number;
  /** The machine that sleeps; `undefined`: the world. */
  readonly machine: Machine | undefined;
  readonly wake: () => void;
}

/** The simulated time, with everything that waits in it. */
export class World {
  now = 0;
  #sleepers: Sleeper[] = [];
  readonly machines: Machine[] = [];
  readonly #random: () => number;
  /** Who holds the lease, and until when. */
  holder: Machine | undefined;
  expiry = 0;
  revision = 0;
  /** When nobody had a running service, from when to when. */
  overlaps = 0;

  constructor(count: number, random: () => number) {
    this.#random = random;
    for (let index = 0; index < count; index++) this.machines.push(new Machine(this));
  }

  random(from: number, to: number): number {
    return from + this.#random() * (to - from);
  }

  sleep(milliseconds: number, machine?: Machine): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ at: this.now + milliseconds, machine, wake }));
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      await settled();
      const due = (sleeper: Sleeper) => Math.max(sleeper.at, sleeper.machine?.suspendedUntil ?? 0);
      const next = this.#sleepers.toSorted((a, b) => due(a) - due(b))[0];
      if (next === undefined || due(next) > end) break;
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.now = Math.max(this.now, due(next));
      next.wake();
      await settled();
      if (this.machines.filter(({ isActive }) => isActive).length > 1) this.overlaps += 1;
    }
    this.now = end;
  }
}

/** Lets everything run that waits for nothing. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** A machine with a service and a holder of the lease. */
export class Machine implements Coordinator, Led {
  readonly #world: World;
  isCutOff = false;
  suspendedUntil = 0;
  isUp = false;
  tokens: number[] = [];
  said: string[] = [];
  /** How long the service takes to stop. */
  stopTime = 1000;
  holder: LeaseHolder;
  #lowering = 0;

  constructor(world: World) {
    this.#world = world;
    this.holder = new LeaseHolder({
      coordinator: this,
      led: this,
      now: () => world.now,
      pause: (milliseconds) => world.sleep(milliseconds, this),
      say: (text) => this.said.push(text),
      ready: () => {},
      alive: () => {},
      tryInterval: TRY,
      lookInterval: TTL / 40,
    });
  }

  /** Its service does something now. */
  get isActive(): boolean {
    return this.isUp && this.#world.now > this.suspendedUntil;
  }

  // ---- The service ---------------------------------------------------------------------------------------------

  arm(): Promise<void> {
    return Promise.resolve();
  }

  async raise(token: string): Promise<void> {
    this.tokens.push(Number(token));
    await this.#world.sleep(10, this);
    this.isUp = true;
  }

  async lower(): Promise<void> {
    const order = ++this.#lowering;
    await this.#world.sleep(this.stopTime, this);
    if (order === this.#lowering) this.isUp = false;
  }

  kill(): void {
    this.isUp = false;
  }

  // ---- The coordinator -----------------------------------------------------------------------------------------

  async acquire(): Promise<Held | undefined> {
    const world = this.#world;
    await this.#travel();
    if (world.holder !== undefined && world.now < world.expiry) return undefined;
    world.holder = this;
    world.expiry = world.now + TTL;
    const token = String(++world.revision);
    await this.#travel();
    return { ttl: TTL, token };
  }

  async renew(): Promise<boolean> {
    const world = this.#world;
    await this.#travel();
    const isHeld = world.holder === this && world.now < world.expiry;
    if (isHeld) world.expiry = world.now + TTL;
    await this.#travel();
    return isHeld;
  }

  async release(): Promise<void> {
    const world = this.#world;
    await this.#travel();
    if (world.holder === this) world.holder = undefined;
  }

  /** The way of a message, which may take long, or lead nowhere. */
  async #travel(): Promise<void> {
    const way = this.isCutOff ? Infinity : this.#world.random(0, LIMIT / 3);
    await this.#world.sleep(Math.min(way, LIMIT), this);
    if (this.isCutOff) throw new CoordinatorError("no answer");
  }
}
