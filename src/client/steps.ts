/**
 * The steps of the library, for tools that report more details than the library: `ctl` and `monitor` use them and word
 * every outcome. Programs use `library.ts`.
 *
 * @module
 */

export { Arrivals } from "./arrivals.ts";
export { type CommandFlags, type CommandReply, giveCommand, goalOf, namesOf } from "./command.ts";
export type { CommandName, RefusalReason } from "./errors.ts";
export { type Goal, GoalWatch } from "./goal.ts";
export { followVariables, readVariables, setVariable, type Variable } from "./environment.ts";
export { HandleEvents } from "./handle_events.ts";
export { isLogPart, LogReader } from "./log_reader.ts";
export { type KnownSystem, readKnownSystem } from "./overview.ts";
export {
  reloadService,
  type SignalRefusal,
  signalService,
  triggerService,
  unloadService,
  unpinService,
} from "./requests.ts";
export { type KnownService, processEnd, serviceInfo, stopReasonName } from "./service_info.ts";
export { type LogRotation, rotateLog } from "./rotate.ts";
export { requestUpgrade } from "./upgrade.ts";
