/** Commands succeed, and services run once, while the daemon is upgraded or has a fault at every fifth packet. */

import { assert, assertEquals } from "@std/assert";
import { Dinit } from "./_dinit.ts";
import { enter, internal, process, scripted } from "./_hosts.ts";
import type { Injected } from "./_injection.ts";

const SERVICES = {
  boot: internal(),
  web: process(`${enter("web")}; exec sleep 1000`, "depends-on = store"),
  store: process(`${enter("store")}; exec sleep 1000`),
  once: scripted(enter("once")),
  fails: scripted("exit 3"),
};

for (const inject of ["upgrade", "fault"] satisfies Injected[]) {
  Deno.test(`commands do not notice ${inject === "upgrade" ? "an upgrade" : "a fault"} at every fifth packet`, async () => {
    await using dinit = new Dinit(SERVICES, { inject });
    dinit.start({ args: ["--host", "native"] });
    await dinit.printed("[  OK  ] boot");
    assertEquals(await dinit.ctl("start", "web", "once"), {
      code: 0,
      stdout: "Service 'web' started.\nService 'once' started.\n",
      stderr: "",
    });
    assertEquals((await dinit.ctl("start", "fails")).code, 1);
    assertEquals((await dinit.ctl("restart", "web")).code, 0);
    assertEquals((await dinit.ctl("is-started", "web")).stdout, "STARTED\n");
    assertEquals(dinit.read("journal").trim().split("\n").sort(), ["once", "store", "web", "web"]);
    assertEquals((await dinit.ctl("stop", "web")).code, 0);
    assert(dinit.injections > 0);
    assertEquals((await dinit.stop()).code, 0);
  });
}
