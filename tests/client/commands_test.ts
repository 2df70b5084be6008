/** Commands of the library resolve when it is so, and reject with the facts. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  CancelledError,
  connect,
  ControlError,
  LoadFailedError,
  NotLoadedError,
  RefusedError,
  StartFailedError,
} from "../../src/client/library.ts";
import { LoadError, ServiceEvent, StopReason } from "../../src/model/mod.ts";
import { withServer } from "../control/_server.ts";
import { type FakeManager, scene, soon, STARTED, started, stopped, until } from "./_library.ts";

/** The manager has been given a command. */
async function given(manager: FakeManager, command: string): Promise<void> {
  await until(() => manager.calls.some((call) => call.startsWith(command)), command);
}

async function failureOf<T extends Error>(
  promise: Promise<unknown>,
  // deno-lint-ignore no-explicit-any -- any class of errors
  type: new (...args: any[]) => T,
): Promise<T> {
  return await assertRejects(() => soon(promise, "an error"), type);
}

scene("a start resolves when the service has started, and not before", async ({ library, manager }) => {
  manager.add("web");
  let over = false;
  const start = library.service("web").start({ pin: true }).finally(() => over = true);
  await given(manager, 'start web {"pin":true}');
  manager.emit("web", ServiceEvent.STOPPED, { state: 1, target: 2 });
  await library.services();
  assertEquals(over, false);
  started(manager, "web");
  assertEquals((await soon(start, "the start")).state, "started");
});

scene("a service that is there already resolves at once", async ({ library, manager }) => {
  manager.script.start = () => "already";
  manager.add("web", { ...STARTED, pid: 7 });
  const info = await soon(library.service("web").start(), "the start");
  assertEquals([info.name, info.state, info.pid, info.explicit], ["web", "started", 7, true]);
});

scene("without waiting the daemon's consent is enough", async ({ library, manager }) => {
  manager.add("web");
  assertEquals((await soon(library.service("web").start({ wait: false }), "the start")).state, "stopped");
});

scene("a start that fails rejects with what is known of the failure", async ({ library, manager }) => {
  manager.add("web");
  const start = library.service("web").start();
  await given(manager, "start web");
  const facts = { reason: StopReason.EXECFAILED, launchStage: 18, launchErrno: 2 } as const;
  manager.emit("web", ServiceEvent.FAILEDSTART, facts);
  const error = await failureOf(start, StartFailedError);
  assertEquals([error.service, error.code, error.name], ["web", "start-failed", "StartFailedError"]);
  assertEquals([error.status?.reason, error.status?.failed], ["exec-failed", true]);
  assertEquals(error.status?.launch, { stage: 18, errno: 2 });
});

scene("a goal that somebody changes rejects as cancelled", async ({ library, manager }) => {
  manager.add("web");
  const start = library.service("web").start();
  await given(manager, "start web");
  manager.emit("web", ServiceEvent.STARTCANCELLED);
  assertEquals((await failureOf(start, CancelledError)).command, "start");
  const stop = library.service("web").stop();
  await given(manager, "stop web");
  manager.emit("web", ServiceEvent.STOPCANCELLED);
  assertEquals((await failureOf(stop, CancelledError)).command, "stop");
});

scene("a restart waits for the stop and the start", async ({ library, manager }) => {
  manager.add("web", STARTED);
  const restart = library.service("web").restart();
  await given(manager, "restart web");
  manager.emit("web", ServiceEvent.STOPPED, { state: 1, target: 2 });
  started(manager, "web");
  assertEquals((await soon(restart, "the restart")).state, "started");
});

scene("a stop resolves when the service has stopped", async ({ library, manager }) => {
  manager.add("web", STARTED);
  const stop = library.service("web").stop({ force: true });
  await given(manager, 'stop web {"pin":false,"gentle":false}');
  stopped(manager, "web");
  assertEquals((await soon(stop, "the stop")).state, "stopped");
});

scene("a released service that others need resolves at once", async ({ library, manager }) => {
  manager.add("web", { ...STARTED, explicit: false });
  assertEquals((await soon(library.service("web").release(), "the release")).state, "started");
});

