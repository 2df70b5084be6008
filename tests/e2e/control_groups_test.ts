/** Control groups that the daemon makes for services (docs/control-groups.md). */

import { assertEquals, assertMatch } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { until } from "../_patience.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { groupOf, ROOT } from "./_groups.ts";
import { internal, process } from "./_hosts.ts";

const CONTROLLERS = ROOT === undefined
  ? []
  : Deno.readTextFileSync(`${ROOT}/cgroup.controllers`).trim().split(" ");

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test({
  ...rootOnly(
    "a service gets a control group with its name, which ends with everything in it (native host)",
    "makes groups in a hierarchy of version 2",
    ROOT !== undefined,
  ),
  fn: async () => {
    await using dinit = new Dinit({
      boot: internal("waits-for = plain", "waits-for = asks"),
      plain: process("exec sleep 1000"),
      asks: process(
        "(env -i setsid sleep 1000 & echo $! >../left); exec sleep 1000",
        "@meta cgroup = auto",
        "kill-mode = all",
      ),
    }).start({ args: ["--host", "native"] });
    await dinit.until(() => /\d\n/.test(dinit.read("left")), "the process that leaves the session");
    const [main, left] = [await dinit.pidOf("asks"), Number(dinit.read("left"))];
    const group = groupOf(main);
    assertMatch(group, /\/dinit-[0-9a-f]{8}\/asks\.service$/);
    assertEquals([groupOf(left), groupOf(await dinit.pidOf("plain"))], [group, groupOf(dinit.pid)]);
    assertEquals((await dinit.upgrade()).code, 0);
    assertEquals((await dinit.ctl("restart", "asks")).code, 0);
    assertEquals([groupOf(await dinit.pidOf("asks")), isRunning(left)], [group, false]);
    assertEquals((await dinit.ctl("stop", "asks")).code, 0);
    await until(() => !exists(group), "the end of the group");
    assertEquals((await dinit.stop()).code, 0);
    assertEquals(exists(group.slice(0, group.lastIndexOf("/"))), false);
  },
});

Deno.test({
  ...rootOnly(
    "with --cgroups=auto every process has a control group, with --cgroups=off none may ask for one (native host)",
    "makes groups in a hierarchy of version 2",
    ROOT !== undefined,
  ),
  fn: async () => {
    await using dinit = new Dinit({
      boot: internal("waits-for = plain", "waits-for = never"),
      plain: process("exec sleep 1000"),
      never: process("exec sleep 1000", "cgroup = none"),
      asks: process("exec sleep 1000", "cgroup = auto"),
    }).start({ args: ["--host", "native", "--cgroups=auto"] });
    await dinit.printed("[  OK  ] boot");
    assertMatch(groupOf(await dinit.pidOf("plain")), /\/dinit-[0-9a-f]{8}\/plain\.service$/);
    assertEquals(groupOf(await dinit.pidOf("never")), groupOf(dinit.pid));
    assertEquals((await dinit.stop()).code, 0);
    dinit.start({ args: ["--host", "native", "--cgroups=off"] });
    await dinit.printed("[  OK  ] boot", 2);
    assertEquals(groupOf(await dinit.pidOf("plain")), groupOf(dinit.pid));
    assertEquals((await dinit.ctl("start", "asks")).code, 1);
    await dinit.until(
      () => dinit.lines.some((line) => line.includes("'cgroup': the daemon was started with --cgroups=off.")),
      "the reason",
    );
  },
});

Deno.test({
  ...rootOnly(
    "a limit that no controller here enforces is a load error with the reason (native host)",
    "a hierarchy of version 2 without the controller for processes",
    ROOT !== undefined && !CONTROLLERS.includes("pids"),
  ),
  fn: async () => {
    await using dinit = new Dinit({ boot: internal(), few: process("exec sleep 1000", "pids-max = 10") })
      .start({ args: ["--host", "native"] });
    await dinit.printed("[  OK  ] boot");
    assertEquals((await dinit.ctl("start", "few")).code, 1);
    const reason = `'pids-max': no pids controller here: ${ROOT}/cgroup.controllers lists `;
    await dinit.until(() => dinit.lines.some((line) => line.includes(reason)), "the reason");
  },
});
