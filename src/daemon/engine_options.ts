/** What the engine is given: descriptions, environment, clock, host, console, and where its facts and its state go. */

import { FolderSource, type MainEnvironment } from "../description/mod.ts";
import type { Fact, ManagerOptions, ServiceManager, ServiceRecord } from "../engine/mod.ts";
import { type DaemonHost, openLibrary, releaseMemory, SystemClock } from "../host/mod.ts";
import type { ConsoleLog } from "../log/mod.ts";
import type { Ground } from "./ground.ts";
import type { DaemonOptions } from "./options.ts";
import { serviceDirectories } from "./paths.ts";
import type { Projects } from "./projects.ts";
import { Settling } from "./settling.ts";
import type { Continuation } from "./surviving/continuation.ts";

/** Callbacks of the engine into the daemon. */
export interface EngineCallbacks {
  /** The engine, which does not exist yet. */
  manager(): ServiceManager;
  /** Something has happened. */
  fact(fact: Fact): void;
  /** No service is active any more. */
  inactive(): void;
  /** A service with `starts-rwfs` or `starts-log` has started. */
  started(service: ServiceRecord): void;
  /** The time of day was measured: its difference to the engine's clock, in milliseconds. */
  clockSet(offset: number): void;
  /** A bug has left the memory half changed. */
  broken(error: unknown): void;
  /** Is called from time to time while much happens, and when nothing happens any more. Never rejects. */
  look(): Promise<void>;
}

/** What the options are made from. */
export interface EngineContext {
  readonly options: DaemonOptions;
  readonly console: ConsoleLog;
  readonly ground: Ground;
  readonly continuation: Continuation | undefined;
  readonly projects: Projects;
}

/** With the native host, memory is given back when nothing has happened for a while. */
function withSettling(
  { alarm, now }: DaemonHost,
  { fact, look }: Pick<EngineCallbacks, "fact" | "look">,
): EngineCallbacks["fact"] {
  if (alarm === undefined) return fact;
  const settling = new Settling({ alarm, now, look, release: () => releaseMemory(openLibrary()) });
  return (happened) => {
    settling.happened();
    fact(happened);
  };
}

/** The options of the daemon's engine. */
export function engineOptions(
  { options, console, ground, continuation, projects }: EngineContext,
  environment: MainEnvironment,
  { manager, fact, look, inactive, started, broken, clockSet }: EngineCallbacks,
): ManagerOptions {
  const { host, paths, store } = ground;
  const { users, files } = host;
  const identity = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
  const directories = serviceDirectories(options, paths);
  const { shared, logged } = projects;
  const source = new FolderSource(directories, { environment, users, files, identity, shared });
  return {
    source: logged?.(source, ground.nativeHost !== undefined) ?? source,
    environment,
    clock: new SystemClock(
      (id, purpose) => manager().timerExpired(id, purpose),
      () => host.now(),
      host.alarm,
      { offset: continuation?.memory.wallOffset, measured: clockSet },
    ),
    host,
    store,
    console: {
      requestConsole: () => console.yield(() => manager().consoleYielded()),
      returnConsole: () => console.takeBack(),
      takeForeground: () => host.takeForeground(),
    },
    facts: { fact: withSettling(host, { fact, look }) },
    inactive,
    startActions: started,
    broken,
  };
}
