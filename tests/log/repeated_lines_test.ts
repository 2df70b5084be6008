import { assertEquals } from "@std/assert";
import { RepeatedLines } from "../../src/log/mod.ts";

Deno.test("a repeated line is passed on once, and then with its count", async () => {
  const passed: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const lines = new RepeatedLines((line) => {
    passed.push(line);
    if (passed.length === 4) resolve();
  }, { window: 500 });
  for (let i = 0; i < 100; i++) lines.add("a");
  lines.add("b");
  lines.add("c", 3);
  assertEquals(passed, ["a", "b", "c (3 times)"]);
  const alive = setInterval(() => {}, 1000);
  await promise;
  clearInterval(alive);
  assertEquals(passed[3], "a (99 more times)");
});
