/** Mistakes of our own do not end process 1. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { ROOT } from "./_dinit.ts";
import { Namespace } from "./_namespace.ts";

const SERVICES = {
  boot: "type = internal\nwaits-for = ends\nwaits-for = slow\nwaits-for = tells\nwaits-for = runs\n",
  ends: "type = scripted\ncommand = true\nstart-timeout = 1\n",
  slow: "type = scripted\ncommand = sleep 2\nstart-timeout = 1\n",
  tells: 'type = process\ncommand = sh -c "echo >&3; exec sleep 1000"\nready-notification = pipefd:3\n',
  runs: "type = process\ncommand = sleep 1000\n",
};

/** The faults of the program, in the order in which the test brings them about. */
const BY_THEMSELVES = ["timer", "microtask", "promise", "event", "exited", "ready", "timerExpired"];

Deno.test({
  ...rootOnly(
    "an uncaught error is logged with its stack, and process 1 continues",
    "needs namespaces",
  ),
  fn: async () => {
    const program = [Deno.execPath(), "run", "--allow-all", `${ROOT}tests/e2e/_faulty_daemon.ts`];
    await using machine = new Namespace(SERVICES, { program });
    for (const fault of BY_THEMSELVES) await machine.printed(`injected: ${fault} `);
    await machine.ctl("status");
    await machine.printed("injected: overview ");
    assertEquals((await machine.ctl("is-started", "runs")).stdout, "STARTED\n");
    machine.kill("SIGTERM");
    await machine.printed("injected: shutdown ");
    assertEquals((await machine.ctl("is-started", "runs")).stdout, "STARTED\n");
    const told = machine.lines.filter((line) => line.includes("injected: "));
    assertEquals(told.length, BY_THEMSELVES.length + 2);
    for (const line of told) {
      assert(/^dinit: internal error.*: Error: injected: \w+ [ |]*at /i.test(line), line);
    }
    machine.kill("SIGTERM");
    await machine.printed("[STOPPD] runs");
  },
});
