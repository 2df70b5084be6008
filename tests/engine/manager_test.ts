import { assertEquals, assertThrows } from "@std/assert";
import { LoadError, NO_FLAGS, type ServiceEvent, ServiceState, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { INTERNAL, PROCESS, SCRIPTED, TRIGGERED } = ServiceType;

Deno.test("listeners receive the events of their service until they are removed", () => {
  const world = new World();
  const service = world.add("a", INTERNAL);
  const told: [number, ServiceEvent][] = [];
  const listeners = [1, 2].map((number) => ({
    serviceEvent: (_: unknown, event: ServiceEvent) => void told.push([number, event]),
  }));
  for (const listener of listeners) world.manager.addListener(service, listener);
  world.manager.start(service);
  world.manager.removeListener(service, listeners[0]);
  world.manager.stop(service);
  world.manager.removeListener(service, listeners[1]);
  world.manager.removeListener(service, listeners[1]);
  world.manager.start(service);
  assertEquals(told, [[1, 0], [2, 0], [2, 1]]);
});

Deno.test("reports of environment changes say whether there was a value before", () => {
  const world = new World();
  const told: unknown[] = [];
  const listener = {
    environmentChanged: (name: string, value: string | undefined, replaced: boolean) =>
      void told.push([name, value, replaced]),
  };
  world.manager.addEnvironmentListener(listener);
  world.manager.setEnvironment("A", "1");
  world.manager.setEnvironment("A", "2");
  world.manager.setEnvironment("B", undefined);
  assertEquals(world.manager.environmentEntries(), ["A=2"]);
  world.manager.removeEnvironmentListener(listener);
  world.manager.setEnvironment("A", undefined);
  assertEquals(told, [["A", "1", false], ["A", "2", true], ["B", undefined, false]]);
});

Deno.test("a process gets the environment as it is when it is launched", () => {
  const world = new World();
  const service = world.add("p", PROCESS);
  world.manager.setEnvironment("A", "1");
  world.manager.start(service);
  assertEquals(world.host.launches[0].environment, new Map([["A", "1"]]));
});

Deno.test("status and overview show the state of a service and what it waits for", () => {
  const world = new World();
  const p = world.add("p", PROCESS);
  const t = world.add("t", TRIGGERED);
  const a = world.add("a", INTERNAL);
  const c = world.add("c", PROCESS, { flags: { ...NO_FLAGS, startsOnConsole: true } });
  for (const to of [p, t]) world.manager.graph.connect(a, to, 0);
  world.console.yieldsAtOnce = false;
  world.manager.start(a);
  world.manager.start(c);
  world.advance(1500);
  const waiting = () =>
    Object.fromEntries(world.manager.overview().map(({ name, waitingFor }) => [name, waitingFor]));
  assertEquals(waiting(), { p: [], t: ["trigger"], a: ["p", "t"], c: ["console"] });
  assertEquals(world.manager.overview()[0].since, 1000);
  assertEquals(world.manager.status(c).waitingForConsole, true);
  world.yieldConsole();
  assertEquals(world.manager.status(c).holdingConsole, true);
  world.execSucceeded("p");
  world.manager.trigger(t, true);
  world.manager.stop(p);
  assertEquals(waiting(), { p: [], t: [], a: [], c: [] });
  assertEquals(world.manager.status(p).pid, 100);
});

Deno.test("a service that is going down waits for its dependents, one that restarts for its delay", () => {
  const world = new World();
  const p = world.add("p", PROCESS);
  const d = world.add("d", PROCESS, { restart: "always", restartDelay: 5000 });
  world.manager.graph.connect(d, p, 0);
  world.manager.start(d);
  world.execSucceeded("p");
  world.execSucceeded("d");
  world.manager.stop(p);
  assertEquals(world.manager.overview()[0].waitingFor, ["d"]);
  world.ends("d", { signal: 15 });
  world.ends("p", { signal: 15 });
  world.manager.start(d);
  world.execSucceeded("p");
  world.execSucceeded("d");
  world.ends("d", { exit: 1 });
  assertEquals(world.manager.overview()[1].waitingFor, ["restart-delay"]);
  assertEquals(world.manager.overview()[1].restarts, 0);
  world.advance(5000);
  assertEquals(world.manager.overview()[1].restarts, 1);
});

Deno.test("a signal goes to the process alone, and only if there is one", () => {
  const world = new World();
  const service = world.add("p", PROCESS);
  assertEquals(world.manager.signal(service, 1), "no-process");
  world.manager.start(service);
  assertEquals(world.manager.signal(service, 1), "sent");
  assertEquals(world.host.signals.at(-1), { id: service.id, role: "main", signal: 1, group: false });
  world.host.signalOutcome = "bad-signal";
  assertEquals(world.manager.signal(service, 999), "bad-signal");
  world.host.signalOutcome = { errno: 1 };
  assertEquals(world.manager.signal(service, 1), "failed");
  assertEquals(world.log.messages, [
    "error Requested signal not in valid signal range.",
    "error Error sending signal to process: Operation not permitted",
  ]);
});

Deno.test("gentle commands are refused while something needs the service, and change nothing", () => {
  const world = new World();
  const [a, b, s] = ["a", "b", "s"].map((name) => world.add(name, INTERNAL));
  world.manager.graph.connect(b, a, 0);
  world.manager.graph.connect(s, a, 2);
  world.manager.start(b);
  world.manager.start(s);
  assertEquals(world.manager.stop(a, { gentle: true, pin: true }), { dependents: [b] });
  assertEquals(world.manager.restart(a, { gentle: true }), { dependents: [b] });
  assertEquals([a.state, a.pinStop, a.claims], [ServiceState.STARTED, false, 2]);
  world.manager.stop(b);
  assertEquals(world.manager.stop(a, { gentle: true }), "already");
});

Deno.test("the results of commands", () => {
  const world = new World();
  const a = world.add("a", INTERNAL);
  const p = world.add("p", PROCESS);
  const t = world.add("t", TRIGGERED);
  world.manager.graph.connect(p, a, 2);
  assertEquals(world.manager.start(a), "already");
  assertEquals(world.manager.restart(a), "already");
  assertEquals(world.manager.start(p), "accepted");
  assertEquals(world.manager.restart(p), "not-started");
  assertEquals(world.manager.wake(a), "already");
  assertEquals(world.manager.release(a), "accepted");
  assertEquals(world.manager.stop(p, { pin: true }), "accepted");
  world.execSucceeded("p");
  assertEquals(world.manager.start(p), "pinned-stopped");
  assertEquals(world.manager.wake(p), "pinned-stopped");
  assertEquals(world.manager.wake(t), "no-dependents");
  assertEquals(world.manager.trigger(a, true), false);
  assertEquals(world.manager.trigger(t, true), true);
  world.ends("p", { signal: 15 });
  assertEquals(world.manager.release(p, { pin: true }), "already");
  world.manager.shutdown(2);
  assertEquals(world.manager.start(a), "shutting-down");
  assertEquals(world.manager.restart(a), "shutting-down");
  assertEquals(world.manager.wake(a), "shutting-down");
});

Deno.test("the daemon learns when nothing is active, and of starts with actions", () => {
  const world = new World();
  const a = world.add("a", INTERNAL, { flags: { ...NO_FLAGS, startsLog: true } });
  const b = world.add("b", INTERNAL);
  world.manager.start(a);
  world.manager.start(b);
  assertEquals([world.inactive, world.startActions], [0, ["a"]]);
  world.manager.stop(a);
  assertEquals(world.inactive, 0);
  world.manager.stop(b);
  assertEquals(world.inactive, 1);
});

Deno.test("buffered output comes from the host", () => {
  const world = new World();
  const buffered = world.add("p", PROCESS, { logType: "buffer" });
  assertEquals(world.manager.bufferedLog(buffered, { clear: true })?.bytes, new Uint8Array([111, 107]));
  assertEquals(world.manager.bufferedLog(world.add("q", PROCESS)), undefined);
});

Deno.test("events that cannot happen are logged with both names and change nothing", () => {
  const world = new World();
  const p = world.add("p", PROCESS);
  const a = world.add("a", INTERNAL);
  const s = world.add("s", SCRIPTED);
  world.manager.exited(p.id, "main", { kind: "exited", code: 0 });
  world.manager.execSucceeded(a.id, "main");
  world.manager.ready(s.id);
  world.manager.timerExpired(p.id, "stop-timeout");
  world.manager.execSucceeded(p.id, "probe");
  world.manager.execSucceeded(99, "main");
  assertEquals(world.log.messages, [
    "error internal error: event exited for service p in phase stopped",
    "error internal error: event executed for service a in phase stopped",
    "error internal error: event executed (probe) for service p in phase stopped",
    "error internal error: event for a service that is not loaded (99)",
  ]);
  assertEquals(world.manager.activeCount, 0);
});

Deno.test("bugs of the program are not treated as bad descriptions", () => {
  const world = new World({ directories: ["/dev/null/none"] });
  assertThrows(() => world.manager.load("a"), LoadError);
  world.manager.graph.get = () => {
    throw new TypeError("broken");
  };
  assertThrows(() => world.manager.load("a"), TypeError);
});

Deno.test("an unexpected error of the host fails only the start", () => {
  const world = new World();
  const service = world.add("p", PROCESS);
  world.host.launch = () => {
    throw new TypeError("broken");
  };
  world.manager.start(service);
  assertEquals(world.manager.activeCount, 0);
  assertEquals(world.log.messages, ["error p: can't launch process; internal error: TypeError: broken"]);
});

Deno.test("the log messages for starts, failures and stops", () => {
  const world = new World();
  const p = world.add("p", PROCESS);
  const d = world.add("d", INTERNAL);
  world.manager.graph.connect(d, p, 0);
  world.manager.start(d);
  world.execFailed("p");
  world.manager.start(d);
  world.execSucceeded("p");
  world.manager.stop(d);
  world.ends("p", { signal: 15 });
  assertEquals(world.log.services, [
    "failed p",
    "failed d (dependency)",
    "started p",
    "started d",
    "stopped d",
    "stopped p",
  ]);
  assertEquals(world.log.messages, [
    "error p: execution failed - executing command: No such file or directory",
  ]);
});

Deno.test("the console goes back to the log when nobody wants it, and to the log's group before", () => {
  const world = new World();
  const flags = { ...NO_FLAGS, startsOnConsole: true };
  const [a, b] = ["a", "b"].map((name) => world.add(name, PROCESS, { flags }));
  world.manager.start(a);
  world.manager.start(b);
  assertEquals(world.host.launches.map(({ name, session }) => `${name} ${session}`), ["a console"]);
  world.execSucceeded("a");
  assertEquals(world.host.launches.map(({ name }) => name), ["a", "b"]);
  world.execSucceeded("b");
  assertEquals(world.console.calls, ["request", "foreground", "foreground", "return"]);
});

Deno.test("a cancelled start gives up the console that it waited for", () => {
  const world = new World();
  world.console.yieldsAtOnce = false;
  const a = world.add("a", PROCESS, { flags: { ...NO_FLAGS, startsOnConsole: true } });
  world.manager.start(a);
  world.manager.stop(a);
  world.yieldConsole();
  assertEquals(world.console.calls, ["request", "return"]);
  assertEquals(a.state, ServiceState.STOPPED);
});

Deno.test("every process is ended before a service with kill-all-on-stop goes down", () => {
  const world = new World();
  const a = world.add("a", INTERNAL, { flags: { ...NO_FLAGS, killAllOnStop: true } });
  world.manager.start(a);
  world.manager.stop(a);
  assertEquals([a.state, world.host.killedAll], [ServiceState.STOPPING, [a.id]]);
  world.allKilled();
  assertEquals(a.state, ServiceState.STOPPED);
  world.manager.allKilled(a.id);
  assertEquals(a.state, ServiceState.STOPPED);
});
