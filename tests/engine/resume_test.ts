/** What a restored engine does about processes that its host has not taken over, and about time that has passed. */

import { assertEquals, assertThrows } from "@std/assert";
import {
  DependencyKind,
  NO_FLAGS,
  ServiceState,
  ServiceType,
  StopReason,
  UNKNOWN_EXIT,
} from "../../src/model/mod.ts";
import { linesOf } from "./_store.ts";
import { World } from "./_world.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;
const { BGPROCESS, INTERNAL, PROCESS, SCRIPTED } = ServiceType;
const LOST = { survives: () => false };

/** A world with a started service. */
function started(type: ServiceType, settings: Parameters<World["add"]>[2] = {}): World {
  const world = new World();
  const service = world.add("a", type, settings);
  world.manager.start(service);
  world.execSucceeded("a");
  return world;
}

function launched(world: World): string[] {
  return world.host.launches.map(({ argv }) => argv[0]);
}

Deno.test("a process that the host has taken over goes on, and its end is handled", () => {
  const world = started(PROCESS);
  const { pid } = world.service("a").process.main;
  world.restore();
  assertEquals([world.service("a").state, world.service("a").process.main.pid], [STARTED, pid]);
  assertEquals(world.manager.signal(world.service("a"), 15), "sent");
  world.manager.stop(world.service("a"));
  world.ends("a", { signal: 15 });
  assertEquals(world.service("a").state, STOPPED);
});

Deno.test("a launch that was committed and never made is made, once", () => {
  const world = new World();
  world.manager.start(world.add("a", PROCESS, { startTimeout: 5000 }));
  world.restore({ ...LOST, later: 1000 });
  assertEquals(launched(world), ["/bin/a", "/bin/a"]);
  assertEquals(world.clock.expiries(1), [world.clock.time + 5000]);
  world.execSucceeded("a");
  assertEquals([world.service("a").state, world.service("a").restarts], [STARTED, 0]);
  world.restore();
  assertEquals(world.host.launches.length, 2);
});

Deno.test("a launch that the host has begun is not made again, and the engine learns its process id", () => {
  const world = new World();
  world.manager.start(world.add("a", PROCESS));
  const documents = world.store;
  world.service("a").process.main.pid = undefined; // the host makes processes after the step
  documents.step(() => world.manager.graph.changes.service(world.service("a")));
  world.restore();
  assertEquals([world.host.launches.length, world.service("a").process.main.pid], [1, 100]);
});

Deno.test("a launch of a recovery that was never made is made again", () => {
  const world = started(PROCESS, { smoothRecovery: true, restartDelay: 0 });
  world.ends("a", { exit: 1 });
  assertEquals([world.service("a").phase.kind, world.host.launches.length], ["recovering", 2]);
  world.restore(LOST);
  assertEquals([world.service("a").phase.kind, world.host.launches.length], ["recovering", 3]);
  world.execSucceeded("a");
  assertEquals([world.service("a").phase.kind, world.service("a").restarts], ["up", 1]);
});

Deno.test("a launch that was never made and is refused now is a failed start", () => {
  const world = new World();
  world.manager.start(world.add("a", PROCESS));
  world.host.launchErrors.push({ stage: 18, errno: 11, error: "no room" });
  world.restore(LOST);
  const { state, reason, startFailed } = world.service("a");
  assertEquals([state, reason, startFailed], [STOPPED, StopReason.EXECFAILED, true]);
});

Deno.test("a start that is interrupted and whose process was never made is over", () => {
  const world = new World();
  world.manager.start(world.add("a", PROCESS, { flags: { ...NO_FLAGS, startInterruptible: true } }));
  world.manager.stop(world.service("a"));
  assertEquals(world.service("a").phase.kind, "interrupting");
  world.restore(LOST);
  assertEquals([world.service("a").state, world.host.launches.length], [STOPPED, 1]);
});

Deno.test("a stop command that was never run is run, and a stop with neither process is over", () => {
  const world = started(PROCESS, { stopCommand: ["/bin/stop"] });
  world.manager.stop(world.service("a"));
  world.restore({ survives: ({ plan }) => plan.role === "main" });
  assertEquals(launched(world), ["/bin/a", "/bin/stop", "/bin/stop"]);
  world.restore(LOST);
  assertEquals([world.service("a").state, world.host.launches.length], [STOPPED, 3]);
});

