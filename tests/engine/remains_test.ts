/** What an ended main process has left (`kill-mode`): when it is ended, and what waits for that. */

import { assertEquals } from "@std/assert";
import {
  DependencyKind,
  type ServiceDescription,
  ServiceState,
  ServiceType,
  Signal,
} from "../../src/model/mod.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;
const { TERM, KILL } = Signal;

/** A world with one service that is up. */
function running(settings: Partial<ServiceDescription> = {}): { world: World; web: ServiceRecord } {
  const world = new World();
  const web = world.add("web", ServiceType.PROCESS, { killMode: "group", ...settings });
  world.manager.start(web);
  world.execSucceeded("web");
  return { world, web };
}

/** The last signal to what the service has left. */
function asked({ host }: World, { id }: ServiceRecord): number | undefined {
  return host.remains.get(id);
}

Deno.test("a service is stopped when all that its main process has left has ended", () => {
  const { world, web } = running();
  world.manager.stop(web);
  world.ends("web", { signal: TERM });
  assertEquals([web.state, asked(world, web)], [STOPPING, TERM]);
  assertEquals(world.manager.overview()[0].waitingFor, ["remaining-processes"]);
  world.manager.remains(web.id, [7, 8]);
  assertEquals(world.log.messages, [
    "warn Service web: ending processes 7, 8, which its main process has left.",
  ]);
  world.checkSaved();
  world.remainsEnded();
  assertEquals([web.state, world.manager.overview()[0].waitingFor], [STOPPED, []]);
  assertEquals([...world.clock.timers], []);
});

Deno.test("what a stop leaves is killed when the stop has taken stop-timeout", () => {
  const { world, web } = running({ stopTimeout: 10_000 });
  world.manager.stop(web);
  world.advance(6000);
  world.ends("web", { signal: TERM });
  world.advance(3999);
  assertEquals(asked(world, web), TERM);
  world.advance(1);
  assertEquals([web.state, asked(world, web)], [STOPPING, KILL]);
  world.remainsEnded();
  assertEquals(web.state, STOPPED);
});

Deno.test("a main process that ends first makes the service and its dependents stop at once", () => {
  const { world, web } = running({ stopTimeout: 10_000 });
  const page = world.add("page", ServiceType.PROCESS);
  world.manager.addDependency(page, web, DependencyKind.REGULAR);
  world.manager.start(page);
  world.execSucceeded("page");
  world.ends("web", { exit: 1 });
  assertEquals([web.state, page.state, asked(world, web)], [STOPPING, STOPPING, TERM]);
  world.ends("page", { signal: TERM });
  assertEquals([web.state, page.state], [STOPPING, STOPPED]);
  world.advance(10_000);
  assertEquals(asked(world, web), KILL);
  world.remainsEnded();
  assertEquals(web.state, STOPPED);
  assertEquals(
    world.log.messages.filter((line) => line.includes("exit code")),
    ["error Service web process terminated with exit code 1"],
  );
});

Deno.test("a restart waits until nothing is left", () => {
  const { world, web } = running({ restart: "always", restartDelay: 0 });
  world.ends("web", { exit: 1 });
  world.advance(5000);
  assertEquals([web.state, world.host.launches.length], [STOPPING, 1]);
  world.remainsEnded();
  assertEquals([web.state, world.host.launches.length, web.restarts], [STARTING, 2, 1]);
  world.execSucceeded("web");
  assertEquals([web.state, web.process.remains], [STARTED, undefined]);
});

Deno.test("a recovery waits until nothing is left, and the service stays up", () => {
  const { world, web } = running({ restart: "always", smoothRecovery: true, restartDelay: 0 });
  world.ends("web", { exit: 1 });
  assertEquals([web.state, world.host.launches.length], [STARTED, 1]);
  world.advance(10_000);
  assertEquals([web.state, asked(world, web)], [STARTED, KILL]);
  world.remainsEnded();
  assertEquals([web.state, world.host.launches.length], [STARTED, 2]);
});

Deno.test("a failed start waits until nothing is left", () => {
  const world = new World();
  const web = world.add("web", ServiceType.PROCESS, { killMode: "all", readyFd: 3 });
  world.manager.start(web);
  world.execSucceeded("web");
  world.ends("web", { exit: 1 });
  world.manager.ready(web.id); // from a child
  assertEquals([web.state, asked(world, web)], [STARTING, TERM]);
  world.remainsEnded();
  assertEquals([web.state, web.startFailed], [STOPPED, true]);
});

Deno.test("the launcher of a background service leaves its daemon, and a failed launcher does not", () => {
  const world = new World();
  const web = world.add("web", ServiceType.BGPROCESS, { killMode: "all", pidFile: "/pid" });
  world.host.pidFile = { kind: "running", pid: 500, child: true };
  world.manager.start(web);
  world.execSucceeded("web");
  world.ends("web", { exit: 0 });
  assertEquals([web.state, asked(world, web)], [STARTED, undefined]);
  world.ends("web", { exit: 0 });
  assertEquals([web.state, asked(world, web)], [STOPPING, TERM]);
  world.remainsEnded();
  assertEquals(web.state, STOPPED);
  world.manager.start(web);
  world.execSucceeded("web");
  world.ends("web", { exit: 1 });
  assertEquals(asked(world, web), TERM);
  world.remainsEnded();
  assertEquals([web.state, web.startFailed], [STOPPED, true]);
});

Deno.test("a process that ignores its stop is killed with all that it has started", () => {
  const { world, web } = running({ killMode: "all", stopTimeout: 10_000 });
  world.manager.stop(web);
  world.advance(10_000);
  assertEquals([asked(world, web), world.host.process(web.id, "main")?.signals], [KILL, [TERM, KILL]]);
  world.remainsEnded(); // reported before the end of the process
  assertEquals(web.state, STOPPING);
  world.ends("web", { signal: KILL });
  world.remainsEnded();
  assertEquals(web.state, STOPPED);
});

Deno.test("another program of the daemon goes on with what is left, and with the signal", () => {
  const { world, web: { id } } = running({ stopTimeout: 10_000 });
  world.ends("web", { exit: 1 });
  world.restore({ later: 4000 });
  assertEquals([world.host.remains.get(id), world.service("web").state], [TERM, STOPPING]);
  world.advance(6000);
  assertEquals(world.host.remains.get(id), KILL);
  world.restore();
  assertEquals(world.host.remains.get(id), KILL);
  world.remainsEnded();
  assertEquals(world.service("web").state, STOPPED);
});

Deno.test("what a process has left that ended unseen is ended before the service restarts", () => {
  const { world } = running({ restart: "always", restartDelay: 0 });
  world.restore({ survives: () => false });
  assertEquals([world.service("web").state, world.host.launches.length], [STOPPING, 1]);
  world.remainsEnded();
  assertEquals([world.service("web").state, world.host.launches.length], [STARTING, 2]);
});

Deno.test("in a hurry, what is left is killed", () => {
  const { world, web } = running({ stopTimeout: 0 });
  world.manager.stop(web);
  world.ends("web", { signal: TERM });
  world.manager.hasten("hurry");
  assertEquals(asked(world, web), KILL);
  world.remainsEnded();
  assertEquals(web.state, STOPPED);
});

Deno.test("kill-mode = process leaves alone what the main process has left", () => {
  const { world, web } = running({ killMode: "process" });
  world.ends("web", { exit: 0 });
  assertEquals([web.state, asked(world, web)], [STOPPED, undefined]);
});
