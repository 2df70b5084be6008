/**
 * The steps that the library is made of, for tools that say more about each of them than the library does: `ctl` and
 * `monitor` take them and word every outcome. Programs use `library.ts`.
 *
 * @module
 */

export { Arrivals } from "./arrivals.ts";
export { type CommandFlags, type CommandReply, giveCommand, goalOf, namesOf } from "./command.ts";
export { type CommandName, LoadFailedError, type LoadFailure, type RefusalReason } from "./errors.ts";
export { type Goal, GoalWatch } from "./goal.ts";
export { followVariables, readVariables, setVariable, type Variable } from "./environment.ts";
export { HandleEvents } from "./handle_events.ts";
export { isLogPart, LogReader } from "./log_reader.ts";
export { findRecord, loadRecord, type ServiceRecord } from "./lookup.ts";
export {
  reloadService,
  type SignalRefusal,
  signalService,
  triggerService,
  unloadService,
  unpinService,
} from "./requests.ts";
export { type KnownService, processEnd, stopReasonName } from "./service_info.ts";