Deno.test("the stop command of a scripted service that was never run is run", () => {
  const world = started(SCRIPTED, { stopCommand: ["/bin/stop"] });
  world.ends("a", { exit: 0 });
  world.manager.stop(world.service("a"));
  world.restore(LOST);
  assertEquals([world.service("a").phase.kind, launched(world)], [
    "running-stop-command",
    ["/bin/a", "/bin/stop", "/bin/stop"],
  ]);
});

Deno.test("a process that has ended unseen restarts as its policy says, as a failure", () => {
  for (const restart of ["always", "on-failure"] as const) {
    const world = started(PROCESS, { restart, restartDelay: 0 });
    world.restore({ ...LOST, later: 5000 });
    const { state, process, restarts, explicit } = world.service("a");
    assertEquals([state, process.exit, restarts, explicit], [STARTING, UNKNOWN_EXIT, 1, true], restart);
    assertEquals(world.log.messages, ["error Service a process terminated with unknown exit status"]);
    assertEquals(world.manager.status(world.service("a")).exit, { code: -1, status: -1 });
  }
});

Deno.test("an explicit service that does not restart by itself is started again if its process ended unseen", () => {
  const world = started(PROCESS, { restart: "never" });
  world.restore(LOST);
  const { state, explicit } = world.service("a");
  assertEquals([state, explicit, world.host.launches.length], [STARTING, true, 2]);
});

Deno.test("during a shutdown nothing is started again", () => {
  const world = started(PROCESS, { restart: "always" });
  world.manager.shutdown(3);
  world.restore(LOST);
  assertEquals([world.service("a").state, world.host.launches.length, world.inactive > 0], [
    STOPPED,
    1,
    true,
  ]);
});

Deno.test("a service that nobody wants for itself stops with its dependent if its process ended unseen", () => {
  const world = new World();
  const base = world.add("base", PROCESS);
  const top = world.add("top", INTERNAL);
  const soft = world.add("soft", INTERNAL);
  world.manager.addDependency(top, base, DependencyKind.REGULAR);
  world.manager.addDependency(soft, base, DependencyKind.WAITS_FOR);
  world.manager.start(soft);
  world.manager.start(top);
  world.execSucceeded("base");
  world.manager.release(top);
  world.manager.start(top);
  world.restore(LOST);
  const states = ["base", "top", "soft"].map((name) => world.service(name).state);
  assertEquals(states, [STOPPED, STOPPED, STARTED]);
});

Deno.test("a process that was asked to stop and has ended unseen has stopped", () => {
  const world = started(PROCESS, { restart: "always" });
  world.manager.stop(world.service("a"));
  assertEquals(world.service("a").state, STOPPING);
  world.restore(LOST);
  assertEquals([world.service("a").state, world.clock.timers.size], [STOPPED, 0]);
});

Deno.test("two lost processes are both known to be lost before anything is done about one", () => {
  const world = new World();
  const base = world.add("base", PROCESS);
  const top = world.add("top", PROCESS, { restart: "always", restartDelay: 0 });
  world.manager.addDependency(top, base, DependencyKind.REGULAR);
  world.manager.start(base);
  world.execSucceeded("base");
  world.manager.start(top);
  world.execSucceeded("top");
  world.restore(LOST); // the host would refuse to signal a process that is gone
  assertEquals(world.host.signals, []);
  world.execSucceeded("base");
  world.execSucceeded("top");
  assertEquals([world.service("base").state, world.service("top").state], [STARTED, STARTED]);
  assertEquals(world.host.launches.length, 4);
});

Deno.test("the launcher of a background service that ended unseen may have left its daemon", () => {
  const world = started(BGPROCESS);
  world.host.pidFile = { kind: "running", pid: 500, child: false };
  world.restore(LOST);
  assertEquals([world.service("a").state, world.service("a").process.main.pid], [STARTED, 500]);
  assertEquals(world.host.launches.length, 1);
});

