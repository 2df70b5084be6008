/** At rest, the engine and the naive solver agree which services are up. */

import { assertEquals } from "@std/assert";
import { EFFORT, fc } from "../random.ts";
import { DependencyKind, ServiceState, ServiceType } from "../../src/model/mod.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "../engine/_world.ts";
import { type SolvedService, Solver } from "./engine_solver.ts";

const STATES = ["down", "starting", "up", "stopping"];

interface Plan extends SolvedService {
  readonly isProcess: boolean;
}

type Order = readonly [what: string, who: number];

const { REGULAR, SOFT, WAITS_FOR, MILESTONE, BEFORE, AFTER, PREPARED_BY } = DependencyKind;

function plans(kinds: readonly DependencyKind[]): fc.Arbitrary<Plan[]> {
  const plan = fc.record({
    restarts: fc.boolean(),
    fails: fc.integer({ min: 0, max: 5 }).map((number) => number === 5),
    isProcess: fc.boolean(),
    edges: fc.array(fc.record({ to: fc.nat(100), kind: fc.constantFrom(...kinds) }), {
      maxLength: 3,
      size: "max",
    }),
  });
  return fc.array(plan, { minLength: 1, maxLength: 15, size: "max" }).map((found) =>
    found.map((one, index) => ({
      ...one,
      isProcess: one.isProcess || one.fails, // only a process can fail
      edges: index === 0 ? [] : one.edges.map(({ to, kind }) => ({ to: to % index, kind })),
    }))
  );
}

function orders(whats: readonly string[]): fc.Arbitrary<Order[]> {
  return fc.array(fc.tuple(fc.constantFrom(...whats), fc.nat(1000)), { maxLength: 25, size: "max" });
}

/** Lets processes come up, or fail, and end when they are asked to, until nothing moves. */
function settle(world: World, all: readonly Plan[]): void {
  for (let moved = true; moved;) {
    moved = false;
    for (const process of [...world.host.processes.values()]) {
      if (!world.host.isLive(process)) continue;
      const { name } = process.plan;
      if (!process.executed) {
        if (all[Number(name.slice(1))].fails) world.execFailed(name);
        else world.execSucceeded(name);
      } else if (process.signals.length > 0) world.ends(name, { signal: 15 });
      else continue;
      moved = true;
    }
  }
}

function give(world: World, solver: Solver, [what, who]: Order, service: ServiceRecord): void {
  const { manager } = world;
  const isUp = service.state === ServiceState.STARTED;
  switch (what) {
    case "start":
      manager.start(service);
      return solver.start(who);
    case "start pinned":
      manager.start(service, { pin: true });
      return solver.start(who, { pin: true });
    case "stop":
      manager.stop(service);
      return solver.stop(who);
    case "stop pinned":
      manager.stop(service, { pin: true });
      return solver.stop(who, { pin: true });
    case "release":
      manager.release(service);
      return solver.release(who);
    case "release pinned":
      manager.release(service, { pin: true });
      return solver.release(who, { pin: true });
    case "wake":
      manager.wake(service);
      return solver.wake(who);
    case "unpin":
      manager.unpin(service);
      return solver.unpin(who);
    case "restart":
      manager.restart(service);
      return solver.restart(who);
    case "dies":
      if (!isUp || world.host.process(service.id, "main") === undefined) return;
      world.ends(service.name, { exit: 1 });
      if (service.type === ServiceType.SCHEDULED) return; // a run may fail
      return solver.loseProcess(who);
    case "runs":
      if (service.type === ServiceType.SCHEDULED) manager.runDue(service.id, "schedule");
      return;
  }
}

/** A scheduled service comes back like an internal one that restarts, whatever its runs do. */
function typeWithout(
  index: number,
  restarts: boolean,
): typeof ServiceType.INTERNAL | typeof ServiceType.SCHEDULED {
  return restarts && index % 2 === 1 ? ServiceType.SCHEDULED : ServiceType.INTERNAL;
}

function compare(all: readonly Plan[], given: readonly Order[]): void {
  const world = new World();
  all.forEach(({ isProcess, restarts }, index) =>
    world.add(`s${index}`, isProcess ? ServiceType.PROCESS : typeWithout(index, restarts), {
      restart: restarts ? "always" : "never",
      restartDelay: 0,
      restartLimitCount: 0,
    })
  );
  const services = [...world.manager.services()];
  all.forEach(({ edges }, from) => {
    for (const { to, kind } of edges) world.manager.graph.connect(services[from], services[to], kind);
  });
  const solver = new Solver(all);
  given.forEach(([what, number], index) => {
    const who = number % all.length;
    give(world, solver, [what, who], services[who]);
    settle(world, all);
    const engine = services.map(({ name, state, explicit, claims }) =>
      `${name}: ${STATES[state]} ${claims}${explicit ? "E" : ""}`
    );
    const solved = services.map(({ name }, place) =>
      `${name}: ${solver.up.has(place) ? "up" : "down"} ${solver.claims(place)}${
        solver.explicit.has(place) ? "E" : ""
      }`
    );
    const history = given.slice(0, index + 1).map(([verb, who]) => `${verb} s${who % all.length}`).join(", ");
    assertEquals(engine, solved, `after ${history}`);
  });
}

Deno.test("at rest, the result of failures and lost processes is that of the naive solver", () => {
  // No preparations: a process that comes back before its dependents are down does not ask for them again (8.8).
  const kinds = [REGULAR, REGULAR, WAITS_FOR, MILESTONE, SOFT, BEFORE, AFTER];
  const whats = ["start", "start", "start", "stop", "release", "wake", "restart", "dies", "dies", "runs"];
  fc.assert(fc.property(plans(kinds), orders(whats), compare), { numRuns: Math.ceil(1500 * EFFORT) });
});

Deno.test("at rest, the result of failures and restarts is that of the naive solver", () => {
  const kinds = [REGULAR, REGULAR, WAITS_FOR, MILESTONE, PREPARED_BY, PREPARED_BY, AFTER];
  const whats = ["start", "start", "start", "stop", "release", "wake", "restart", "restart", "runs"];
  fc.assert(fc.property(plans(kinds), orders(whats), compare), { numRuns: Math.ceil(1500 * EFFORT) });
});

Deno.test("at rest, the result of pins is that of the naive solver", () => {
  const kinds = [REGULAR, REGULAR, PREPARED_BY, AFTER, BEFORE];
  const whats = [
    ...["start", "start", "start", "start pinned", "stop", "stop pinned", "release", "release pinned"],
    ...["wake", "unpin", "unpin"],
  ];
  fc.assert(fc.property(plans(kinds), orders(whats), compare), { numRuns: Math.ceil(1500 * EFFORT) });
});

Deno.test("at rest, the result of stop pins and lost processes is that of the naive solver", () => {
  const kinds = [REGULAR, REGULAR, AFTER];
  const whats = ["start", "start", "start", "stop pinned", "release pinned", "unpin", "dies", "dies"];
  fc.assert(fc.property(plans(kinds), orders(whats), compare), { numRuns: Math.ceil(1500 * EFFORT) });
});