scene("a stop that dependents forbid names them", async ({ library, manager }) => {
  manager.add("db", STARTED);
  const dependents = [manager.add("web", STARTED), manager.add("api", STARTED)];
  manager.script.stop = () => ({ dependents });
  const error = await failureOf(library.service("db").stop(), RefusedError);
  assertEquals([error.command, error.code, error.dependents], ["stop", "dependents", ["web", "api"]]);
  await until(() => manager.listenerCount === 0, "the handles to be closed");
});

for (
  const [command, outcome, code] of [
    ["start", "pinned-stopped", "pinned-stopped"],
    ["start", "shutting-down", "shutting-down"],
    ["stop", "pinned-started", "pinned-started"],
    ["restart", "not-started", "not-started"],
    ["wake", "no-dependents", "no-dependents"],
  ] as const
) {
  scene(`${command} is refused: ${code}`, async ({ library, manager }) => {
    manager.add("web");
    // deno-lint-ignore no-explicit-any -- one table for commands with different outcomes
    manager.script[command] = () => outcome as any;
    const error = await failureOf(library.service("web")[command](), RefusedError);
    assertEquals([error.service, error.command, error.code], ["web", command, code]);
  });
}

for (
  const [kind, named, code] of [
    ["not-found", "web", "not-found"],
    ["description", "web", "bad-description"],
    ["load", "web", "load-failed"],
    ["description", "db", "load-failed"],
  ] as const
) {
  scene(`a service cannot be loaded: ${kind} of ${named}`, async ({ library, manager }) => {
    manager.script.load = () => {
      throw new LoadError(kind, "why", { service: named });
    };
    const error = await failureOf(library.service("web").start(), LoadFailedError);
    assertEquals([error.service, error.code], ["web", code]);
  });
}

scene("a name that no service can have is refused, and the connection goes on", async ({ library }) => {
  for (const name of ["", ".", "@x", "a\0b", "x".repeat(2000)]) {
    for (const act of [() => library.service(name).start(), () => library.service(name).status()]) {
      assertEquals((await failureOf(act(), LoadFailedError)).code, "bad-name");
    }
  }
});

scene("only what needs a loaded service says that it is not", async ({ library, manager }) => {
  assertEquals(await library.service("web").status(), undefined);
  assertEquals((await failureOf(library.service("web").unload(), NotLoadedError)).service, "web");
  await failureOf(library.service("web").reload(), NotLoadedError);
  assertEquals(manager.calls, []);
  assertEquals((await library.service("web").load()).state, "stopped");
  assertEquals(manager.calls, ["load web"]);
});

scene("signals, triggers and pins are done or refused at once", async ({ library, manager }) => {
  manager.add("web", STARTED);
  const web = library.service("web");
  await web.signal("HUP");
  await web.signal(12);
  await web.trigger();
  await web.trigger(false);
  await web.unpin();
  assertEquals(manager.calls.filter((call) => !call.startsWith("load")), [
    "signal web 1",
    "signal web 12",
    "trigger web true",
    "trigger web false",
    "unpin web",
  ]);
  manager.script.signal = () => "no-process";
  manager.script.trigger = () => false;
  assertEquals((await failureOf(web.signal(1), RefusedError)).code, "no-process");
  assertEquals((await failureOf(web.signal("NONE"), RefusedError)).code, "bad-signal");
  assertEquals((await failureOf(web.trigger(), RefusedError)).code, "not-triggered");
});

scene("variables are set, removed and read", async ({ library, manager }) => {
  await library.setEnvironment("A", "b=c");
  await library.setEnvironment("EMPTY", "");
  await library.setEnvironment("B", "2");
  await library.setEnvironment("B", undefined);
  assertEquals(manager.calls, ["set A=b=c", "set EMPTY=", "set B=2", "unset B"]);
  assertEquals(await library.environment(), new Map([["A", "b=c"], ["EMPTY", ""]]));
});

scene("a variable that cannot be is refused, and the connection goes on", async ({ library, manager }) => {
  for (
    const [name, value] of [["", "x"], ["", undefined], ["A=B", "x"], ["A=B", undefined], [
      "A",
      "\0",
    ]] as const
  ) {
    await assertRejects(() => library.setEnvironment(name, value), TypeError);
  }
  await assertRejects(() => library.setEnvironment("A", "x".repeat(1020)), RangeError);
  assertEquals(manager.calls, []);
});

