/** A client that loads services without end is refused, and the daemon keeps its memory. */

import { assertEquals } from "@std/assert";
import { DependencyKind, ServiceType } from "../../src/model/mod.ts";
import { type FileWorld, withFiles } from "./_descriptions.ts";

const SERVICE_LIMIT = 200_000;
const MEGABYTE = 1024 * 1024;

function fill(world: FileWorld, count: number): void {
  const { graph } = world.manager;
  while (graph.size < count) graph.add(`placeholder-${graph.size}`, ServiceType.PLACEHOLDER);
}

Deno.test("one service more than the limit is not loaded, and the error names the limit", () => {
  withFiles({ t: "type = internal⏎" }, (world) => {
    fill(world, SERVICE_LIMIT - 1);
    assertEquals(Array.isArray(world.tryLoad("t@1")), false);
    assertEquals(world.tryLoad("t@2"), ["t: error loading: more than 200000 services cannot be loaded"]);
    assertEquals(world.manager.graph.size, SERVICE_LIMIT);
  });
});

Deno.test("descriptions that are too large together are not loaded, and unloading makes room", () => {
  const large = "type = internal⏎" + `#${"x".repeat(126)}⏎`.repeat(32_767);
  withFiles({ t: large }, (world) => {
    const fits = 64 * MEGABYTE / (large.length + 3) | 0;
    for (let i = 0; i < fits; i++) assertEquals(Array.isArray(world.tryLoad(`t@${i}`)), false);
    assertEquals(world.tryLoad("t@x"), [
      "t: error loading: the descriptions of all loaded services are too large together (the limit is 64 MB)",
    ]);
    world.manager.unload(world.service("t@0"));
    assertEquals(Array.isArray(world.tryLoad("t@x")), false);
  });
});

Deno.test("dependencies cannot be added without limit at run time", () => {
  withFiles({ a: "type = internal⏎", b: "type = internal⏎" }, (world) => {
    world.tryLoad("a");
    world.tryLoad("b");
    const [a, b] = [world.service("a"), world.service("b")];
    const { graph } = world.manager;
    const other = graph.add("other", ServiceType.PLACEHOLDER);
    for (let i = 0; i < 500_000; i++) graph.connect(other, graph.get("a")!, DependencyKind.AFTER);
    assertEquals(world.manager.addDependency(a, b, DependencyKind.WAITS_FOR), "refused");
  });
});
