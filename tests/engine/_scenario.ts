/** Plays scenarios: builds the services, does what each step says, and compares what happens with what should. */

import { assertEquals } from "@std/assert";
import type { ServiceManager, ServiceRecord } from "../../src/engine/mod.ts";
import { isStartPinned } from "../../src/engine/graph/graph.ts";
import { isHard } from "../../src/engine/graph/record.ts";
import { ServiceEvent, ServiceState, StopReason } from "../../src/model/mod.ts";
import { doubleBehaviour } from "./_doubles.ts";
import { brokenInvariants, broughtUpTooEarly, takenDownTooEarly } from "./_invariants.ts";
import type { Scenario, Step } from "./_notation.ts";
import { perform } from "./_requests.ts";
import { doubleOf, edgesOf, serviceType, settingsOf } from "./_scenario_services.ts";
import { World } from "./_world.ts";

const STATES = ["stopped", "starting", "started", "stopping"];
const EVENTS = Object.keys(ServiceEvent) as (keyof typeof ServiceEvent)[];
const REASONS = Object.keys(StopReason) as (keyof typeof StopReason)[];
const SIGNALS = new Map([[2, "SIGINT"], [9, "SIGKILL"], [15, "SIGTERM"]]);

/** What is shown of one service. */
interface Look {
  readonly code: string;
  readonly reason: string;
  readonly timer: string;
}

/** A scenario being played. */
export class Play {
  readonly scenario: Scenario;
  readonly world: World;
  /** Events, bring-ups, bring-downs and refusals, as they happen. */
  #trace: string[] = [];
  #launches = 0;
  #signals = 0;
  #looks = new Map<string, Look>();
  readonly #broken: string[] = [];

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const doubles = new Map(scenario.services.map((spec) => [spec.name, doubleOf(spec)]));
    this.world = new World({
      behaviour: (service, lifecycle) => {
        const double = doubles.get(service.name);
        return double && doubleBehaviour(lifecycle, double, (_, what) => this.#record(service, what));
      },
    });
    this.world.host.watch = (plan) => {
      if (plan.role === "main" && plan.argv[0] !== "/bin/stop") {
        this.#complain(broughtUpTooEarly(this.world.service(plan.name)));
      } else this.#complain(takenDownTooEarly(this.world.service(plan.name)));
    };
    for (const spec of scenario.services) this.world.add(spec.name, serviceType(spec), settingsOf(spec));
    for (const spec of scenario.services) {
      const from = this.world.service(spec.name);
      for (const { kind, name } of edgesOf(spec)) {
        this.world.manager.graph.connect(from, this.world.service(name), kind);
      }
    }
    this.listen(this.world.manager);
  }

  /** Notes the events of all services of a manager. */
  listen(manager: ServiceManager): void {
    for (const service of manager.services()) {
      manager.addListener(service, {
        serviceEvent: (_, event) => this.#trace.push(`${service.name}:${EVENTS[event]}`),
      });
    }
  }

