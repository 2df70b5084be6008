/** A service runs on one of several machines at most, whatever happens to network and machines. docs/lease.md. */

import { assert, assertEquals } from "@std/assert";
import { EFFORT, fc } from "../../random.ts";
import { TRY, TTL, World } from "./_world.ts";

/** The longest time without a service after its machine is gone: the lease ends, somebody tries, messages travel. */
const TAKEOVER = TTL + TRY + 4000;

async function worldOf(count: number, random: () => number = () => 0.1): Promise<World> {
  const world = new World(count, random);
  for (const { holder } of world.machines) void holder.run();
  await world.pass(5000);
  return world;
}

const active = (world: World) => world.machines.filter(({ isUp }) => isUp);

Deno.test("one of three machines runs the service, and keeps it for hours", async () => {
  const world = await worldOf(3);
  const [first] = active(world);
  await world.pass(2 * 3_600_000);
  assertEquals(active(world), [first]);
  assertEquals(first.tokens.length, 1);
});

Deno.test("a machine that is cut off stops its service before another one may start it", async () => {
  const world = await worldOf(3);
  const [first] = active(world);
  first.isCutOff = true;
  await world.pass(TTL * 0.9);
  assertEquals(first.isUp, false);
  await world.pass(TAKEOVER - TTL * 0.9);
  const [second, ...more] = active(world);
  assertEquals([more.length, world.overlaps], [0, 0]);
  assert(second !== first && second.tokens[0] > first.tokens[0], "the number grows");
});

Deno.test("a service that does not stop in time is killed", async () => {
  const world = await worldOf(2);
  const [first] = active(world);
  first.stopTime = 10 * TTL;
  first.isCutOff = true;
  await world.pass(TTL - 100);
  assertEquals(first.isUp, false);
  await world.pass(TAKEOVER);
  assertEquals([active(world).length, world.overlaps], [1, 0]);
});

Deno.test("a machine that was suspended beyond the lease ends its service before anything else", async () => {
  const world = await worldOf(2);
  const [first] = active(world);
  first.suspendedUntil = world.now + 4 * TTL;
  await world.pass(8 * TTL);
  assertEquals([first.isUp, active(world).length, world.overlaps], [false, 1, 0]);
});

Deno.test("when the coordinator is away for less than a third of the lease, nothing happens", async () => {
  const world = await worldOf(2);
  const [first] = active(world);
  for (const machine of world.machines) machine.isCutOff = true;
  await world.pass(TTL * 0.33);
  for (const machine of world.machines) machine.isCutOff = false;
  await world.pass(10 * TTL);
  assertEquals([active(world), first.tokens.length], [[first], 1]);
});

Deno.test("a holder that ends stops the service and gives the lease back", async () => {
  const world = await worldOf(2);
  const [first] = active(world);
  first.holder.end();
  await world.pass(TTL * 0.75);
  const [second] = active(world);
  assert(second !== undefined && second !== first, "the other machine has it at once");
});

Deno.test("with any partitions and suspensions there are never two, and in the end one", async () => {
  const event = fc.record({
    machine: fc.nat(2),
    what: fc.constantFrom("cut" as const, "join" as const, "suspend" as const),
    stop: fc.integer({ min: 10, max: 2 * TTL }),
    after: fc.integer({ min: 1, max: 2 * TTL }),
  });
  const story = fc.asyncProperty(
    fc.array(event, { minLength: 1, maxLength: 30 }),
    fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
    async (events, numbers) => {
      const world = await worldOf(3, () => numbers.next().value);
      for (const { machine: index, what, stop, after } of events) {
        const machine = world.machines[index];
        machine.stopTime = stop;
        if (what === "suspend") machine.suspendedUntil = world.now + after * 2;
        else machine.isCutOff = what === "cut";
        await world.pass(after);
      }
      for (const machine of world.machines) machine.isCutOff = false;
      await world.pass(TAKEOVER * 2 + 4 * TTL);
      assertEquals([world.overlaps, active(world).length], [0, 1]);
      const all = world.machines.flatMap(({ tokens }) => tokens);
      assertEquals(new Set(all).size, all.length, "each term has a different number");
    },
  );
  await fc.assert(story, { numRuns: Math.ceil(60 * EFFORT) });
});
