/** `--exit-with`: the end of one service is the end of the daemon. */

import { assertEquals } from "@std/assert";
import { exitStatus, ExitWith } from "../../src/daemon/exit_with.ts";
import { ServiceType, ShutdownType } from "../../src/model/mod.ts";
import { World } from "../engine/_world.ts";

/** A world whose service `app` has been started, and what follows it. */
function following(settings: Parameters<World["add"]>[2] = {}) {
  const world = new World();
  const app = world.add("app", ServiceType.PROCESS, settings);
  const exitWith = new ExitWith(world.manager, app);
  world.manager.start(app);
  return { world, exitWith, shutdownType: () => Promise.resolve().then(() => world.manager.shutdownType) };
}

Deno.test("--exit-with: the status of the process is that of the daemon, which then ends", async () => {
  for (const [how, status] of [[{ exit: 0 }, 0], [{ exit: 7 }, 7], [{ signal: 9 }, 137]] as const) {
    const { world, exitWith, shutdownType } = following();
    world.execSucceeded("app");
    assertEquals(await shutdownType(), ShutdownType.NONE);
    world.ends("app", how);
    assertEquals([await shutdownType(), exitWith.status], [ShutdownType.HALT, status]);
  }
});

Deno.test("--exit-with: a service that never came up is a failure", async () => {
  const { world, exitWith, shutdownType } = following();
  world.execFailed("app");
  assertEquals([await shutdownType(), exitWith.status], [ShutdownType.HALT, 1]);
});

Deno.test("--exit-with: a service that is restarted has not ended", async () => {
  const { world, exitWith, shutdownType } = following({ restart: "always", restartDelay: 0 });
  world.execSucceeded("app");
  world.ends("app", { exit: 7 });
  assertEquals([await shutdownType(), exitWith.status], [ShutdownType.NONE, 0]);
  world.advance(1000);
  world.execSucceeded("app");
});

Deno.test("--exit-with: what ends because of a shutdown does not count", async () => {
  const { world, exitWith, shutdownType } = following();
  world.execSucceeded("app");
  world.manager.shutdown(ShutdownType.POWEROFF);
  world.ends("app", { signal: 15 });
  assertEquals([await shutdownType(), exitWith.status], [ShutdownType.POWEROFF, 0]);
});

Deno.test("--exit-with: statuses are those of a shell", () => {
  assertEquals(exitStatus({ code: 1, status: 3 }, false), 3);
  assertEquals(exitStatus({ code: 2, status: 9 }, false), 137);
  assertEquals(exitStatus({ code: -1, status: -1 }, false), 1);
  assertEquals(exitStatus({ code: 3, status: 6 }, false), 134);
  assertEquals(exitStatus({ code: 1, status: 0 }, true), 1);
  assertEquals(exitStatus({ code: 1, status: 4 }, true), 4);
});
