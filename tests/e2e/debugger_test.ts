/** Deno's debugger, where the daemon may not use the C library to keep SIGUSR1 from the runtime. */

import { assert, assertEquals } from "@std/assert";
import { endOf } from "../_processes.ts";
import { rootOnly } from "../_needs.ts";
import { opensDebugger, REFUSAL } from "../../src/daemon/debugger_port.ts";
import { Dinit } from "./_dinit.ts";

const SERVICES = { boot: "type = internal\nwaits-for = a\n", a: "type = process\ncommand = sleep 1000\n" };
const NO_LIBRARY = [
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
];
/** A compiled binary has all permissions and no debugger; older runtimes do not open it. */
const DEBUGGER = !Deno.env.has("DINIT_BINARY") && opensDebugger();

Deno.test({
  ...rootOnly(
    "without the C library the debugger is closed as soon as it opens, and reported",
    "needs a network namespace, and a runtime with a debugger",
    DEBUGGER,
  ),
  fn: async () => {
    await using dinit = new Dinit(SERVICES);
    // In a separate network, because others may use the port here.
    const words = dinit.commandLine(["--log-file", `${dinit.directory}/log`], NO_LIBRARY);
    const script = 'ip link set lo up; exec "$@"';
    const child = new Deno.Command("unshare", {
      args: ["--net", "sh", "-c", script, "sh", ...words],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await dinit.until(() => dinit.read("log").includes("service boot started"), "boot");
      const closed = () => dinit.read("log").split("it is closed again").length - 1;
      const listens = () => / 0100007F:240D .* 0A /.test(Deno.readTextFileSync(`/proc/${child.pid}/net/tcp`));
      for (let round = 1; round <= 5; round++) {
        // Deno begins to listen to the signal half a second after the start.
        const timer = setInterval(() => closed() < round && child.kill("SIGUSR1"), 300);
        await dinit.until(() => closed() >= round, "the debugger").finally(() => clearInterval(timer));
        await dinit.until(() => !listens(), "the end of the debugger");
      }
      assertEquals((await dinit.ctl("is-started", "a")).stdout, "STARTED\n");
    } finally {
      child.kill("SIGTERM");
      await endOf(child, "the daemon");
    }
  },
});

Deno.test({
  ...rootOnly(
    "as root, the daemon of a system does not run if every user could become root",
    "needs a runtime with a debugger",
    DEBUGGER,
  ),
  fn: async () => {
    await using dinit = new Dinit(SERVICES).start({ args: ["--system"], permissions: NO_LIBRARY });
    assertEquals((await dinit.ended()).code, 1);
    assertEquals(dinit.lines, [`dinit: ${REFUSAL}`]);
    assert(!dinit.has("socket"));
  },
});
