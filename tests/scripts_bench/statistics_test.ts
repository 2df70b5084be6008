import { assertEquals, assertThrows } from "@std/assert";
import {
  atLeast,
  atMost,
  beside,
  interleave,
  isMet,
  median,
  summarize,
} from "../../scripts/bench/harness/mod.ts";

Deno.test("the median is the value in the middle, in any order", () => {
  assertEquals(median([9, 1, 100]), 9);
  assertEquals(median([4]), 4);
});

Deno.test("the median of an even number of values lies between the two in the middle", () => {
  assertEquals(median([10, 1, 3, 2]), 2.5);
});

Deno.test("numbers are compared as numbers, not as text", () => {
  assertEquals(summarize([100, 9, 20]), { median: 20, low: 9, high: 100 });
});

Deno.test("an empty list has no median", () => {
  assertThrows(() => median([]), RangeError);
});

Deno.test("the median decides whether a limit is met; the limit itself meets it", () => {
  assertEquals(isMet([1, 2, 90], atMost(2)), true);
  assertEquals(isMet([1, 2.01, 2.02], atMost(2)), false);
  assertEquals(isMet([0, 5, 6], atLeast(5)), true);
  assertEquals(isMet([0, 4.9, 6], atLeast(5)), false);
});

Deno.test("a comparison divides round by round", () => {
  // A round in which the machine was ten times as slow says the same as the others.
  assertEquals(beside("floor", [2, 20, 4], [1, 10, 2], atMost(3)), {
    with: "floor",
    ratios: [2, 2, 2],
    limit: atMost(3),
  });
});

Deno.test("values from different rounds are not compared", () => {
  assertThrows(() => beside("floor", [1, 2], [1]), RangeError, "the rounds differ");
});

Deno.test("the sides take turns, every second round in reverse, and the warm-up does not count", async () => {
  const calls: string[] = [];
  const side = (name: string) => () => calls.push(name);
  const values = await interleave(2, { a: side("a"), b: side("b") }, 1);
  assertEquals(calls.join(""), "baabba");
  assertEquals(values, { a: [3, 6], b: [4, 5] });
});
