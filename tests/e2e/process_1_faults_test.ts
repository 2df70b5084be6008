/** Process 1 of a container causes a fault itself, and survives it: while it boots, and later. */

import { assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { ROOT } from "./_dinit.ts";
import { awaitFile, enter, internal, process, type Services } from "./_hosts.ts";
import { Namespace } from "./_namespace.ts";

const SERVICES: Services = {
  boot: internal("waits-for = web", "waits-for = slow"),
  web: process(`${enter("web")}; exec sleep 1000`, "restart = yes", "depends-on = store"),
  store: process(`${enter("store")}; exec sleep 1000`, "restart = yes"),
  slow: process(
    `${enter("slow")}; ${awaitFile("ill")}; echo >&3; exec sleep 1000`,
    "ready-notification = pipefd:3",
    "start-timeout = 0",
  ),
};

const PROGRAM = [
  Deno.execPath(),
  "run",
  "--v8-flags=--max-old-space-size=100",
  "--allow-all",
  `${ROOT}tests/e2e/_ill_daemon.ts`,
];

for (
  const [ill, said] of Object.entries({
    memory: "dinit had a fault: SIG",
    loop: "dinit had a fault: ",
    pointer: "dinit had a fault: SIGSEGV at address 0x8",
  })
) {
  for (const at of ["boot", "query"]) {
    Deno.test({
      ...rootOnly(
        `process 1 goes on after a fault that it causes itself (${ill}, at ${at})`,
        "needs namespaces",
      ),
      fn: async () => {
        const env = { ILL: ill, ILL_AT: at };
        // The others may be busy for a while, too, before they end.
        const args = ["-o", "--host", "native", ...(ill === "loop" ? ["--hang-limit=1"] : [])];
        await using container = new Namespace(SERVICES, { args, env, program: PROGRAM, console: false });
        if (at === "query") {
          await container.printed("[  OK  ] web");
          const { pid } = container;
          assertEquals((await container.ctl("status")).code, 0);
          assertEquals(container.pid, pid);
        }
        await container.printed(said);
        await container.printed("[  OK  ] boot");
        assertEquals((await container.ctl("is-started", "web")).stdout, "STARTED\n");
        assertEquals(container.read("journal").trim().split("\n").sort(), ["slow", "store", "web"]);
        assertEquals((await container.ctl("shutdown")).code, 0);
        assertEquals(await container.ended(), 0);
      },
    });
  }
}