  #record(service: ServiceRecord, what: "up" | "down" | "intr"): void {
    if (what === "up") this.#complain(broughtUpTooEarly(service));
    if (what === "down") this.#complain(takenDownTooEarly(service));
    this.#trace.push(`${what}(${service.name})`);
  }

  #complain(complaint: string | undefined): void {
    if (complaint !== undefined) this.#broken.push(complaint);
  }

  /** Performs a step, and fails if other events happen than the step says. */
  step(step: Step, where: string): void {
    this.act(step);
    const { happens, changes } = this.observed();
    assertEquals({ happens, changes }, { happens: step.happens, changes: step.changes }, where);
    this.check(where);
  }

  /** Performs the action of a step. */
  act(step: Step): void {
    this.#trace = [];
    const { host, manager } = this.world;
    this.#launches = host.launches.length;
    this.#signals = host.signals.length;
    for (const request of step.requests) {
      const refusal = perform(this.world, request.text);
      if (refusal !== undefined) this.#trace.push(refusal);
      if (request.drain) manager.lifecycle.drain();
    }
  }

  /** What has happened since the step began, in the notation of scenarios. */
  observed(): { happens: string; changes: string } {
    const { host } = this.world;
    const launches = host.launches.length - this.#launches;
    const actions = launches === 0 ? [] : [launches === 1 ? "launch" : `launch×${launches}`];
    const signal = host.signals.slice(this.#signals).at(-1);
    if (signal !== undefined) actions.push(SIGNALS.get(signal.signal) ?? `signal ${signal.signal}`);
    const happens = [this.#trace.join(", "), actions.join(", ")].filter((part) => part !== "").join("; ");
    return { happens, changes: this.#changes().join(", ") };
  }

  #changes(): string[] {
    const changes: string[] = [];
    const isFirst = this.#looks.size === 0;
    for (const { name } of this.scenario.services) {
      const before = this.#looks.get(name) ?? { code: "", reason: "NORMAL", timer: "off" };
      const now = this.#look(this.world.service(name));
      this.#looks.set(name, now);
      if (isFirst || now.code !== before.code) changes.push(`${name}=${now.code}`);
      if (now.reason !== before.reason) changes.push(`${name} reason ${now.reason}`);
      if (now.timer !== before.timer) changes.push(`${name} timer ${now.timer}`);
    }
    return changes;
  }

  #look(service: ServiceRecord): Look {
    const derivedPin = service.dependents.some((edge) => isHard(edge) && isStartPinned(edge.from));
    const words = [
      STATES[service.state] + (service.target === ServiceState.STARTED ? "+" : "-") + service.claims +
      (service.explicit ? "E" : ""),
      service.force && "F",
      service.pinStart && "pinS",
      derivedPin && "depPin",
      service.pinStop && "pinX",
      service.skipped && "skipped",
      service.phase.kind === "waiting-for-console" && "wantCons",
      service.haveConsole && "hasCons",
    ];
    const { timer } = service.process;
    const armed = this.world.clock.expiries(service.id);
    if (armed.length > 1 || armed[0] !== timer?.at) {
      this.#broken.push(`${service.name}: the clock's timer is not the service's`);
    }
    return {
      code: words.filter((word) => word).join(" "),
      reason: REASONS[service.reason],
      timer: timer === undefined ? "off" : `${(timer.at - this.world.clock.time) / 1000} s`,
    };
  }

  /** Fails if an invariant does not hold. */
  check(where: string): void {
    const internal = this.world.log.messages.filter((text) => text.includes("internal error"));
    assertEquals([...brokenInvariants(this.world.manager), ...this.#broken, ...internal], [], where);
  }

  /** Shuts everything down and lets all processes end: nothing may be left (I7, I9). */
  windDown(): void {
    const { world } = this;
    const shutdown = { text: "shutdown", drain: true };
    this.act({ requests: [shutdown], happens: "", changes: "" });
    this.check("at shutdown");
    for (let round = 0; round < 100 && world.manager.activeCount > 0; round++) {
      world.allKilled();
      for (const service of [...world.manager.services()]) this.#letEnd(service);
      this.check(`shutting down, round ${round}`);
      if (round % 10 === 9) world.advance(60_000);
    }
    assertEquals(world.manager.activeCount, 0, "active after shutdown");
  }

  #letEnd(service: ServiceRecord): void {
    const { world } = this;
    const { lifecycle } = world.manager;
    const spec = this.scenario.services.find(({ name }) => name === service.name)!;
    const double = doubleOf(spec);
    if (double !== undefined) {
      if (service.phase.kind === "awaiting-trigger") lifecycle.markStarted(service);
      else if (service.phase.kind === "asked-to-stop") lifecycle.markStopped(service);
      lifecycle.drain();
      return;
    }
    for (const role of ["main", "stop"] as const) {
      const process = world.host.process(service.id, role);
      if (process === undefined || process.foreign) continue;
      if (!process.ended && process.executed) world.ends(service.name, { signal: 9 }, role);
      else world.execSucceeded(service.name, role);
    }
  }
}

/** Plays a scenario to its end. */
export function playScenario(scenario: Scenario): void {
  const play = new Play(scenario);
  scenario.steps.forEach((step, index) => play.step(step, `${scenario.id} step ${index + 1}`));
  assertEquals(play.world.manager.activeCount, scenario.active, `${scenario.id} active`);
  play.windDown();
}
