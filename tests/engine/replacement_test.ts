/** Services whose processes are replaced while they stay started. */

import { assertEquals } from "@std/assert";
import { type ServiceDescription, ServiceState, ServiceType } from "../../src/model/mod.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

const { STOPPED, STARTED, STOPPING } = ServiceState;
const WHY = "a.ts has changed";

/** A service that is up, with a hard dependent that is up. */
function up(changes: Partial<ServiceDescription> = {}): [World, ServiceRecord, ServiceRecord] {
  const world = new World();
  const service = world.add("p", ServiceType.PROCESS, changes);
  const dependent = world.add("d", ServiceType.INTERNAL);
  world.manager.addDependency(dependent, service, 0);
  world.manager.start(dependent);
  world.execSucceeded("p");
  if (changes.readyFd !== undefined) world.manager.ready(service.id);
  assertEquals([service.state, dependent.state], [STARTED, STARTED]);
  return [world, service, dependent];
}

function signals({ host }: World): number[] {
  return host.signals.map(({ signal }) => signal);
}

for (const restart of ["always", "on-failure", "never"] as const) {
  Deno.test(`a process is replaced at once and its dependents stay up, with restart = ${restart}`, () => {
    const [world, service, dependent] = up({ restart, restartDelay: 60_000, termSignal: 2 });
    assertEquals(world.manager.replace(service, WHY), true);
    assertEquals([service.phase.kind, signals(world)], ["replacing", [2]]);
    world.ends("p", { signal: 2 });
    assertEquals([service.phase.kind, service.state, dependent.state], ["recovering", STARTED, STARTED]);
    world.execSucceeded("p");
    assertEquals([service.phase.kind, service.process.limitCount], ["up", 0]);
    assertEquals(world.log.messages, [`warn p: ${WHY}: its process is replaced`]);
  });
}

Deno.test("replacements do not count for the restart limit, and crashes count again from the first", () => {
  const [world, service] = up({ restartLimitCount: 1, restartDelay: 0, smoothRecovery: true });
  for (let round = 0; round < 5; round++) {
    world.manager.replace(service, WHY);
    world.ends("p", { exit: 0 });
    world.execSucceeded("p");
    world.ends("p", { exit: 1 });
    world.execSucceeded("p");
    assertEquals([service.phase.kind, service.state], ["up", STARTED]);
  }
});

Deno.test("a process that does not end in time is killed, and then replaced", () => {
  const [world, service] = up({ stopTimeout: 500 });
  world.manager.replace(service, WHY);
  world.advance(500);
  assertEquals(signals(world), [15, 9]);
  world.ends("p", { signal: 9 });
  world.execSucceeded("p");
  assertEquals([service.phase.kind, service.process.timer], ["up", undefined]);
});

Deno.test("a second change while the process ends or its successor becomes ready changes nothing else", () => {
  const [world, service, dependent] = up({ readyFd: 3 });
  world.manager.replace(service, WHY);
  world.manager.replace(service, WHY);
  assertEquals(signals(world), [15]);
  world.ends("p", { exit: 0 });
  world.execSucceeded("p");
  assertEquals(service.phase, { kind: "recovering", step: { kind: "awaiting-readiness" } });
  world.manager.replace(service, WHY);
  assertEquals([service.phase.kind, signals(world)], ["replacing", [15, 15]]);
  world.ends("p", { exit: 1 });
  world.execSucceeded("p");
  world.manager.ready(service.id);
  assertEquals([service.phase.kind, dependent.state], ["up", STARTED]);
});

Deno.test("a service in its restart delay gets its new process at once", () => {
  const [world, service] = up({ smoothRecovery: true, restartDelay: 60_000 });
  world.ends("p", { exit: 1 });
  assertEquals(service.phase, { kind: "recovering", step: { kind: "restart-delay" } });
  assertEquals(world.manager.replace(service, WHY), true);
  world.execSucceeded("p");
  assertEquals([service.phase.kind, service.process.timer], ["up", undefined]);
});

Deno.test("a stop while the process is replaced is an ordinary stop", () => {
  const [world, service, dependent] = up();
  world.manager.replace(service, WHY);
  world.manager.stop(dependent);
  assertEquals(service.state, STOPPING);
  assertEquals(world.manager.replace(service, WHY), false);
  world.ends("p", { signal: 15 });
  assertEquals([service.state, dependent.state], [STOPPED, STOPPED]);
});

Deno.test("only a service that is up is replaced, and only if its process reports its end", () => {
  const world = new World();
  for (
    const type of [ServiceType.PROCESS, ServiceType.BGPROCESS, ServiceType.INTERNAL, ServiceType.SCRIPTED]
  ) {
    const service = world.add(`s${type}`, type, { pidFile: "/x" });
    assertEquals(world.manager.replace(service, WHY), false);
    world.manager.start(service);
    assertEquals(world.manager.replace(service, WHY), false);
  }
  assertEquals(world.log.messages.filter((text) => text.includes("internal error")), []);
});

Deno.test("the end of a replaced process is handled by the next program, too", () => {
  const [world, , dependent] = up();
  world.manager.replace(world.service("p"), WHY);
  world.restore();
  assertEquals(world.service("p").phase.kind, "replacing");
  world.ends("p", { signal: 15 });
  world.execSucceeded("p");
  assertEquals([world.service("p").phase.kind, world.service(dependent.name).state], ["up", STARTED]);
});

Deno.test("a replacement that cannot be executed stops the service and its dependents", () => {
  const [world, service, dependent] = up({ restart: "never" });
  world.manager.replace(service, WHY);
  world.ends("p", { signal: 15 });
  world.execFailed("p");
  assertEquals([service.state, dependent.state], [STOPPED, STOPPED]);
});

Deno.test("variables of a replacement are for the next process only", () => {
  const [world, service] = up({ smoothRecovery: true, restartDelay: 0 });
  assertEquals(world.manager.replace(service, WHY, { BROKER: "/b" }), true);
  world.restore();
  world.ends("p", { exit: 0 });
  world.execSucceeded("p");
  assertEquals(world.host.launches.at(-1)?.environment.get("BROKER"), "/b");
  world.ends("p", { exit: 1 });
  world.execSucceeded("p");
  assertEquals(world.host.launches.at(-1)?.environment.get("BROKER"), undefined);
});
