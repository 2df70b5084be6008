/** What the owner of a machine becomes at its end. A soft reboot runs a program, and is tested end to end. */

import { assertEquals } from "@std/assert";
import { EndOfLife, farewell } from "../../src/daemon/end_of_life.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import { Scene } from "./_scene.ts";

const { NONE, HALT, POWEROFF, REBOOT, SOFTREBOOT, KEXEC } = ShutdownType;
const WORDS: readonly [type: ShutdownType, will: string][] = [
  [NONE, "handle boot failure"],
  [HALT, "halt"],
  [POWEROFF, "power down"],
  [REBOOT, "reboot"],
  [SOFTREBOOT, "soft-reboot"],
  [KEXEC, "kexec"],
];

Deno.test("the daemon says what it will do when no service is active any more", () => {
  for (const [type, will] of WORDS) {
    assertEquals(farewell(type), `No more active services. Will ${will}.`);
  }
});

function endOf(scene: Scene): EndOfLife {
  const { machine, log } = scene;
  const flush = () => Promise.resolve(void machine.calls.push("flush"));
  return new EndOfLife({ machine, log, flush, releaseChildren: () => machine.calls.push("release") });
}

for (const [type, option] of [[HALT, "-h"], [POWEROFF, "-p"], [REBOOT, "-r"], [KEXEC, "-k"]] as const) {
  Deno.test(`at its end the owner of a machine becomes shutdown ${option}, or says why it cannot`, async () => {
    using scene = new Scene();
    await endOf(scene).end(type);
    assertEquals(scene.machine.calls, [
      `execute /usr/sbin/shutdown: /usr/sbin/shutdown --system ${option}`,
      "flush",
    ]);
    assertEquals(scene.log.lines, ["error Error executing /usr/sbin/shutdown: No such file or directory"]);
  });
}

Deno.test("an end at once waits for nothing, and says no kind to the program", () => {
  using scene = new Scene();
  endOf(scene).endAtOnce();
  assertEquals(scene.machine.calls, [
    "execute /usr/sbin/shutdown: /usr/sbin/shutdown --system",
    "sync",
  ]);
});
