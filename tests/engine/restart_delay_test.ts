/** The pauses between automatic restarts (`restart-delay-factor`, `restart-delay-max`). */

import { assertEquals } from "@std/assert";
import { type ServiceDescription, ServiceType } from "../../src/model/mod.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

function started(description: Partial<ServiceDescription>): [World, ServiceRecord] {
  const world = new World();
  const service = world.add("p", ServiceType.PROCESS, description);
  world.manager.start(service);
  world.execSucceeded("p");
  return [world, service];
}

/** The pauses of a service that ends again and again after this many milliseconds. */
function pauses(settings: Partial<ServiceDescription>, runs: readonly number[]): number[] {
  const [world] = started({ restartDelay: 100, restartLimitCount: 0, ...settings });
  return runs.map((time) => {
    world.advance(time);
    const launches = world.host.launches.length;
    world.ends("p", { exit: 1 });
    let pause = 0;
    for (; world.host.launches.length === launches && pause < 10_000; pause += 50) world.advance(50);
    world.execSucceeded("p");
    return pause;
  });
}

for (const way of [{ restart: "always" }, { smoothRecovery: true }] as const) {
  const settings = { ...way, restartLimitInterval: 5000 };
  Deno.test(`the restart delay grows until the service has run for a while, with ${JSON.stringify(way)}`, () => {
    const growing = { ...settings, restartDelayFactor: 2 };
    assertEquals(pauses(settings, [0, 0, 0]), [100, 100, 100]);
    assertEquals(pauses(growing, [0, 0, 0, 0]), [100, 200, 400, 800]);
    assertEquals(pauses(growing, [0, 0, 0, 100, 5000, 0]), [100, 200, 400, 700, 0, 200]);
    assertEquals(pauses({ ...growing, restartDelayMax: 300 }, [0, 0, 0, 0]), [100, 200, 300, 300]);
    assertEquals(pauses({ ...growing, restartDelayMax: 50 }, [0, 0, 0]), [100, 100, 100]);
    assertEquals(pauses({ ...growing, restartDelayFactor: 1.5 }, [0, 0, 0]), [100, 150, 250]);
  });
}

Deno.test("an ordered start begins with the first restart delay again", () => {
  const [world, service] = started({
    restart: "always",
    restartDelay: 100,
    restartDelayFactor: 10,
    restartLimitCount: 0,
  });
  for (const pause of [100, 1000]) {
    world.ends("p", { exit: 1 });
    world.advance(pause);
    world.execSucceeded("p");
  }
  world.manager.stop(service);
  world.ends("p", { signal: 15 });
  world.manager.start(service);
  world.execSucceeded("p");
  const launches = world.host.launches.length;
  world.ends("p", { exit: 1 });
  world.advance(100);
  assertEquals(world.host.launches.length, launches + 1);
});
