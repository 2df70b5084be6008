import { assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import { decodeBytes, encodeBytes } from "../../src/model/mod.ts";

Deno.test("any bytes survive being text", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assertEquals(encodeBytes(decodeBytes(bytes)), Uint8Array.from(bytes));
  }));
});

Deno.test("bytes that are nearly UTF-8 survive being text", () => {
  const nearly = fc.array(
    fc.constantFrom(0x41, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0x80, 0xbf),
  );
  fc.assert(
    fc.property(nearly, (bytes) => {
      assertEquals(encodeBytes(decodeBytes(Uint8Array.from(bytes))), Uint8Array.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("valid UTF-8 is ordinary text", () => {
  assertEquals(decodeBytes(new TextEncoder().encode("größe 🙂")), "größe 🙂");
});

Deno.test("a byte order mark is kept", () => {
  assertEquals(decodeBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
});

Deno.test("an invalid byte stands alone", () => {
  assertEquals(decodeBytes(Uint8Array.of(0x61, 0xff, 0x62)), "a\udcffb");
});
