/** What signals ask of a daemon: of the owner of a machine, of one of a system, and of a user's own. */

import { assertEquals } from "@std/assert";
import { signalHandlers } from "../../src/daemon/signal_meanings.ts";
import type { SignalHandlers } from "../../src/daemon/signals.ts";
import type { OwnerDuties } from "../../src/daemon/machine_owner.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import { Scene } from "./_scene.ts";

interface Kind {
  readonly manager?: boolean;
  readonly system?: boolean;
  readonly hangUpIgnored?: boolean;
}

/** The handlers of a daemon, and what they have had done. */
function daemon(scene: Scene, { manager = false, system = false, hangUpIgnored = false }: Kind = {}) {
  const done: string[] = [];
  const handlers = signalHandlers({
    options: { manager, system },
    manager: scene.world.manager,
    log: scene.log.asDaemonLog,
    // Signals ask for nothing else of it.
    duties: { quit: () => done.push("quit") } as unknown as OwnerDuties,
    hangUpIgnored,
    look: (byRuntime) => done.push(`look ${byRuntime}`),
    wokenUp: () => done.push("woken up"),
    reopenLog: () => done.push("reopen log"),
    end: () => done.push("end"),
  });
  return { done, handlers, type: () => scene.world.manager.shutdownType };
}

const { NONE, HALT, REBOOT } = ShutdownType;

const OF_OWNER: readonly [handler: "terminate" | "interrupt" | "quit", type: ShutdownType, done: string[]][] =
  [["terminate", HALT, []], ["interrupt", REBOOT, []], ["quit", NONE, ["quit"]]];
for (const [handler, expected, also] of OF_OWNER) {
  Deno.test(`what a signal asks of the owner of a machine: ${handler}`, () => {
    using scene = new Scene();
    const { handlers, done, type } = daemon(scene, { manager: true, system: true });
    handlers[handler]();
    assertEquals([type(), done], [expected, also]);
  });
}

Deno.test("the owner of a machine records signals that mean nothing, and shows none", () => {
  using scene = new Scene();
  const { handlers, type } = daemon(scene, { manager: true });
  handlers.ignored("USR2", 2);
  handlers.stopContainer();
  handlers.hangUp();
  assertEquals(type(), NONE);
  assertEquals(scene.log.lines, [
    "main log: info Signal USR2 ignored (2 times)",
    "main log: info Signal RTMIN+3 ignored",
    "main log: info Signal HUP ignored",
  ]);
});

/** Calls `test` while the clock shows what it says. */
function atTimes(test: (setTime: (milliseconds: number) => void) => void): void {
  const { now } = performance;
  let time = 0;
  performance.now = () => time;
  try {
    test((milliseconds) => time = milliseconds);
  } finally {
    performance.now = now;
  }
}

const ASKING = ["terminate", "interrupt", "quit", "stopContainer"] as const;
for (const handler of ASKING satisfies readonly (keyof SignalHandlers)[]) {
  Deno.test(`another daemon stops, hurries and kills as often as it is asked: ${handler}`, () => {
    using scene = new Scene();
    const { handlers, done, type } = daemon(scene);
    atTimes((setTime) => {
      handlers[handler]();
      setTime(100);
      handlers[handler]();
      assertEquals([type(), scene.log.lines], [HALT, []], "at the same time it is one request");
      setTime(1000);
      handlers[handler]();
      assertEquals([scene.log.lines.length, done], [1, []]);
      setTime(2000);
      handlers[handler]();
      assertEquals([scene.log.lines.length, done], [2, ["end"]]);
      setTime(3000);
      handlers[handler]();
    });
    assertEquals([scene.log.lines, done], [[
      "warn Asked to stop a second time: killing what is slow to stop; a third time kills all.",
      "warn Asked to stop a third time: killing the processes of all services.",
    ], ["end"]]);
  });
}

Deno.test("a closed terminal stops a user's daemon, unless that was started to ignore it", () => {
  using scene = new Scene();
  const ignoring = daemon(scene, { hangUpIgnored: true });
  ignoring.handlers.hangUp();
  assertEquals(ignoring.type(), NONE);
  const { handlers, type, done } = daemon(scene);
  handlers.hangUp();
  assertEquals([type(), done], [HALT, []]);
});

Deno.test("in a system SIGHUP opens the log once more", () => {
  for (const manager of [true, false]) {
    using scene = new Scene();
    const { handlers, type, done } = daemon(scene, { manager, system: true });
    handlers.hangUp();
    assertEquals([type(), done], [NONE, ["reopen log"]]);
  }
});

Deno.test("looks at the socket and at files are passed on by every daemon; other signals are told", () => {
  for (const manager of [true, false]) {
    using scene = new Scene();
    const { handlers, done } = daemon(scene, { manager });
    handlers.look(true);
    handlers.wokenUp();
    assertEquals(done, ["look true", "woken up"]);
  }
  using scene = new Scene();
  daemon(scene).handlers.ignored("USR2", 1);
  assertEquals(scene.log.lines, ["warn Signal USR2 ignored"]);
});
