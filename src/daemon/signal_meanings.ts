/** The meaning of signals: for the owner of a machine, and for other daemons (daemon and init 4.1). */

import { ShutdownType } from "../model/mod.ts";
import type { ServiceManager } from "../engine/mod.ts";
import { type DaemonLog, RepeatedLines } from "../log/mod.ts";
import type { OwnerDuties } from "./machine_owner.ts";
import type { DaemonOptions } from "./options.ts";
import type { SignalHandlers } from "./signals.ts";
import { StopRequests } from "./stop_requests.ts";

/** What the signal handlers are given. */
export interface SignalContext {
  readonly options: Pick<DaemonOptions, "manager" | "system">;
  readonly manager: ServiceManager;
  readonly log: DaemonLog;
  /** The additional duties of the owner of a machine. */
  readonly duties: OwnerDuties | undefined;
  /** SIGHUP was ignored when the daemon was started. */
  readonly hangUpIgnored: boolean;
  /** Opens the control socket if its file no longer exists. */
  look(byRuntime: boolean): void;
  /** Checks whether a watched file no longer exists. */
  wokenUp(): void;
  /** Opens the main log again. */
  reopenLog(): void;
  /** Ends the daemon without waiting for services. */
  end(): void;
}

/** The signal handlers of this daemon. */
export function signalHandlers(context: SignalContext): SignalHandlers {
  return context.options.manager ? ofMachine(context) : ofOthers(context);
}

function ofMachine(context: SignalContext): SignalHandlers {
  const { manager, log, duties, look, wokenUp } = context;
  const ignored = ignoring((line) => log.record("info", line));
  return {
    terminate: () => manager.shutdown(ShutdownType.HALT),
    interrupt: () => manager.shutdown(ShutdownType.REBOOT),
    quit: () => duties?.quit(),
    hangUp: () => hangUp(context, () => ignored("HUP", 1)),
    stopContainer: () => ignored("RTMIN+3", 1),
    look,
    wokenUp,
    ignored,
  };
}

function ofOthers(context: SignalContext): SignalHandlers {
  const { manager, log, hangUpIgnored, look, wokenUp } = context;
  const requests = new StopRequests();
  const stop = () => fulfil(requests.more(), context);
  return {
    terminate: stop,
    interrupt: stop,
    quit: stop,
    hangUp: () =>
      hangUp(context, () => {
        if (hangUpIgnored) return;
        if (requests.once() === "stop") manager.shutdown(ShutdownType.HALT);
      }),
    stopContainer: stop,
    look,
    wokenUp,
    ignored: ignoring((line) => log.message("warn", line)),
  };
}

/** For a system's daemon, log rotation sends this signal; a user's daemon has lost its terminal. */
function hangUp({ options, reopenLog }: SignalContext, ofUser: () => void): void {
  if (options.system) reopenLog();
  else ofUser();
}

function fulfil(request: ReturnType<StopRequests["more"]>, { manager, log, end }: SignalContext): void {
  switch (request) {
    case "stop":
      manager.shutdown(ShutdownType.HALT);
      return;
    case "hurry":
      log.message(
        "warn",
        "Asked to stop a second time: killing what is slow to stop; a third time kills all.",
      );
      manager.shutdown(ShutdownType.HALT);
      manager.hasten("hurry");
      return;
    case "kill":
      log.message("warn", "Asked to stop a third time: killing the processes of all services.");
      manager.hasten("kill");
      end();
  }
}

function ignoring(say: (line: string) => void): SignalHandlers["ignored"] {
  const lines = new RepeatedLines(say);
  return (name, times) => lines.add(`Signal ${name} ignored`, times);
}
