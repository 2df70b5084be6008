/** Details of launches, recoveries and their ends that no scenario shows. */

import { assertEquals } from "@std/assert";
import { DependencyKind, ServiceState, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { STARTED, STOPPED, STOPPING } = ServiceState;
const { BGPROCESS, INTERNAL, PROCESS, SCRIPTED } = ServiceType;
const RECOVERS = { smoothRecovery: true, restartDelay: 0 };

function launched(world: World): string[] {
  return world.host.launches.map(({ argv }) => argv[0]);
}

/** A service that is up, and whose process has ended and is replaced. */
function recovering(settings: Parameters<World["add"]>[2] = {}): World {
  const world = new World();
  const service = world.add("p", PROCESS, { ...RECOVERS, ...settings });
  world.manager.start(service);
  world.execSucceeded("p");
  if (settings.readyFd !== undefined) world.manager.ready(service.id);
  world.ends("p", { exit: 1 });
  return world;
}

Deno.test("the restart delay counts from the moment at which the process exists", () => {
  const world = new World();
  const service = world.add("p", PROCESS, { restart: "always", restartDelay: 1000 });
  world.manager.start(service);
  world.advance(400);
  world.manager.launched(service.id, "main", 4711);
  world.execSucceeded("p");
  world.advance(100);
  world.ends("p", { exit: 1 });
  world.advance(899);
  assertEquals(world.host.launches.length, 1);
  world.advance(1);
  assertEquals(world.host.launches.length, 2);
});

Deno.test("a stop command that exists later has its whole time, and the restart delay does not count from it", () => {
  const world = new World();
  const service = world.add("p", PROCESS, { stopCommand: ["/bin/stop"], stopTimeout: 1000 });
  world.manager.start(service);
  world.execSucceeded("p");
  const { lastLaunch } = service.process;
  world.manager.stop(service);
  world.advance(400);
  world.manager.launched(service.id, "stop", 4711);
  assertEquals(service.process.lastLaunch, lastLaunch);
  world.advance(999);
  assertEquals(world.host.signals, []);
  world.advance(1);
  assertEquals(world.host.signals.map(({ role, signal }) => [role, signal]), [["main", 9], ["stop", 9]]);
});

Deno.test("after a restore, a launch that was never made waits for the hard dependencies that have ended unseen", () => {
  for (
    const [kind, expected] of [[DependencyKind.REGULAR, false], [DependencyKind.WAITS_FOR, true]] as const
  ) {
    const world = new World();
    const base = world.add("base", PROCESS, { restart: "always", restartDelay: 0 });
    const top = world.add("top", PROCESS);
    world.manager.addDependency(top, base, kind);
    world.manager.start(top);
    world.execSucceeded("base");
    assertEquals(launched(world), ["/bin/base", "/bin/top"]);
    world.restore({ survives: () => false });
    assertEquals(launched(world).slice(2).includes("/bin/top"), expected, String(kind));
  }
});

Deno.test("after a restore, a launch that was never made is made if its hard dependency is up", () => {
  const world = new World();
  const base = world.add("base", INTERNAL);
  const top = world.add("top", PROCESS);
  world.manager.addDependency(top, base, DependencyKind.REGULAR);
  world.manager.start(top);
  world.restore({ survives: () => false });
  assertEquals(launched(world), ["/bin/top", "/bin/top"]);
});

Deno.test("after a restore, the recovery of a service that stops is not launched", () => {
  const world = recovering();
  const top = world.add("top", PROCESS);
  const service = world.service("p");
  world.manager.addDependency(top, service, DependencyKind.REGULAR);
  world.manager.start(top);
  world.execSucceeded("top");
  world.manager.stop(service);
  assertEquals([service.state, service.phase.kind], [STOPPING, "waiting-for-dependents"]);
  world.restore({ survives: ({ plan }) => plan.name === "top" });
  assertEquals(launched(world), ["/bin/p", "/bin/p", "/bin/top"]);
});

Deno.test("after a restore, the recovery of a service that only a pin holds is not launched", () => {
  const world = recovering();
  const service = world.service("p");
  world.manager.start(service, { pin: true });
  world.manager.release(service);
  assertEquals([service.state, service.target], [STARTED, STOPPED]);
  world.restore({ survives: () => false });
  assertEquals(world.host.launches.length, 2);
});

Deno.test("a start pin that was removed stays removed after a restore", () => {
  const world = new World();
  const service = world.add("a", INTERNAL);
  world.manager.start(service, { pin: true });
  assertEquals(service.pinStart, true);
  world.manager.unpin(service);
  world.restore();
  assertEquals(world.service("a").pinStart, false);
});

Deno.test("a daemon whose launcher has recovered it is up, without a limit of time", () => {
  const world = new World();
  const service = world.add("p", BGPROCESS, { ...RECOVERS, startTimeout: 5000 });
  world.manager.start(service);
  world.execSucceeded("p");
  world.host.pidFile = { kind: "running", pid: 500, child: true };
  world.ends("p", { exit: 0 });
  assertEquals(service.process.exit, { kind: "exited", code: 0 }); // that of the launcher
  world.ends("p", { exit: 1 });
  world.execSucceeded("p");
  world.host.pidFile = { kind: "running", pid: 501, child: true };
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.phase.kind, service.process.main.pid], [STARTED, "up", 501]);
  assertEquals(world.clock.timers.size, 0);
  assertEquals(world.log.messages, ["error Service p process terminated with exit code 1"]);
});

