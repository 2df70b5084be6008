/** The life of the daemon from start to exit. */

import { HostUnavailableError, loadHost } from "../host/mod.ts";
import { ConsoleLog, DaemonLog, type LineSink, takesColours } from "../log/mod.ts";
import { Daemon, type DaemonEnd } from "./daemon.ts";
import type { MachineOwner } from "./machine_owner.ts";
import { createMainLog, watchLogs } from "./opening_log.ts";
import type { DaemonOptions } from "./options.ts";
import { Signals } from "./signals.ts";
import { StrayErrors } from "./stray_errors.ts";
import { typed } from "../model/mod.ts";

const FAILED: DaemonEnd = { status: 1, interrupted: false };

/** How long to wait at the exit for lines that nobody reads if the daemon could not start, in milliseconds. */
const FLUSH_LIMIT = 5000;

/** The message for an unexpected error (daemon and init 1.7). */
const UNEXPECTED = new TextEncoder().encode("dinit: unexpected error during initialisation\n");

/** Runs the daemon until no service is active any more. */
export async function runDaemon(options: DaemonOptions): Promise<DaemonEnd> {
  const stray = new StrayErrors();
  const signals = new Signals(stray);
  const mainLog = createMainLog(options);
  const connect = (sink: LineSink) => {
    const console: ConsoleLog = new ConsoleLog(sink, {
      ...watchLogs(mainLog, options.logFile, () => log),
      colour: hasColours(),
    });
    const log: DaemonLog = new DaemonLog(console, options.console, mainLog, {
      format: options.logFormat,
    });
    stray.logTo(log);
    return { console, log };
  };
  let logs: ReturnType<typeof connect> | undefined;
  let daemon: Daemon | undefined;
  try {
    const machine = options.manager ? await takeMachine() : undefined;
    logs = connect(machine?.console ?? Deno.stdout);
    const makeHost = await loadHost(options.manager ? "native" : options.host); // only this one handles orphans
    daemon = new Daemon({ options, ...logs, mainLog, makeHost, signals, stray, machine });
    if (!await daemon.open()) {
      await daemon.flush();
      return FAILED;
    }
    const end = await daemon.run();
    if (end.interrupted) signals.release("SIGINT");
    return end;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error; // the entry point says which grant is missing
    logs ??= connect(Deno.stdout);
    if (error instanceof HostUnavailableError) logs.log.message("error", error.message);
    else {
      stray.report(error);
      Deno.stdout.writeSync(UNEXPECTED);
    }
    await logs.console.flush(FLUSH_LIMIT);
    return FAILED;
  } finally {
    daemon?.close();
  }
}

/** A missing grant for the environment is reported later, by the code that needs it. */
function hasColours(): boolean {
  return takesColours(Deno.stdout.isTerminal(), (name) => {
    const { state } = Deno.permissions.querySync({ name: "env", variable: name });
    return state === "granted" ? Deno.env.get(name) : undefined;
  });
}

async function takeMachine(): Promise<MachineOwner> {
  const room = await typed(import("./machine_owner.ts"));
  return room.MachineOwner.take();
}
