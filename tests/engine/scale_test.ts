import { assertEquals } from "@std/assert";
import { DependencyKind, ServiceState, ServiceType } from "../../src/model/mod.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

/** Builds services, each depending on those that `edges` gives for its number. */
function build(
  count: number,
  edges: (index: number) => number[],
): { world: World; services: ServiceRecord[] } {
  const world = new World();
  const services: ServiceRecord[] = [];
  for (let index = 0; index < count; index++) {
    const service = world.add(`s${index}`, ServiceType.INTERNAL);
    for (const to of edges(index)) {
      world.manager.graph.connect(service, services[to], DependencyKind.REGULAR);
    }
    services.push(service);
  }
  return { world, services };
}

function startRestartStop(world: World, services: ServiceRecord[], count: number): void {
  const top = services[services.length - 1];
  world.manager.start(top);
  assertEquals(world.manager.activeCount, count);
  world.manager.restart(services[0]);
  assertEquals(world.manager.activeCount, count);
  assertEquals(top.state, ServiceState.STARTED);
  world.manager.start(top, { pin: true });
  assertEquals(world.manager.stop(services[0]), "pinned-started");
  world.manager.unpin(top);
  assertEquals(world.manager.stop(services[0]), "already");
  assertEquals(world.manager.activeCount, 0);
}

Deno.test("a chain of 10,000 services starts, restarts and stops", () => {
  const { world, services } = build(10_000, (index) => index === 0 ? [] : [index - 1]);
  startRestartStop(world, services, 10_000);
});

Deno.test("a chain of 10,000 services fails", () => {
  const { world, services } = build(10_000, (index) => index === 0 ? [] : [index - 1]);
  world.manager.lifecycle.pinStop(services[0]);
  world.manager.start(services[9_999]);
  assertEquals(world.manager.activeCount, 0);
  assertEquals(world.log.services.length, 10_000);
});

Deno.test("10,000 services on one, and one on 10,000", () => {
  const wide = build(10_002, (index) => {
    if (index === 0) return [];
    return index <= 10_000 ? [0] : Array.from({ length: 10_000 }, (_, place) => place + 1);
  });
  startRestartStop(wide.world, wide.services, 10_002);
});

Deno.test("diamonds 200 deep", () => {
  const { world, services } = build(601, (index) => {
    const level = Math.floor(index / 3);
    if (index % 3 === 0) return index === 0 ? [] : [index - 1, index - 2];
    return [level * 3];
  });
  startRestartStop(world, services, 601);
});
