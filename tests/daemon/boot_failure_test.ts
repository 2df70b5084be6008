/** The question at the console of a machine whose services have all stopped, with its answers. */

import { assertEquals } from "@std/assert";
import { BootFailure } from "../../src/daemon/boot_failure.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import { soon, until } from "../_patience.ts";
import { Scene } from "./_scene.ts";

const QUESTION = "Choose: (r)eboot, r(e)covery, re(s)tart boot sequence, (p)ower off? ";
const FAILURE = "All services have stopped with no shutdown issued; boot failure?\n";
const PROCESS = "type = process\ncommand = /bin/true\n";

/** A boot that has failed. */
function failed(scene: Scene, autoRecovery = false): BootFailure {
  const { machine, log } = scene;
  return new BootFailure({
    machine,
    manager: scene.world.manager,
    log,
    autoRecovery,
    print: (text) => scene.print(text),
  });
}

/** What becomes of a machine at which that is typed. */
async function answered(scene: Scene, keys: string): Promise<{ type: ShutdownType; launched: string[] }> {
  scene.machine.type(keys);
  await soon(failed(scene).handle(), "the decision");
  assertEquals(scene.machine.keys, [], "all keys are used");
  const { manager, host } = scene.world;
  return { type: manager.shutdownType, launched: host.launches.map(({ name }) => name) };
}

const { NONE, HALT, REBOOT, POWEROFF } = ShutdownType;
const ANSWERS: readonly [keys: string, type: ShutdownType, launched: string[]][] = [
  ["r", REBOOT, []],
  ["R", REBOOT, []],
  ["p", POWEROFF, []],
  ["e", NONE, ["recovery"]],
  ["s", NONE, ["boot"]],
  ["x\nS", NONE, ["boot"]],
];
for (const [keys, type, launched] of ANSWERS) {
  Deno.test(`a boot failure is answered with ${JSON.stringify(keys)}`, async () => {
    using scene = new Scene({ recovery: PROCESS, boot: PROCESS });
    assertEquals(await answered(scene, keys), { type, launched });
    assertEquals(scene.printed.slice(0, 2), [FAILURE, QUESTION]);
    assertEquals(scene.printed.filter((text) => text === QUESTION).length, keys.length);
    assertEquals(scene.machine.calls, ["sync"]);
  });
}

Deno.test("a boot failure: the end of input begins the boot sequence again", async () => {
  using scene = new Scene({ boot: PROCESS });
  scene.machine.keys = [undefined];
  await soon(failed(scene).handle(), "the decision");
  assertEquals(scene.world.host.launches.map(({ name }) => name), ["boot"]);
});

Deno.test("a boot failure: a recovery that cannot be started is told, and the question comes again", async () => {
  using scene = new Scene();
  assertEquals((await answered(scene, "er")).type, REBOOT);
  assertEquals(scene.printed, [
    FAILURE,
    QUESTION,
    "\n",
    "Unable to start recovery service.\n",
    QUESTION,
    "\n",
  ]);
});

Deno.test("a boot failure: without a boot service the machine is started again", async () => {
  using scene = new Scene();
  assertEquals((await answered(scene, "s")).type, REBOOT);
  assertEquals(scene.log.lines, ["error Could not start 'boot' service. Will attempt reboot."]);
});

Deno.test("a boot failure: where there is no terminal, nobody is asked, and the machine halts", async () => {
  using scene = new Scene({ boot: PROCESS });
  scene.machine.terminal = false;
  assertEquals((await answered(scene, "")).type, HALT);
  assertEquals(scene.printed, [FAILURE, "Halting.\n"]);
});

Deno.test("a boot failure: a recovery without asking has the console for itself", async () => {
  using scene = new Scene({ recovery: PROCESS });
  await failed(scene, true).handle();
  assertEquals(scene.world.host.launches.map(({ name }) => name), ["recovery"]);
  assertEquals([scene.printed, scene.log.lines], [[], []]);
});

Deno.test("a boot failure: when the recovery without asking cannot be started, somebody is asked", async () => {
  using scene = new Scene();
  scene.machine.type("p");
  await soon(failed(scene, true).handle(), "the decision");
  assertEquals(scene.world.manager.shutdownType, POWEROFF);
  assertEquals(scene.log.lines, ["error Unable to start recovery service: service description not found."]);
});

Deno.test("a boot failure: a shutdown that is ordered meanwhile is the answer", async () => {
  using scene = new Scene({ boot: PROCESS });
  const failure = failed(scene);
  const handled = failure.handle();
  await until(() => scene.printed.includes(QUESTION), "the question");
  scene.world.manager.shutdown(POWEROFF);
  failure.shutdownOrdered();
  await soon(handled, "the decision");
  assertEquals([scene.world.manager.shutdownType, scene.world.host.launches], [POWEROFF, []]);
});
