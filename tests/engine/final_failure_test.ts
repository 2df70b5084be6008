/** When a service has failed for good, and which services that makes due. */

import { assertEquals } from "@std/assert";
import {
  DependencyKind,
  type ServiceDescription,
  ServiceState,
  ServiceType,
  ShutdownType,
} from "../../src/model/mod.ts";
import type { Fact } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

const { PROCESS, SCRIPTED, INTERNAL } = ServiceType;
const TERM = 15;
const KILL = 9;

/** A world with one service, and the final failures in it as `NAME CAUSE`. */
function failing(settings: Partial<ServiceDescription> = {}, type: ServiceType = PROCESS) {
  const world = new World();
  const failures: string[] = [];
  world.log.forward = {
    fact(fact: Fact) {
      if (fact.kind === "failed-for-good") failures.push(`${fact.service} ${fact.cause}`);
    },
  };
  const web = world.add("web", type, { onFailure: ["hook"], ...settings });
  world.manager.start(web);
  return { world, web, failures };
}

Deno.test("a process that ends with an error has failed, if it does not restart", () => {
  const { world, web, failures } = failing();
  world.execSucceeded("web");
  world.ends("web", { exit: 3 });
  assertEquals(failures, ["web terminated"]);
  assertEquals(web.hooks, { cause: "terminated", exit: { kind: "exited", code: 3 }, due: ["hook"] });
  assertEquals(world.manager.overview()[0].cause, "terminated");
  world.checkSaved();
});

Deno.test("a success, an orderly signal, a stop and a shutdown are no failures", () => {
  for (const how of [{ exit: 0 }, { signal: TERM }] as const) {
    const { world, web, failures } = failing();
    world.execSucceeded("web");
    world.ends("web", how);
    assertEquals([failures, web.hooks], [[], undefined]);
  }
  for (const stop of ["stop", "shutdown"] as const) {
    const { world, web, failures } = failing();
    world.execSucceeded("web");
    if (stop === "stop") world.manager.stop(web);
    else world.manager.shutdown(ShutdownType.HALT);
    world.ends("web", { signal: KILL });
    assertEquals([failures, web.hooks, web.state], [[], undefined, ServiceState.STOPPED]);
  }
});

Deno.test("a restart is no failure, a reached restart limit is one, and a new start forgets it", () => {
  const { world, web, failures } = failing({ restart: "always", restartDelay: 0, restartLimitCount: 1 });
  world.execSucceeded("web");
  world.ends("web", { exit: 0 });
  assertEquals(failures, []);
  world.execSucceeded("web");
  world.ends("web", { exit: 0 });
  assertEquals([failures, web.gaveUp], [["web restart-limit"], "restart-limit"]);
  world.manager.start(web);
  assertEquals(web.gaveUp, undefined);
});

Deno.test("failed starts say why", () => {
  const missing = failing();
  missing.world.execFailed("web");
  assertEquals(missing.failures, ["web exec-failed"]);
  const script = failing({}, SCRIPTED);
  script.world.execSucceeded("web");
  script.world.ends("web", { exit: 4 });
  assertEquals(script.failures, ["web start-failed"]);
  const slow = failing({ startTimeout: 1000 }, SCRIPTED);
  slow.world.execSucceeded("web");
  slow.world.advance(1000);
  slow.world.ends("web", { signal: 2 });
  assertEquals(slow.failures, ["web timed-out"]);
});

Deno.test("a recovery that is given up is a failure", () => {
  const { world, failures } = failing({ restart: "always", smoothRecovery: true, restartDelay: 0 });
  world.execSucceeded("web");
  world.ends("web", { exit: 1 });
  world.execFailed("web");
  assertEquals(failures, ["web recovery-failed"]);
});

Deno.test("a service that a failed one takes down has failed, and one that a command takes down has not", () => {
  for (
    const [commanded, expected] of [[false, ["top dependency-failed", "web terminated"]], [true, []]] as const
  ) {
    const { world, web, failures } = failing();
    const top = world.add("top", INTERNAL);
    world.execSucceeded("web");
    world.manager.addDependency(top, web, DependencyKind.REGULAR);
    world.manager.start(top);
    if (commanded) world.manager.stop(web);
    world.ends("web", { exit: 1 });
    assertEquals([failures, top.state], [[...expected], ServiceState.STOPPED]);
  }
});

Deno.test("a service with parameters gives them to its process, and makes nothing due when it fails", () => {
  const world = new World();
  const hook = world.add("hook", PROCESS, { onFailure: ["hook2"], restart: "on-failure", restartDelay: 0 });
  const parameters = { variables: { DINIT_REASON: "terminated" }, input: "last\n" };
  world.manager.start(hook, { parameters });
  for (const launch of [1, 2]) {
    assertEquals(world.host.launches.length, launch);
    const { environment, input } = world.host.launches[launch - 1];
    assertEquals([environment.get("DINIT_REASON"), input], ["terminated", "last\n"]);
    world.execSucceeded("hook");
    world.checkSaved();
    if (launch === 1) world.ends("hook", { exit: 1 }); // its restart gets the same
  }
  world.manager.stop(hook);
  world.ends("hook", { exit: 1 });
  assertEquals([hook.hooks, hook.parameters], [undefined, undefined]);
  world.manager.start(hook);
  assertEquals(world.host.launches[2].input, undefined);
});

Deno.test("what is due is saved, and done one by one", () => {
  const { world } = failing({ onFailure: ["one", "two"] });
  world.execSucceeded("web");
  world.ends("web", { exit: 3 });
  world.restore();
  const web = world.service("web");
  assertEquals(web.hooks?.due, ["one", "two"]);
  world.manager.hookDone(web, "one");
  assertEquals(web.hooks?.due, ["two"]);
  world.checkSaved();
  world.manager.hookDone(web);
  assertEquals(web.hooks, undefined);
  world.checkSaved();
});
