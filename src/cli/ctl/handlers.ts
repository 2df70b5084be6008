/** The code of each command of `dinitctl`, which is loaded when the command is given. */

import { typed } from "../../model/typed_module.ts";
import type { CtlCommandName } from "../../options/ctl_commands.ts";
import type { CommandHandler } from "./context.ts";

/** Loads the code of a command. */
export const HANDLERS: Readonly<Record<CtlCommandName, () => Promise<CommandHandler>>> = {
  status: async () => (await typed(import("./status.ts"))).status,
  "is-started": async () => (await typed(import("./check_state.ts"))).isStarted,
  "is-failed": async () => (await typed(import("./check_state.ts"))).isFailed,
  start: async () => (await typed(import("./start_stop.ts"))).start,
  stop: async () => (await typed(import("./start_stop.ts"))).stop,
  restart: async () => (await typed(import("./start_stop.ts"))).restart,
  wake: async () => (await typed(import("./start_stop.ts"))).wake,
  release: async () => (await typed(import("./start_stop.ts"))).release,
  unpin: async () => (await typed(import("./records.ts"))).unpin,
  unload: async () => (await typed(import("./records.ts"))).unload,
  reload: async () => (await typed(import("./records.ts"))).reload,
  list: async () => (await typed(import("./list.ts"))).list,
  shutdown: async () => (await typed(import("./shutdown.ts"))).shutdown,
  "add-dep": async () => (await typed(import("./dependencies.ts"))).addDependency,
  "rm-dep": async () => (await typed(import("./dependencies.ts"))).removeDependency,
  enable: async () => (await typed(import("./enable.ts"))).enable,
  disable: async () => (await typed(import("./enable.ts"))).disable,
  trigger: async () => (await typed(import("./trigger.ts"))).trigger,
  untrigger: async () => (await typed(import("./trigger.ts"))).untrigger,
  setenv: async () => (await typed(import("./environment.ts"))).setEnvironment,
  unsetenv: async () => (await typed(import("./environment.ts"))).unsetEnvironment,
  catlog: async () => (await typed(import("./catlog.ts"))).catLog,
  logs: async () => (await typed(import("./logs/logs.ts"))).logs,
  signal: async () => (await typed(import("./signal.ts"))).signal,
  tree: async () => (await typed(import("./tree.ts"))).tree,
  graph: async () => (await typed(import("./graph.ts"))).graph,
  wait: async () => (await typed(import("./await_state.ts"))).awaitState,
  events: async () => (await typed(import("./events.ts"))).events,
  why: async () => (await typed(import("./why.ts"))).why,
  proxy: async () => (await typed(import("./proxy.ts"))).proxy,
  health: async () => (await typed(import("./health.ts"))).health,
  top: async () => (await typed(import("./top/top.ts"))).top,
  analyze: async () => (await typed(import("./analyze.ts"))).analyze,
  permissions: async () => (await typed(import("./permissions.ts"))).permissions,
  security: async () => (await typed(import("./security.ts"))).security,
  timers: async () => (await typed(import("./timers.ts"))).timers,
  runs: async () => (await typed(import("./runs.ts"))).runs,
  upgrade: async () => (await typed(import("./upgrade.ts"))).upgrade,
};
