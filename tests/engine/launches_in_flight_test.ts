/** A launch that takes a while: the host returns no process id, and reports it later. */

import { assertEquals } from "@std/assert";
import { LaunchStage, ServiceState, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { STARTING, STARTED, STOPPING, STOPPED } = ServiceState;
const { PROCESS, SCRIPTED } = ServiceType;
const INT = 2;
const KILL = 9;
const TERM = 15;
const EMFILE = 24;
const PID = 4711;

/** A world whose host launches everything later. */
function slowWorld(): World {
  const world = new World();
  const launch = world.host.launch.bind(world.host);
  world.host.launch = (plan) => ({ ...launch(plan), pid: undefined });
  return world;
}

function signalsTo(world: World, id: number): number[] {
  return world.host.process(id, "main")?.signals ?? [];
}

Deno.test("a service gets the id of its process when the process exists", () => {
  const world = slowWorld();
  const service = world.add("s", PROCESS);
  world.manager.start(service);
  assertEquals([service.state, service.process.main.pid], [STARTING, undefined]);
  world.manager.launched(service.id, "main", PID);
  assertEquals([service.state, service.process.main.pid], [STARTING, PID]);
  world.execSucceeded("s");
  assertEquals([service.state, service.process.main.pid], [STARTED, PID]);
});

Deno.test("the limit of a start begins when the process exists", () => {
  const world = slowWorld();
  const service = world.add("s", SCRIPTED, { startTimeout: 1000 });
  world.manager.start(service);
  world.advance(900);
  world.manager.launched(service.id, "main", PID);
  world.advance(999);
  assertEquals([service.state, signalsTo(world, service.id)], [STARTING, []]);
  world.advance(1);
  assertEquals(signalsTo(world, service.id), [INT]);
});

Deno.test("no limit of time ends while the process does not exist", () => {
  const world = slowWorld();
  const service = world.add("s", SCRIPTED, {
    startTimeout: 1000,
    stopCommand: ["/bin/stop"],
    stopTimeout: 500,
  });
  world.manager.start(service);
  world.advance(10_000);
  assertEquals([service.state, signalsTo(world, service.id)], [STARTING, []]);
  world.manager.launched(service.id, "main", PID);
  world.execSucceeded("s");
  world.ends("s", { exit: 0 });
  world.manager.stop(service); // the stop command is being made
  world.advance(10_000);
  assertEquals([service.state, signalsTo(world, service.id)], [STOPPING, []]);
  world.manager.launched(service.id, "main", PID);
  world.advance(500);
  assertEquals(signalsTo(world, service.id), [KILL]);
});

Deno.test("a stop, and a signal by command, reach a process that does not exist yet", () => {
  const world = slowWorld();
  const service = world.add("s", SCRIPTED, {
    flags: { ...world.add("other", SCRIPTED).description.flags, startInterruptible: true },
  });
  world.manager.start(service);
  assertEquals(world.manager.signal(service, TERM), "sent");
  world.manager.stop(service);
  assertEquals([service.state, signalsTo(world, service.id)], [STOPPING, [TERM, INT]]);
  world.manager.launched(service.id, "main", PID);
  world.execSucceeded("s");
  world.ends("s", { signal: INT });
  assertEquals(service.state, STOPPED);
});

Deno.test("a launch that is refused later fails the start, with the words of the refusal", () => {
  const world = slowWorld();
  const service = world.add("s", PROCESS);
  world.manager.start(service);
  world.host.forget(service.id, "main");
  const refusal = { stage: LaunchStage.STANDARD_FDS, errno: EMFILE, error: "can't create output pipe" };
  world.manager.execFailed(service.id, "main", refusal.stage, refusal.errno, refusal);
  assertEquals(service.state, STOPPED);
  const { launchStage, launchErrno, launchText } = service.process;
  assertEquals([launchStage, launchErrno, launchText], [refusal.stage, refusal.errno, refusal.error]);
});
