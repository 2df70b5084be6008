import { assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import { arrangeDescriptors, firstFree } from "../../src/host/launch/descriptors.ts";

/** Carries steps out on a table of descriptors. */
function carryOut(
  steps: ReturnType<typeof arrangeDescriptors>,
  table: Map<number, string>,
): Map<number, string> {
  const result = new Map(table);
  for (const step of steps) {
    if (step.do === "close") result.delete(step.fd);
    else result.set(step.to, result.get(step.from)!);
  }
  return result;
}

Deno.test("descriptors without conflicts are put in place directly", () => {
  assertEquals(arrangeDescriptors(new Map([[0, 20], [1, 21], [2, 21]])), [
    { do: "duplicate", from: 20, to: 0 },
    { do: "duplicate", from: 21, to: 1 },
    { do: "duplicate", from: 21, to: 2 },
  ]);
});

Deno.test("for any numbers, every descriptor gets the requested number", () => {
  const number = fc.integer({ min: 0, max: 14 });
  fc.assert(fc.property(fc.array(fc.tuple(number, number), { maxLength: 8 }), (pairs) => {
    const wanted = new Map(pairs);
    const table = new Map(Array.from({ length: 15 }, (_, fd) => [fd, `file ${fd}`]));
    const result = carryOut(arrangeDescriptors(wanted), table);
    for (const [target, source] of wanted) assertEquals(result.get(target), `file ${source}`);
  }));
});

Deno.test("temporary copies of descriptors do not stay open", () => {
  const steps = arrangeDescriptors(new Map([[3, 4], [4, 3]]));
  const result = carryOut(steps, new Map([[3, "three"], [4, "four"]]));
  assertEquals(result, new Map([[3, "four"], [4, "three"]]));
});

Deno.test("the first free number is above the least and not taken", () => {
  assertEquals(firstFree(new Set([0, 3, 4, 6]), 3), 5);
  assertEquals(firstFree(new Set(), 3), 3);
});
