/** Memory is given back when a burst of events is over, and never while something happens. */

import { assertEquals } from "@std/assert";
import { Settling } from "../../src/daemon/settling.ts";

/** A settling with a clock that a test moves. */
function scene() {
  let [now, at, released] = [100, Infinity, 0];
  let ring = () => {};
  const looked = Promise.resolve();
  const settling = new Settling({
    alarm: (call) => {
      ring = call;
      return { set: (time) => at = time };
    },
    now: () => now,
    look: () => looked,
    release: () => released++,
  });
  return {
    facts: (count: number) => {
      for (let fact = 0; fact < count; fact++) settling.happened();
    },
    /** Time passes, with a fact every so many milliseconds. Returns how often memory was released. */
    pass: async (time: number, factEvery = Infinity) => {
      for (const end = now + time; now < end; now += 100) {
        if (now % factEvery === 0) settling.happened();
        if (at > now) continue;
        at = Infinity;
        ring();
        await looked;
      }
      return released;
    },
    isSet: () => at < Infinity,
  };
}

Deno.test("memory is given back when nothing has happened for a while after the start", async () => {
  const { pass, isSet } = scene();
  assertEquals(await pass(4000), 0);
  assertEquals(await pass(2000), 1);
  assertEquals(await pass(100_000), 1);
  assertEquals(isSet(), false);
});

Deno.test("memory is not given back while something happens", async () => {
  const { pass } = scene();
  assertEquals(await pass(60_000, 1000), 0);
  assertEquals(await pass(11_000), 1);
});

Deno.test("after that, only a burst leads to it again", async () => {
  const { facts, pass, isSet } = scene();
  await pass(6000);
  facts(99);
  assertEquals([await pass(20_000), isSet()], [1, false]);
  facts(1);
  assertEquals(await pass(4900), 1);
  facts(5000);
  assertEquals(await pass(4000), 1);
  assertEquals(await pass(7000), 2);
});
