import { assertEquals } from "@std/assert";
import { EventRing, type NumberedFact } from "../../src/engine/mod.ts";
import { ServiceType } from "../../src/model/mod.ts";
import { withFiles } from "./_descriptions.ts";
import { World } from "./_world.ts";

function fill(ring: EventRing, count: number): void {
  for (let id = 1; id <= count; id++) ring.fact({ at: 0, time: 0, kind: "unknown-service", id });
}

function numbers({ facts }: { facts: readonly NumberedFact[] }): number[] {
  return facts.map(({ seq }) => seq);
}

Deno.test("the ring keeps the last facts, and says when requested facts are gone", () => {
  const ring = new EventRing({ size: 3 });
  assertEquals([ring.last, ring.since(0)], [0, { gap: false, facts: [] }]);
  fill(ring, 2);
  assertEquals([numbers(ring.since(0)), ring.since(0).gap], [[1, 2], false]);
  assertEquals([numbers(ring.since(1)), ring.since(1).gap], [[2], false]);
  fill(ring, 5);
  assertEquals([ring.last, numbers(ring.since(0)), ring.since(0).gap], [7, [5, 6, 7], true]);
  assertEquals([numbers(ring.since(4)), ring.since(4).gap], [[5, 6, 7], false]);
  assertEquals([numbers(ring.since(7)), ring.since(7).gap], [[], false]);
  assertEquals(ring.since(8), { gap: true, facts: [] }); // of another daemon
});

Deno.test("the ring gives each fact that it keeps by its number, and no other", () => {
  const ring = new EventRing({ size: 3 });
  assertEquals([ring.first, ring.last, ring.get(0), ring.get(1)], [1, 0, undefined, undefined]);
  fill(ring, 5);
  assertEquals([ring.first, ring.last], [3, 5]);
  assertEquals([1, 2, 3, 4, 5, 6, 3.5, NaN].map((seq) => ring.get(seq)?.seq), [
    undefined,
    undefined,
    3,
    4,
    5,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("loading, reloading and unloading are facts of the ring", () => {
  withFiles({ a: "type = internal⏎" }, (world) => {
    const ring = new EventRing();
    world.log.forward = ring;
    world.manager.load("a");
    world.manager.reload(world.service("a"));
    world.manager.unload(world.service("a"));
    assertEquals(ring.since(0).facts.map(({ kind }) => kind), ["loaded", "reloaded", "unloaded"]);
  });
});

Deno.test("a follower receives the facts of an engine until it ends the subscription", () => {
  const world = new World();
  const ring = new EventRing();
  world.log.forward = ring;
  const kinds: string[] = [];
  const end = ring.follow(({ kind }) => kinds.push(kind));
  world.manager.start(world.add("a", ServiceType.INTERNAL));
  end();
  world.manager.stop(world.service("a"));
  assertEquals(kinds, ["phase", "phase", "started"]);
  assertEquals(ring.since(0).facts.map(({ kind }) => kind), [...kinds, "phase", "phase", "stopped"]);
});

Deno.test("a ring continues with the numbers and the facts of an earlier one", () => {
  const earlier = new EventRing({ size: 3 });
  fill(earlier, 5);
  const ring = new EventRing({ size: 3, last: earlier.last, facts: earlier.saved() });
  assertEquals(ring.since(0), earlier.since(0));
  assertEquals(ring.since(8), earlier.since(8));
  fill(ring, 1);
  assertEquals([ring.last, ring.first, numbers(ring.since(4))], [6, 4, [5, 6]]);
  const few = new EventRing({ size: 3, last: 5, facts: earlier.saved().slice(2) });
  assertEquals([few.first, few.get(4), few.since(4).gap, few.since(3).gap], [5, undefined, false, true]);
  const none = new EventRing({ size: 3, last: 5 });
  assertEquals([none.first, none.last, none.since(5), none.since(4).gap], [
    6,
    5,
    { gap: false, facts: [] },
    true,
  ]);
  assertEquals(new EventRing().saved(), []);
});
