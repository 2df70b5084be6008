/** Output that is held in memory while it cannot be written. */

import { assert, assertEquals } from "@std/assert";
import { decodeBytes, encodeBytes } from "../../../src/model/mod.ts";
import { HeldOutput } from "../../../src/tools/log/held_output.ts";
import { fc } from "../../random.ts";

function contents(held: HeldOutput): string {
  let text = "";
  held.drain((bytes) => {
    const count = Math.min(7, bytes.length);
    text += decodeBytes(bytes.subarray(0, count));
    return count;
  });
  return text;
}

Deno.test("held output is the last of all output, begins with a whole line, and what is lost is counted", () => {
  const part = fc.oneof(
    fc.constantFrom("a\n", "bc\n", "d", "ef", "\n", "0123456789", "x\ny"),
    fc.string({ maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 50 }), fc.integer({ min: 1, max: 30 }), (parts, limit) => {
      const held = new HeldOutput(limit);
      for (const text of parts) held.add(encodeBytes(text));
      const all = encodeBytes(parts.join(""));
      const { length, lost } = held;
      assertEquals(length + lost, all.length);
      assert(length <= limit);
      assertEquals(contents(held), decodeBytes(all.subarray(lost)));
      if (lost > 0) assertEquals(lost === all.length || all[lost - 1] === 10, true);
    }),
  );
});

Deno.test("held output is kept as a whole while it fits", () => {
  const held = new HeldOutput(100);
  for (let line = 0; line < 10; line++) held.add(encodeBytes("12345678\n"));
  assertEquals([held.length, held.lost], [90, 0]);
  held.clear();
  assertEquals([held.length, contents(held)], [0, ""]);
});
