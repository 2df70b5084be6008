import { assertEquals } from "@std/assert";
import { PRODUCT_VERSION } from "../../src/model/mod.ts";

Deno.test("the program's version is the package's", () => {
  const config = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assertEquals(PRODUCT_VERSION, config.version);
});