scene("waiting for a state takes whoever brings the service there", async ({ library, manager }) => {
  manager.add("web");
  const waiting = library.service("web").waitFor("started");
  await until(() => manager.listenerCount === 1, "the waiting");
  manager.emit("web", ServiceEvent.STARTCANCELLED);
  manager.emit("web", ServiceEvent.STOPPED);
  started(manager, "web");
  assertEquals((await soon(waiting, "the state")).state, "started");
  assertEquals((await soon(library.service("web").waitFor("started"), "the state")).state, "started");
  const end = library.service("web").waitFor("stopped");
  await library.services();
  stopped(manager, "web");
  assertEquals((await soon(end, "the state")).state, "stopped");
});

scene("a signal ends a waiting with its reason, and closes the handle", async ({ library, manager }) => {
  manager.add("web");
  const giveUp = new AbortController();
  const waiting = library.service("web").waitFor("started", giveUp);
  const start = library.service("web").start(giveUp);
  await given(manager, "start web");
  giveUp.abort(new Error("enough"));
  for (const promise of [waiting, start]) {
    await assertRejects(() => soon(promise, "the end"), Error, "enough");
  }
  await until(() => manager.listenerCount === 0, "the handles to be closed");
});

scene("a reload over the same connection does not lose those who wait", async ({ library, manager }) => {
  manager.add("web");
  manager.script.start = () => {
    manager.get("web").status = { ...manager.get("web").status, state: 1, target: 2 };
    return "accepted";
  };
  const web = library.service("web");
  const waiting = web.waitFor("started");
  const start = web.start();
  await given(manager, "start web");
  await web.reload();
  await library.services();
  started(manager, "web");
  assertEquals((await soon(waiting, "the waiting")).state, "started");
  assertEquals((await soon(start, "the start")).state, "started");
});

scene("what happens to a service while it is reloaded is seen afterwards", async ({ library, manager }) => {
  manager.add("web");
  const web = library.service("web");
  const waiting = web.waitFor("started");
  await until(() => manager.listenerCount === 1, "the waiting");
  manager.script.reload = (service) => {
    manager.get("web").status = { ...manager.get("web").status, ...STARTED };
    return service;
  };
  await Promise.all([web.reload(), web.reload(), web.status()]);
  assertEquals((await soon(waiting, "the waiting")).state, "started");
});

scene("a reload that the daemon refuses leaves those who wait alone", async ({ library, manager }) => {
  manager.add("web");
  const web = library.service("web");
  const waiting = web.waitFor("started");
  await until(() => manager.listenerCount === 1, "the waiting");
  manager.script.reload = () => undefined;
  const error = await failureOf(web.reload(), RefusedError);
  assertEquals([error.command, error.code], ["reload", "in-use"]);
  await until(() => manager.listenerCount === 1, "the waiting");
  started(manager, "web");
  assertEquals((await soon(waiting, "the waiting")).state, "started");
});

scene("an unloaded service has stopped for those who wait for that", async ({ library, manager }) => {
  manager.add("web", { state: 3 });
  const web = library.service("web");
  const stop = web.stop();
  await given(manager, "stop web");
  const start = web.start();
  await given(manager, "start web");
  await web.unload();
  await failureOf(start, CancelledError);
  // It is loaded again to tell what it is like.
  assertEquals((await soon(stop, "the stop")).state, "stopped");
});

scene("what another client holds cannot be reloaded", async ({ library, manager, client }) => {
  manager.add("web");
  const other = await client();
  await other.request({ type: 1, name: "web" });
  assertEquals((await failureOf(library.service("web").reload(), RefusedError)).code, "in-use");
  assertEquals((await failureOf(library.service("web").unload(), RefusedError)).code, "in-use");
});

scene("no handle stays open behind anything that is done", async ({ library, manager }) => {
  manager.add("web", STARTED);
  manager.script.start = () => "already";
  const web = library.service("web");
  await Promise.all([web.start(), web.status(), web.load(), web.signal(1), web.waitFor("started")]);
  await web.reload();
  await until(() => manager.listenerCount === 0, "the handles to be closed");
});

Deno.test("the end of the connection ends what is under way", async () => {
  await withServer(async ({ manager, server, path }) => {
    using library = await connect({ socketPath: path });
    manager.add("web");
    const start = library.service("web").start();
    await given(manager, "start web");
    server.disconnectAll();
    assertEquals((await failureOf(start, ControlError)).kind, "closed");
    await soon(library.closed, "the end");
    assertEquals((await failureOf(library.services(), ControlError)).kind, "closed");
  });
});
