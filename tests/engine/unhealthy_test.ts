/** Services whose health checks fail, and what follows in each phase. */

import { assertEquals } from "@std/assert";
import {
  NO_HEALTH,
  type ServiceDescription,
  ServiceState,
  ServiceType,
  StopReason,
} from "../../src/model/mod.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

const { STOPPED, STARTING, STARTED } = ServiceState;
const WHY = "unhealthy after 3 checks: connect to 127.0.0.1:80: refused (1 ms)";

function made(
  changes: Partial<ServiceDescription> = {},
  health: Partial<ServiceDescription["health"]> = {},
): [World, ServiceRecord] {
  const world = new World();
  const description = { restartDelay: 0, ...changes, health: { ...NO_HEALTH, tcp: "80", ...health } };
  return [world, world.add("p", ServiceType.PROCESS, description)];
}

function started(...settings: Parameters<typeof made>): [World, ServiceRecord] {
  const [world, service] = made(...settings);
  world.manager.start(service);
  world.execSucceeded("p");
  assertEquals(service.state, STARTED);
  return [world, service];
}

/** The signals that were sent so far. */
function signals({ host }: World): number[] {
  return host.signals.map(({ signal }) => signal);
}

for (const restart of ["always", "on-failure"] as const) {
  Deno.test(`an unhealthy service takes the path of a crash with restart = ${restart}`, () => {
    const [world, service] = started({ restart });
    world.manager.unhealthy(service.id, WHY);
    assertEquals([service.phase.kind, service.state, signals(world)], ["ending-unhealthy", STARTED, [15]]);
    assertEquals(world.log.messages, [`error p: ${WHY}`]);
    world.advance(service.description.stopTimeout);
    assertEquals(signals(world), [15, 9]);
    world.ends("p", { signal: 9 });
    assertEquals([service.state, service.reason, service.restarts], [STARTING, StopReason.UNHEALTHY, 1]);
    assertEquals(world.manager.status(service).unhealthy, WHY);
    world.execSucceeded("p");
    assertEquals(service.state, STARTED);
  });
}

Deno.test("a process that ends in order because it is unhealthy has failed, too", () => {
  const [world, service] = started({ restart: "on-failure" });
  world.manager.unhealthy(service.id, WHY);
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.restarts], [STARTING, 1]);
});

Deno.test("without a restart an unhealthy service stops, and its dependents stop for good", () => {
  const [world, service] = started({ restart: "never" });
  const dependent = world.add("d", ServiceType.INTERNAL);
  world.manager.addDependency(dependent, service, 0);
  world.manager.start(dependent);
  world.manager.unhealthy(service.id, WHY);
  assertEquals(dependent.state, STARTED);
  world.ends("p", { signal: 15 });
  assertEquals([service.state, service.reason], [STOPPED, StopReason.UNHEALTHY]);
  assertEquals(dependent.state, STOPPED);
  assertEquals(world.manager.status(service).unhealthy, WHY);
});

Deno.test("with smooth recovery only the process of an unhealthy service is replaced", () => {
  const [world, service] = started({ smoothRecovery: true });
  world.manager.unhealthy(service.id, WHY);
  world.ends("p", { signal: 15 });
  assertEquals([service.phase.kind, service.state], ["recovering", STARTED]);
  world.execSucceeded("p");
  assertEquals(service.phase.kind, "up");
});

Deno.test("an unhealthy service obeys the restart delay and the restart limit", () => {
  const [world, service] = started({
    restart: "always",
    restartDelay: 500,
    restartLimitCount: 1,
    restartLimitInterval: 60_000,
  });
  world.manager.unhealthy(service.id, WHY);
  world.ends("p", { signal: 15 });
  assertEquals(service.phase.kind, "restart-delay");
  world.advance(500);
  world.execSucceeded("p");
  world.manager.unhealthy(service.id, WHY);
  world.ends("p", { signal: 15 });
  assertEquals([service.state, service.reason], [STOPPED, StopReason.UNHEALTHY]);
  assertEquals(world.log.messages.includes("error Service p restarting too quickly; stopping."), true);
});

Deno.test("health-action = stop stops an unhealthy service for good, after its dependents", () => {
  const [world, service] = started({ restart: "always" }, { action: "stop" });
  world.manager.unhealthy(service.id, WHY);
  assertEquals([service.phase.kind, signals(world)], ["asked-to-stop", [15]]);
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.reason, service.explicit], [STOPPED, StopReason.UNHEALTHY, false]);
});

Deno.test("health-action = none only says that a service is unhealthy", () => {
  const [world, service] = started({}, { action: "none" });
  world.manager.unhealthy(service.id, WHY);
  assertEquals([service.phase.kind, signals(world)], ["up", []]);
  assertEquals(world.log.messages, [`error p: ${WHY}`]);
});

Deno.test("a start is not judged, and a result that comes too late does nothing", () => {
  const [world, service] = made({}, { readyBy: "health" });
  world.manager.unhealthy(service.id, WHY);
  world.manager.start(service);
  world.manager.unhealthy(service.id, WHY);
  assertEquals(service.phase.kind, "launching");
  world.execSucceeded("p");
  world.manager.unhealthy(service.id, WHY);
  assertEquals(service.phase.kind, "awaiting-readiness");
  world.manager.ready(service.id);
  assertEquals(service.phase.kind, "up");
  world.manager.stop(service);
  world.manager.unhealthy(service.id, WHY);
  assertEquals([service.phase.kind, signals(world)], ["asked-to-stop", [15]]);
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.reason], [STOPPED, StopReason.NORMAL]);
});

Deno.test("a stop while an unhealthy process ends goes on as an ordinary stop", () => {
  const [world, service] = started({ restart: "always" });
  world.manager.unhealthy(service.id, WHY);
  world.manager.stop(service);
  world.ends("p", { signal: 15 });
  assertEquals([service.state, service.reason], [STOPPED, StopReason.NORMAL]);
});

Deno.test("an unhealthy process that ends is restarted although a start pin holds its service", () => {
  const [world, service] = made({ smoothRecovery: true });
  world.manager.start(service, { pin: true });
  world.execSucceeded("p");
  world.manager.unhealthy(service.id, WHY);
  world.ends("p", { signal: 15 });
  world.execSucceeded("p");
  assertEquals(service.phase.kind, "up");
});

Deno.test("no signal is sent for an unhealthy service without a process", () => {
  const [world, service] = made({ restart: "never" });
  world.manager.start(service, { pin: true });
  world.execSucceeded("p");
  world.ends("p", { exit: 1 });
  assertEquals(service.phase.kind, "up");
  world.manager.unhealthy(service.id, WHY);
  assertEquals([service.phase.kind, signals(world)], ["up", []]);
});

Deno.test("a process gets more time to start and to stop if it asks for it", () => {
  const [world, service] = made({ startTimeout: 1000, stopTimeout: 1000 }, { readyBy: "notify" });
  world.manager.start(service);
  world.execSucceeded("p");
  world.manager.extendTimeout(service.id, 5000);
  world.manager.extendTimeout(service.id, 1); // the later of the two counts
  world.advance(4900);
  assertEquals(service.phase.kind, "awaiting-readiness");
  world.manager.ready(service.id);
  world.manager.extendTimeout(service.id, 5000); // nothing is limited now
  world.manager.stop(service);
  world.manager.extendTimeout(service.id, 5000);
  world.advance(4900);
  assertEquals(signals(world), [15]);
  world.advance(100);
  assertEquals(signals(world), [15, 9]);
});
