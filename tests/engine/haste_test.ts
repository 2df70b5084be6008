import { assertEquals } from "@std/assert";
import { DependencyKind, ServiceState, ServiceType, ShutdownType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { STARTING, STOPPING, STOPPED } = ServiceState;
const { PROCESS, SCRIPTED } = ServiceType;
const INT = 2;
const TERM = 15;
const KILL = 9;

/** The signals that the main process of a service has got. */
function signalsTo(world: World, name: string): number[] {
  return world.host.process(world.service(name).id, "main")?.signals ?? [];
}

Deno.test("in a hurry, a process that was asked to stop is killed, and the next has a second", () => {
  const world = new World();
  const base = world.add("base", PROCESS, { stopTimeout: 0, termSignal: TERM });
  const top = world.add("top", PROCESS, { stopTimeout: 60_000, termSignal: TERM });
  world.manager.addDependency(top, base, DependencyKind.REGULAR);
  world.manager.start(base);
  world.execSucceeded("base");
  world.manager.start(top);
  world.execSucceeded("top");
  world.manager.shutdown(ShutdownType.HALT);
  assertEquals([signalsTo(world, "top"), signalsTo(world, "base")], [[TERM], []]);
  world.manager.hasten("hurry");
  assertEquals([signalsTo(world, "top"), signalsTo(world, "base")], [[TERM, KILL], []]);
  world.ends("top", { signal: KILL });
  assertEquals([base.state, signalsTo(world, "base")], [STOPPING, [TERM]]);
  world.advance(999);
  assertEquals(signalsTo(world, "base"), [TERM]);
  world.advance(1);
  assertEquals(signalsTo(world, "base"), [TERM, KILL]);
  world.ends("base", { signal: KILL });
  assertEquals([base.state, world.manager.activeCount], [STOPPED, 0]);
});

Deno.test("in a hurry, even an uninterruptible start is interrupted, and nothing waits for it", () => {
  const world = new World();
  const service = world.add("s", SCRIPTED, { startTimeout: 0, stopTimeout: 0 });
  world.manager.start(service);
  world.execSucceeded("s");
  world.manager.shutdown(ShutdownType.HALT);
  assertEquals([service.state, signalsTo(world, "s")], [STARTING, []]);
  world.manager.hasten("hurry");
  assertEquals([service.state, signalsTo(world, "s")], [STOPPING, [INT]]);
  world.advance(1000);
  assertEquals(signalsTo(world, "s"), [INT, KILL]);
  world.ends("s", { signal: KILL });
  assertEquals([service.state, world.manager.activeCount], [STOPPED, 0]);
});

Deno.test("a kill reaches the process of every service, also of those that wait for others", () => {
  const world = new World();
  const base = world.add("base", PROCESS);
  const top = world.add("top", PROCESS, { stopCommand: ["/bin/stop"] });
  world.manager.addDependency(top, base, DependencyKind.REGULAR);
  for (const service of [base, top]) {
    world.manager.start(service);
    world.execSucceeded(service.name);
  }
  world.manager.shutdown(ShutdownType.HALT);
  world.execSucceeded("top", "stop");
  world.manager.hasten("kill");
  assertEquals([signalsTo(world, "top"), signalsTo(world, "base")], [[KILL], [KILL]]);
  assertEquals(world.host.process(top.id, "stop")?.signals, [KILL]);
});

Deno.test("a kill also ends a stop command whose service has no process any more", () => {
  const world = new World();
  const service = world.add("s", PROCESS, { stopCommand: ["/bin/stop"] });
  world.manager.start(service);
  world.execSucceeded("s");
  world.manager.shutdown(ShutdownType.HALT);
  world.execSucceeded("s", "stop");
  world.ends("s", { exit: 0 });
  world.manager.hasten("kill");
  assertEquals(world.host.process(service.id, "stop")?.signals, [KILL]);
  assertEquals(world.host.signals.map(({ role }) => role), ["stop"]);
});

Deno.test("in a hurry, a process that does not end is killed only once", () => {
  const world = new World();
  world.manager.start(world.add("s", PROCESS, { stopTimeout: 60_000, termSignal: TERM }));
  world.execSucceeded("s");
  world.manager.shutdown(ShutdownType.HALT);
  world.manager.hasten("hurry");
  world.advance(60_000);
  assertEquals(signalsTo(world, "s"), [TERM, KILL]);
});