Deno.test("the status of a daemon that ended before its pid file was read says how it ended", () => {
  const world = new World();
  const service = world.add("p", BGPROCESS);
  world.manager.start(service);
  world.execSucceeded("p");
  world.host.pidFile = { kind: "ended", pid: 9, exit: { kind: "exited", code: 4 } };
  world.ends("p", { exit: 0 });
  assertEquals(service.process.exit, { kind: "exited", code: 4 });
  assertEquals(world.log.messages, []);
});

Deno.test("a recovery that takes too long is logged and given up", () => {
  const world = recovering({ startTimeout: 2000, readyFd: 3 });
  world.log.messages.length = 0;
  world.advance(2000);
  assertEquals(world.log.messages[0], "warn Service p with pid 101 exceeded allowed start time; cancelling.");
});

Deno.test("a daemon that its launcher leaves while dependents stop is asked to end when they have", () => {
  const world = new World();
  const service = world.add("p", BGPROCESS, RECOVERS);
  const top = world.add("top", PROCESS);
  world.manager.addDependency(top, service, DependencyKind.REGULAR);
  world.manager.start(top);
  world.execSucceeded("p");
  world.host.pidFile = { kind: "running", pid: 500, child: true };
  world.ends("p", { exit: 0 });
  world.execSucceeded("top");
  world.ends("p", { exit: 1 });
  world.execSucceeded("p"); // the launcher of the recovery
  world.manager.stop(top);
  assertEquals([service.state, top.state], [STOPPING, STOPPING]);
  world.host.pidFile = { kind: "running", pid: 501, child: true };
  world.ends("p", { exit: 0 });
  const signals = () => world.host.signals.filter(({ id }) => id === service.id).map(({ signal }) => signal);
  assertEquals([service.process.main.pid, signals()], [501, []]);
  world.ends("top", { signal: 15 });
  assertEquals([top.state, signals()], [STOPPED, [15]]);
  world.ends("p", { signal: 15 });
  assertEquals(service.state, STOPPED);
});

Deno.test("the restart delay does not hold up scripted services", () => {
  const world = new World();
  const base = world.add("base", PROCESS, { restart: "always", restartDelay: 0 });
  const script = world.add("script", SCRIPTED, { restart: "always", restartDelay: 60_000 });
  world.manager.addDependency(script, base, DependencyKind.REGULAR);
  world.manager.start(script);
  world.execSucceeded("base");
  world.execSucceeded("script");
  world.ends("script", { exit: 0 });
  world.ends("base", { exit: 1 });
  world.execSucceeded("base");
  assertEquals(launched(world), ["/bin/base", "/bin/script", "/bin/base", "/bin/script"]);
});

Deno.test("a stop command that succeeds is not logged, and nothing is left of the service's processes", () => {
  const world = new World();
  const service = world.add("s", SCRIPTED, { stopCommand: ["/bin/stop"], stopTimeout: 1000 });
  world.manager.start(service);
  world.execSucceeded("s");
  world.ends("s", { exit: 0 });
  world.manager.stop(service);
  world.execSucceeded("s");
  world.ends("s", { exit: 0 });
  assertEquals([service.state, world.log.messages, world.clock.timers.size], [STOPPED, [], 0]);
  assertEquals(world.host.inactive, ["s"]);
});
