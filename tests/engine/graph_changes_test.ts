/** Unloading, and dependencies that are added and removed while services run (lifecycle 12.4 and 12.5). */

import { assert, assertEquals } from "@std/assert";
import { ServiceState } from "../../src/model/mod.ts";
import { dependenciesOf, type FileWorld, withFiles } from "./_descriptions.ts";

const I = "type = internal⏎";
const P = "type = process⏎restart = false⏎command = /bin/true⏎";

/** Loads a service and starts it. */
function started(world: FileWorld, name: string): void {
  const service = world.manager.load(name);
  world.manager.start(service);
  if (world.host.process(service.id, "main") !== undefined) world.execSucceeded(name);
  assertEquals(service.state, ServiceState.STARTED);
}

Deno.test("unloading removes a stopped service, its links and their unused targets", () => {
  withFiles({ s: `${P}waits-for = b⏎after = z⏎consumer-of = y⏎`, b: I }, (world) => {
    const service = world.manager.load("s");
    let told = 0;
    world.manager.addListener(service, { serviceEvent: () => told++ });
    world.manager.wake(service, { pin: true });
    assertEquals(world.manager.unload(world.service("b")), false);
    assertEquals(world.manager.unload(service), true);
    assertEquals([...world.manager.graph.records()].map(({ name }) => name), ["b"]);
    assertEquals(world.host.unloaded, ["s"]);
    assertEquals(world.manager.unload(world.service("b")), true);
    const again = world.manager.load("s");
    world.manager.start(again);
    assertEquals(told, 0);
    assert(again !== service);
  });
});

Deno.test("a service that runs, or that something depends on, is not unloaded", () => {
  withFiles({ s: `${I}depends-ms = b⏎`, b: I }, (world) => {
    started(world, "s");
    assertEquals(world.manager.unload(world.service("s")), false);
    world.manager.stop(world.service("s"));
    assertEquals(world.manager.unload(world.service("b")), false);
    assertEquals(world.manager.unload(world.service("s")), true);
  });
});

Deno.test("a placeholder keeps the orderings and the consumer of a service that is unloaded", () => {
  withFiles(
    { p: `${P}log-type = pipe⏎`, s: `${P}consumer-of = p⏎after = p⏎`, o: `${I}before = p⏎` },
    (world) => {
      for (const name of ["p", "s", "o"]) world.manager.load(name);
      assertEquals(world.manager.unload(world.service("p")), true);
      assertEquals(world.manager.find("p"), undefined);
      const loaded = world.manager.load("p");
      assertEquals(loaded.consumer, world.service("s"));
      assertEquals(dependenciesOf(loaded), ["o 4"]);
      assertEquals(loaded.dependents.map(({ from }) => from.name), ["s"]);
    },
  );
});

Deno.test("run time: circles, long chains and orderings in a circle are refused", () => {
  withFiles({ s: `${I}after = b⏎`, b: I, c: I }, (world) => {
    for (const name of ["b", "s", "c"]) world.manager.load(name);
    const [s, b, c] = ["s", "b", "c"].map((name) => world.service(name));
    assertEquals(world.manager.addDependency(b, s, 2), "refused");
    assertEquals(world.manager.addDependency(c, s, 3), "added");
    assertEquals(world.manager.addDependency(c, s, 3), "exists");
    assertEquals(world.manager.enable(s, c, 0), "refused");
    assertEquals(c.dependencies.length, 1);
  });
});

Deno.test("run time: a chain of 32 may be made, one of 33 may not", () => {
  const files: Record<string, string> = { s: I, t: `${I}depends-on = s⏎` };
  for (let i = 0; i < 31; i++) files[`a${i}`] = i < 30 ? `${I}depends-on = a${i + 1}⏎` : I;
  withFiles(files, (world) => {
    for (const name of ["t", "a0"]) world.manager.load(name);
    assertEquals(world.manager.addDependency(world.service("s"), world.service("a0"), 2), "refused");
    assertEquals(world.manager.addDependency(world.service("s"), world.service("a1"), 2), "added");
  });
});

Deno.test("run time: a waiting service continues when the dependency that it waits for is removed", () => {
  withFiles({ s: `${I}depends-on = b⏎`, b: P }, (world) => {
    world.manager.start(world.manager.load("s"));
    assertEquals(world.service("s").state, ServiceState.STARTING);
    world.manager.removeDependency(world.service("s"), world.service("b"), 0);
    assertEquals(world.service("s").state, ServiceState.STARTED);
    world.execSucceeded("b");
    assertEquals(world.service("b").state, ServiceState.STOPPING);
  });
});

Deno.test("run time: enabling while everything stops adds the edge and starts nothing", () => {
  withFiles({ s: P, b: I }, (world) => {
    started(world, "s");
    const b = world.manager.load("b");
    world.manager.shutdown(2);
    assertEquals(world.manager.enable(world.service("s"), b, 2), "added");
    assertEquals(b.state, ServiceState.STOPPED);
  });
});
