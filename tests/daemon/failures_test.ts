/** Failures on their way from the engine to the console and into the overview. */

import { assertEquals } from "@std/assert";
import { Failures } from "../../src/daemon/failures.ts";
import { StrayErrors } from "../../src/daemon/stray_errors.ts";
import type { DaemonHost } from "../../src/host/mod.ts";
import { ServiceType } from "../../src/model/mod.ts";
import { NO_STATE_STORE } from "../../src/model/saving.ts";
import { soon } from "../_patience.ts";
import { World } from "../engine/_world.ts";
import { KeptLog } from "./_scene.ts";

function watched() {
  const world = new World();
  const log = new KeptLog();
  const stray = new StrayErrors();
  stray.logTo(log);
  // Of a host the reports use the buffered log, which a fake one has.
  const host = world.host as unknown as DaemonHost;
  const failures = new Failures({
    manager: () => world.manager,
    ground: { host, store: NO_STATE_STORE },
    log: log.asDaemonLog,
    stray,
  });
  world.log.forward = failures;
  return { world, log, failures };
}

Deno.test("what a failed service wrote last is shown, and is part of the overview", async () => {
  const { world, log, failures } = watched();
  const web = world.add("web", ServiceType.PROCESS, { logType: "buffer" });
  world.manager.start(web);
  world.execSucceeded("web");
  assertEquals(failures.overview()[0].failure, undefined);
  world.ends("web", { exit: 1 });
  await soon(failures.complete(), "the explanation");
  assertEquals(log.explained, ["    web > ok"]); // the log of the fake host
  assertEquals(failures.overview()[0].failure?.output, ["ok"]);
  assertEquals(log.lines, []);
});

Deno.test("a program that cannot be executed is named", async () => {
  const { world, log, failures } = watched();
  world.manager.start(world.add("web", ServiceType.PROCESS));
  world.execFailed("web");
  await soon(failures.complete(), "the explanation");
  assertEquals(log.explained, ["    web: cannot execute /bin/web"]);
  assertEquals(failures.overview()[0].failure?.program, "/bin/web");
});

Deno.test("the overview has the whole path of a log file, and says nothing of services without trouble", () => {
  const { world, failures } = watched();
  world.add("quiet", ServiceType.INTERNAL);
  world.add("web", ServiceType.PROCESS, { logType: "file", logFile: "web.log" });
  const [quiet, web] = failures.overview().toSorted((a, b) => a.name < b.name ? -1 : 1);
  assertEquals([quiet.logFile, quiet.failure], [undefined, undefined]);
  assertEquals([web.logFile, web.failure], ["/web.log", undefined]);
});

Deno.test("when nothing has failed, there is nothing to wait for", async () => {
  const { failures, log } = watched();
  await failures.complete();
  assertEquals(log.explained, []);
});

Deno.test("a later program knows why a service has failed, and explains what was not explained yet", async () => {
  const before = watched();
  const web = before.world.add("web", ServiceType.PROCESS, { logType: "buffer" });
  before.world.manager.start(web);
  before.world.execSucceeded("web");
  before.world.ends("web", { exit: 1 });
  await soon(before.failures.complete(), "the explanation");
  const saved = before.failures.document(web.id) ?? null;
  for (const document of [saved, { open: ["start-failed"] }]) {
    const { world, log, failures } = watched();
    world.add("web", ServiceType.PROCESS, { logType: "buffer" });
    await failures.restore(new Map([["failure", new Map([[web.id, document], [77, document]])]]));
    await soon(failures.complete(), "the explanation");
    assertEquals(failures.overview()[0].failure?.output, ["ok"]);
    assertEquals(log.explained, document === saved ? [] : ["    web > ok"]);
    if (document === saved) assertEquals(failures.document(web.id), document);
  }
  const { failures, world } = watched();
  world.add("web", ServiceType.PROCESS);
  await failures.restore(new Map([["failure", new Map([[web.id, { report: 7 }]])]]));
  assertEquals(failures.overview()[0].failure, undefined);
});
