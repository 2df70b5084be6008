/** The requests and events of scenarios: from their words to calls of the engine. */

import { dependencyKind } from "./_scenario_services.ts";
import type { World } from "./_world.ts";

/** Performs the request in words, without a drain if the engine leaves that to the caller. Returns a refusal. */
export function perform(world: World, text: string): string | undefined {
  const seconds = /^\+([\d.]+) s$/.exec(text);
  if (seconds !== null) {
    world.advance(Number(seconds[1]) * 1000);
    return undefined;
  }
  const pidFile = /^pid file := (\w+)$/.exec(text);
  if (pidFile !== null) {
    const pid = Number(pidFile[1]);
    world.host.pidFile = pid > 0 ? { kind: "running", pid, child: true } : { kind: "invalid", pid: -1 };
    return undefined;
  }
  const isStopCommand = text.startsWith("stop-command ");
  const [verb, ...words] = (isStopCommand ? text.slice("stop-command ".length) : text).split(" ");
  const handler = HANDLERS[verb];
  if (handler === undefined) throw new Error(`no request: ${text}`);
  return handler(world, words, isStopCommand ? "stop" : "main");
}

type Handler = (world: World, words: string[], role: "main" | "stop") => string | undefined;

/** An operation of the lifecycle, or an event, that gives no answer. */
function plain(handle: (world: World, words: string[], role: "main" | "stop") => void): Handler {
  return (world, words, role) => {
    handle(world, words, role);
    return undefined;
  };
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  start: plain((world, [name]) => world.manager.lifecycle.activate(world.service(name))),
  stop: plain((world, [name]) =>
    world.manager.lifecycle.deactivate(world.service(name), { bringDown: true })
  ),
  release: plain((world, [name]) =>
    world.manager.lifecycle.deactivate(world.service(name), { bringDown: false })
  ),
  force: plain((world, [name]) => world.manager.lifecycle.forceStop(world.service(name))),
  restart: (world, [name]) => world.manager.lifecycle.restart(world.service(name)) ? undefined : "NAK",
  "pin-start": plain((world, [name]) => world.manager.lifecycle.pinStart(world.service(name))),
  "pin-stop": plain((world, [name]) => world.manager.lifecycle.pinStop(world.service(name))),
  unpin: plain((world, [name]) => world.manager.unpin(world.service(name))),
  trigger: plain((world, [name, value]) => world.manager.trigger(world.service(name), value === "1")),
  shutdown: plain((world) => world.manager.shutdown(3)),
  START: (world, words) => {
    const answer = world.manager.start(world.service(words.at(-1)!), { pin: words[0] === "--pin" });
    return answer === "pinned-stopped" ? "PINNEDSTOPPED" : undefined;
  },
  STOP: (world, words) => {
    const answer = world.manager.stop(world.service(words.at(-1)!), { pin: words[0] === "--pin" });
    return answer === "pinned-started" ? "PINNEDSTARTED" : undefined;
  },
  wake: (world, [name]) => world.manager.wake(world.service(name)) === "no-dependents" ? "NAK" : undefined,
  up: plain((world, [name]) => world.manager.lifecycle.markStarted(world.service(name))),
  down: plain((world, [name]) => world.manager.lifecycle.markStopped(world.service(name))),
  fail: plain((world, [name]) => world.manager.lifecycle.failStart(world.service(name))),
  "exec-ok": plain((world, [name], role) => world.execSucceeded(name, role)),
  "exec-fail": plain((world, [name], role) => world.execFailed(name, role)),
  exit: plain((world, [name, code], role) => world.ends(name, { exit: Number(code) }, role)),
  killed: plain((world, [name, signal], role) => world.ends(name, { signal: Number(signal) }, role)),
  ready: plain((world, [name]) => world.manager.ready(world.service(name).id)),
  unhealthy: plain((world, [name]) => world.manager.unhealthy(world.service(name).id, "unhealthy")),
  replace: (world, [name]) =>
    world.manager.replace(world.service(name), "a file has changed") ? undefined : "NAK",
  due: plain((world, [name]) => world.manager.runDue(world.service(name).id, "schedule")),
  extend: plain((world, [name, seconds]) =>
    world.manager.extendTimeout(world.service(name).id, Number(seconds) * 1000)
  ),
  "ready-eof": plain((world, [name]) => world.manager.readinessClosed(world.service(name).id)),
  "all-killed": plain((world) => world.allKilled()),
  "add-dep": (world, words) => addDependency(world, words, false),
  enable: (world, words) => addDependency(world, words, true),
  "rm-dep": (world, [from, kind, to]) => {
    const removed = world.manager.removeDependency(
      world.service(from),
      world.service(to),
      dependencyKind(kind),
    );
    return removed ? undefined : "NAK";
  },
};

function addDependency(world: World, [from, kind, to]: string[], start: boolean): string | undefined {
  const { manager } = world;
  const ends = [world.service(from), world.service(to)] as const;
  if (kind === "BEFORE") {
    manager.graph.connect(...ends, dependencyKind(kind)); // what loading `before` does
    return undefined;
  }
  const outcome = start
    ? manager.enable(...ends, dependencyKind(kind))
    : manager.addDependency(...ends, dependencyKind(kind));
  return outcome === "refused" ? "NAK" : undefined;
}