Deno.test("timers are set again, and those that have expired meanwhile fire at once, in their order", () => {
  const world = new World();
  for (const [name, startTimeout] of [["slow", 3000], ["slower", 9000], ["fast", 1000]] as const) {
    world.manager.start(world.add(name, PROCESS, { startTimeout, readyFd: 3 }));
    world.execSucceeded(name);
  }
  world.restore({ later: 5000 });
  assertEquals(world.host.signals.map(({ id, signal }) => [id, signal]), [[3, 2], [1, 2]]);
  assertEquals(world.clock.expiries(2), [world.clock.time + 4000]);
});

Deno.test("an unchanged state needs no timer, and a process that ended unseen does not time out", () => {
  const world = new World();
  world.manager.start(world.add("a", PROCESS, { startTimeout: 1000, readyFd: 3 }));
  world.execSucceeded("a");
  world.manager.release(world.service("a"));
  world.restore({ ...LOST, later: 5000 });
  const { state, reason } = world.service("a");
  assertEquals([state, reason, world.clock.timers.size], [STOPPED, StopReason.FAILED, 0]);
});

Deno.test("the console is asked again to yield, for the service that waits for it or has it", () => {
  const world = new World();
  world.console.yieldsAtOnce = false;
  const flags = { ...NO_FLAGS, startsOnConsole: true, runsOnConsole: true };
  world.manager.start(world.add("a", PROCESS, { flags }));
  world.manager.start(world.add("b", PROCESS, { flags }));
  world.restore();
  world.yieldConsole();
  assertEquals([world.service("a").haveConsole, world.service("b").haveConsole], [true, false]);
  world.restore();
  world.yieldConsole();
  assertEquals([world.service("a").haveConsole, world.service("b").haveConsole], [true, false]);
  assertEquals(world.console.calls, ["request", "request", "request"]);
});

Deno.test("the end of all processes is requested again", () => {
  const world = new World();
  world.manager.start(world.add("a", INTERNAL, { flags: { ...NO_FLAGS, killAllOnStop: true } }));
  world.manager.stop(world.service("a"));
  world.restore();
  assertEquals(world.host.killedAll, [1]);
  world.allKilled();
  assertEquals(world.service("a").state, STOPPED);
});

Deno.test("every command and every event is one step", () => {
  const world = new World();
  const service = world.add("a", PROCESS);
  const steps: [string, () => unknown][] = [
    ["start", () => world.manager.start(service, { pin: true })],
    ["executed", () => world.execSucceeded("a")],
    ["unpin", () => world.manager.unpin(service)],
    ["setenv", () => world.manager.setEnvironment("A", "1")],
    ["stop", () => world.manager.stop(service)],
    ["end", () => world.ends("a", { signal: 15 })],
    ["unload", () => world.manager.unload(service)],
  ];
  world.store.outside.length = 0;
  for (const [what, act] of steps) {
    const before = world.store.commits;
    act();
    assertEquals([world.store.commits - before, world.store.outside], [1, []], what);
  }
  world.checkSaved();
});

Deno.test("what a pin holds back is saved, also if another service causes it", () => {
  const world = new World();
  const base = world.add("base", INTERNAL);
  const top = world.add("top", INTERNAL);
  world.manager.graph.connect(top, base, DependencyKind.PREPARED_BY);
  world.manager.start(top);
  world.manager.start(base, { pin: true });
  world.manager.restart(top);
  assertEquals([base.force, base.state], [true, STARTED]);
  world.checkSaved();
});

Deno.test("an error inside a step breaks the engine, and nothing of the step is saved", () => {
  const world = new World();
  const service = world.add("a", INTERNAL);
  const before = world.store.lines();
  const bug = new Error("a bug");
  world.log.forward = {
    fact: () => {
      throw bug;
    },
  };
  for (let round = 0; round < 2; round++) assertThrows(() => world.manager.start(service), Error, "a bug");
  assertEquals([world.bugs, world.store.lines()], [[bug], before]);
  world.log.forward = undefined;
  world.manager.start(service);
  assertEquals(world.store.lines(), before);
  assertEquals(linesOf(world.store.parts()), before);
});

Deno.test("a load that is refused breaks nothing", () => {
  const world = new World();
  world.add("a", PROCESS);
  assertThrows(() => world.manager.load("nothing"), Error);
  world.manager.setEnvironment("A", "1");
  world.checkSaved();
  assertEquals(world.bugs, []);
});
