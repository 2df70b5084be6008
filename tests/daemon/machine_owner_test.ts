/** The duties of a daemon that owns a machine, with a machine of paper. */

import { assertEquals } from "@std/assert";
import { OwnerDuties } from "../../src/daemon/machine_owner.ts";
import type { Machine } from "../../src/system/machine.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import { soon, until } from "../_patience.ts";
import { Scene } from "./_scene.ts";

function dutiesOf(scene: Scene): OwnerDuties {
  const { machine, log, world } = scene;
  const note = (call: string) => () => Promise.resolve(void machine.calls.push(call));
  // Of a machine the duties use what a machine of paper has.
  return new OwnerDuties(machine as unknown as Machine, {
    manager: world.manager,
    log,
    autoRecovery: false,
    print: (text) => scene.print(text),
    flush: () => Promise.resolve(),
    closeSocket: note("close socket"),
    openSocket: note("open socket"),
    replied: note("replied"),
    releaseChildren: () => {},
  });
}

Deno.test("when all services have stopped for a shutdown, clients have their replies before the end", async () => {
  using scene = new Scene();
  scene.world.manager.shutdown(ShutdownType.POWEROFF);
  void dutiesOf(scene).allStopped(); // process 1 stays when it can become nothing
  await until(() => scene.machine.calls.length === 3, "the end");
  assertEquals(scene.machine.calls, [
    "close socket",
    "replied",
    "execute /usr/sbin/shutdown: /usr/sbin/shutdown --system -p",
  ]);
  assertEquals(scene.log.lines[0], "info No more active services. Will power down.");
});

Deno.test("after a boot failure that is answered with a service, the daemon goes on, and its socket is open", async () => {
  using scene = new Scene({ boot: "type = process\ncommand = /bin/true\n" });
  scene.machine.type("s");
  await soon(dutiesOf(scene).allStopped(), "the answer");
  assertEquals(scene.machine.calls, ["close socket", "replied", "sync", "open socket"]);
  assertEquals(scene.log.lines, ["info No more active services. Will handle boot failure."]);
});

Deno.test("a boot failure where nobody can be asked ends in a halt", async () => {
  using scene = new Scene();
  scene.machine.terminal = false;
  void dutiesOf(scene).allStopped();
  const halt = "execute /usr/sbin/shutdown: /usr/sbin/shutdown --system -h";
  await until(() => scene.machine.calls.includes(halt), "the halt");
  assertEquals(scene.printed.at(-1), "Halting.\n");
});

Deno.test("a machine that is to remain without services is served on", async () => {
  using scene = new Scene();
  scene.world.manager.shutdown(ShutdownType.REMAIN);
  await soon(dutiesOf(scene).allStopped(), "the socket");
  assertEquals(scene.machine.calls, ["close socket", "replied", "open socket"]);
});

Deno.test("a quit ends at once", () => {
  using scene = new Scene();
  dutiesOf(scene).quit();
  assertEquals(scene.machine.calls, [
    "close socket",
    "execute /usr/sbin/shutdown: /usr/sbin/shutdown --system",
    "sync",
  ]);
});
