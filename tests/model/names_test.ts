import { assertEquals } from "@std/assert";
import { baseName, isValidServiceName, nameArgument } from "../../src/model/mod.ts";

Deno.test("a name is split at its first @", () => {
  assertEquals([baseName("getty@tty1@x"), nameArgument("getty@tty1@x")], ["getty", "tty1@x"]);
});

Deno.test("a name without @ has no argument, and one that ends in @ has an empty one", () => {
  assertEquals([nameArgument("boot"), nameArgument("boot@")], [undefined, ""]);
});

Deno.test("names may not be empty nor begin with . or @", () => {
  const names = ["", ".a", "@a", "a", "a b", "a/b", "-a", "ü"];
  assertEquals(names.map(isValidServiceName), [false, false, false, true, true, true, true, true]);
});
