import { assertEquals, assertThrows } from "@std/assert";
import { NO_FLAGS, ServiceType } from "../../src/model/mod.ts";
import { restore, snapshot } from "../../src/engine/mod.ts";
import { readScenarios } from "./_notation.ts";
import { Play } from "./_scenario.ts";
import { World } from "./_world.ts";

for (const scenario of readScenarios()) {
  Deno.test(`${scenario.id}, saved and restored after every step`, () => {
    const play = new Play(scenario);
    scenario.steps.forEach((step, index) => {
      play.step(step, `${scenario.id} step ${index + 1}`);
      const before = snapshot(play.world.manager);
      play.world.saveAndRestore();
      assertEquals(snapshot(play.world.manager), before);
      play.world.saveAndRestore({ later: 7 });
      play.listen(play.world.manager);
    });
    assertEquals(play.world.manager.activeCount, scenario.active);
    play.windDown();
  });
}

Deno.test("a description with every kind of value is the same after restoring", () => {
  const world = new World();
  const description = {
    environment: {
      clear: true,
      set: new Map([["A", "\udcff bytes"]]),
      unset: new Set(["B"]),
      imported: new Set<string>(),
    },
    limits: [{ resource: "core" as const, soft: 18446744073709551615n, hard: "unlimited" as const }],
    runAs: { uid: 7, gid: undefined, name: undefined },
    flags: { ...NO_FLAGS, passCsFd: true },
  };
  const before = world.add("a", ServiceType.PROCESS, description).description;
  world.saveAndRestore();
  assertEquals(world.service("a").description, before);
});

Deno.test("a timer keeps what was left of it, less the time that has passed", () => {
  const world = new World();
  world.add("a", ServiceType.PROCESS, { startTimeout: 5000 });
  world.manager.start(world.service("a"));
  world.advance(1000);
  const taken = snapshot(world.manager);
  world.clock.time = 90_000;
  const restored = restore(world.options, taken, { elapsed: 1500 });
  assertEquals(world.clock.expiries(restored.find("a")!.id), [90_000 + 2500]);
});

Deno.test("a restored engine is shutting down if it was, and gives out new ids", () => {
  const world = new World();
  world.add("a", ServiceType.INTERNAL);
  world.manager.shutdown(4);
  world.saveAndRestore();
  assertEquals(world.manager.shuttingDown, true);
  assertEquals(world.manager.shutdownType, 4);
  assertEquals(world.manager.start(world.service("a")), "shutting-down");
  assertEquals(world.add("b", ServiceType.INTERNAL).id, world.service("a").id + 1);
});

Deno.test("a consumer and its placeholder find each other again", () => {
  const world = new World();
  const producer = world.manager.graph.getOrPlaceholder("p");
  producer.consumer = world.add("c", ServiceType.PROCESS, { consumerOf: "p" });
  world.saveAndRestore();
  assertEquals(world.manager.find("p"), undefined);
  assertEquals(world.manager.graph.get("p")?.consumer, world.service("c"));
});

Deno.test("a snapshot of another version is refused", () => {
  const world = new World();
  const taken = { ...snapshot(world.manager), version: 2 as unknown as 1 };
  assertThrows(() => restore(world.options, taken), Error, "unknown version 2");
});
