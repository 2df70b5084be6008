/** How much of a stopping service is up, which decides what a new start does, and what a saved state says. */

import { assertEquals } from "@std/assert";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { type ServiceDescription, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { PROCESS, SCRIPTED } = ServiceType;

/** A process `p`, and a service on it whose stop command runs even if its start was cancelled. */
function withDependent(description: Partial<ServiceDescription> = {}): [World, ServiceRecord, ServiceRecord] {
  const world = new World();
  const service = world.add("p", PROCESS, { restartDelay: 5000, ...description });
  const dependent = world.add("d", SCRIPTED, { stopCommand: ["/bin/undo"] });
  world.manager.graph.connect(dependent, service, 0);
  return [world, service, dependent];
}

function waiting(brought: "up" | "half" | "down") {
  return { kind: "waiting-for-dependents", brought, recovery: undefined } as const;
}

Deno.test("a service that waits for a dependent before it stops is up, until its process ends", () => {
  const [world, service, dependent] = withDependent();
  world.manager.start(dependent);
  world.execSucceeded("p");
  world.execSucceeded("d");
  world.ends("d", { exit: 0 });
  world.manager.stop(service);
  assertEquals(service.phase, waiting("up"));
  world.ends("p", { exit: 0 });
  assertEquals(service.phase, waiting("down"));
});

Deno.test("nothing is up of a service whose start is cancelled in its restart delay", () => {
  const [world, service, dependent] = withDependent({ restart: "always" });
  world.manager.start(service);
  world.execSucceeded("p");
  world.ends("p", { exit: 1 });
  world.manager.start(dependent);
  world.manager.release(dependent);
  world.manager.stop(service);
  assertEquals(service.phase, waiting("down"));
});

Deno.test("nothing is up of a service whose start is cancelled while it waits for a dependency", () => {
  const [world, service, dependent] = withDependent();
  world.manager.graph.connect(service, world.add("base", PROCESS), 0);
  world.manager.start(dependent);
  world.manager.release(dependent);
  assertEquals(service.phase, waiting("down"));
});

Deno.test("a service whose start was interrupted is half-way down when it waits for a dependent", () => {
  const [world, service, dependent] = withDependent({ readyFd: 3 });
  world.manager.start(dependent);
  world.execSucceeded("p");
  world.manager.release(dependent);
  world.manager.readinessClosed(service.id);
  assertEquals(service.phase, waiting("half"));
});
