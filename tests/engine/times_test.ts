import { assertEquals } from "@std/assert";
import { DependencyKind, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

Deno.test("the times of an activation show when each step was reached, and which dependency decided", () => {
  const world = new World();
  const { graph } = world.manager;
  const web = world.add("web", ServiceType.PROCESS, { readyFd: 3 });
  const [fast, slow] = ["fast", "slow"].map((name) => world.add(name, ServiceType.PROCESS));
  world.add("idle", ServiceType.PROCESS);
  for (const to of [fast, slow]) graph.connect(web, to, DependencyKind.REGULAR);
  world.manager.start(web);
  world.advance(10);
  world.execSucceeded("fast");
  world.advance(10);
  world.execSucceeded("slow");
  world.advance(10);
  world.execSucceeded("web");
  world.advance(10);
  world.manager.ready(web.id);
  world.advance(10);
  world.manager.stop(web);
  world.advance(10);
  world.ends("web", { exit: 0 });
  const unstarted = { unblocked: undefined, launched: undefined, ready: undefined, stopAsked: undefined };
  assertEquals(world.manager.times(), [
    {
      name: "web",
      asked: 1000,
      unblocked: 1020,
      decidedBy: "slow",
      launched: 1020,
      ready: 1040,
      stopAsked: 1050,
      ended: 1060,
    },
    ...["fast", "slow"].map((name, index) => ({
      ...unstarted,
      name,
      asked: 1000,
      unblocked: 1000,
      decidedBy: undefined,
      launched: 1000,
      ready: 1010 + index * 10,
      stopAsked: 1050,
      ended: undefined,
    })),
  ]);
});

Deno.test("a failed dependency decides the failure of its dependents, however far away, and has all the time", () => {
  const world = new World();
  const [store, web, page] = ["store", "web", "page"].map((name) => world.add(name, ServiceType.SCRIPTED));
  const boot = world.add("boot", ServiceType.INTERNAL);
  const { graph } = world.manager;
  graph.connect(web, store, DependencyKind.REGULAR);
  graph.connect(page, web, DependencyKind.MILESTONE);
  graph.connect(boot, page, DependencyKind.WAITS_FOR);
  world.manager.start(boot);
  world.execSucceeded("store");
  world.advance(30);
  world.ends("store", { exit: 1 });
  const times = new Map(world.manager.times().map((times) => [times.name, times]));
  const decided = ["store", "web", "page", "boot"].map((name) => {
    const { unblocked, decidedBy, ready, ended } = times.get(name)!; // it was started
    return [unblocked, decidedBy, ready ?? ended];
  });
  assertEquals(decided, [
    [1000, undefined, 1030],
    [1030, "store", 1030],
    [1030, "web", 1030],
    [1030, "page", 1030],
  ]);
});

Deno.test("a cancelled stop leaves no time, and a new activation begins with new times", () => {
  const world = new World();
  const base = world.add("base", ServiceType.INTERNAL);
  const user = world.add("user", ServiceType.PROCESS);
  world.manager.graph.connect(user, base, DependencyKind.REGULAR);
  world.manager.start(user);
  world.execSucceeded("user");
  world.manager.release(user);
  assertEquals(world.manager.times()[0].stopAsked, 1000); // it waits for its dependent
  world.manager.start(base);
  assertEquals(world.manager.times()[0].stopAsked, undefined);
  world.advance(5);
  world.ends("user", { exit: 0 });
  world.manager.start(user);
  const [, times] = world.manager.times();
  assertEquals([times.asked, times.ready, times.ended], [1005, undefined, undefined]);
});

Deno.test("the times are saved, and shown by the clock of the engine that continues", () => {
  const world = new World();
  world.manager.start(world.add("a", ServiceType.INTERNAL));
  const before = world.manager.times();
  world.restore();
  assertEquals(world.manager.times(), before);
});
