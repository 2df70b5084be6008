import { assertEquals, assertThrows } from "@std/assert";
import { launchesIn, LaunchSlots, sizeOfSlots } from "../../src/host/launch/launch_slots.ts";
import { Memory, openLibrary } from "../../src/system/mod.ts";

function bytes(memory: Memory): Uint8Array {
  const all = new Uint8Array(memory.size);
  memory.read(0, all);
  return all;
}

Deno.test("the slots say which launches are in flight, and their processes as far as they are known", () => {
  const memory = Memory.reserve(openLibrary(), sizeOfSlots(2));
  const slots = new LaunchSlots(memory);
  assertEquals(launchesIn(bytes(memory)), []);
  const first = slots.take(7);
  const second = slots.take(2 ** 40);
  first.memory.write(first.offset, new Uint8Array(Int32Array.of(1234).buffer)); // as `posix_spawn` does
  assertEquals(launchesIn(bytes(memory)), [{ launch: 7, pid: 1234 }, { launch: 2 ** 40, pid: undefined }]);
  assertThrows(() => slots.take(8), RangeError);
  for (const slot of [first, second]) slots.free(slot);
  assertEquals(launchesIn(bytes(memory)), []);
  slots.free(slots.take(9));
});
