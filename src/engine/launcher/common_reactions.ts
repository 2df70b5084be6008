import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import type { Reactions } from "../lifecycle/reactions.ts";
import type { Launcher } from "./launcher.ts";
import { kill } from "./process_events.ts";

/** What services do about the events of their processes and timers if their types do nothing else. */
type CommonReaction = Extract<
  ProcessReaction,
  | "go on"
  | "relaunch"
  | "interrupt the slow start"
  | "give the recovery up"
  | "be stopped"
  | "kill"
>;

/** The reactions that all types with processes share. */
export function commonReactions(launcher: Launcher): Reactions<CommonReaction> {
  return {
    "go on": (service) => launcher.goOn(service),
    "relaunch": (service) => launcher.relaunch(service),
    "interrupt the slow start": (service) => launcher.timeOutStart(service),
    "give the recovery up": (service) => launcher.giveUpRecovery(service),
    "be stopped": (service) => launcher.lifecycle.markStopped(service),
    "kill": (service) => kill(launcher, service),
  };
}
