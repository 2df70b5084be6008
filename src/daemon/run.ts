/** The life of the daemon from start to exit. */

import { chooseHost, HostUnavailableError, loadHost } from "../host/mod.ts";
import { ConsoleLog, DaemonLog, type LineSink, takesColours } from "../log/mod.ts";
import { Daemon } from "./daemon.ts";
import type { DaemonContext, DaemonEnd } from "./daemon_context.ts";
import type { MachineOwner } from "./machine_owner.ts";
import { createMainLog, watchLogs } from "./opening_log.ts";
import type { DaemonOptions } from "./options.ts";
import type { LineDisplay } from "./service_lines.ts";
import { Signals } from "./signals.ts";
import type { Continuation } from "./surviving/continuation.ts";
import { StrayErrors } from "./stray_errors.ts";
import { Ground } from "./ground.ts";
import { type Inheritance, inheritance } from "../inherited/inheritance.ts";
import type { Projects } from "./projects.ts";
import { isSharedFile } from "../description/mod.ts";
import { typed } from "../model/mod.ts";
import { SavedStateError } from "../model/saving.ts";

const FAILED: DaemonEnd = { status: 1, interrupted: false };

/** How long to wait at the exit for lines that nobody reads if the daemon could not start, in milliseconds. */
const FLUSH_LIMIT = 5000;

/** The message for an unexpected error (daemon and init 1.7). */
const UNEXPECTED = new TextEncoder().encode("dinit: unexpected error during initialisation\n");

/** Makes what shows the lines of services; `write` writes one line of the console. */
export type DisplayMaker = (write: (line: string) => void) => Promise<LineDisplay>;

/**
 * Runs the daemon until no service is active any more.
 *
 * @param display for a user's daemon at a terminal. @default lines of services are not shown
 * @param sink takes the lines of the console, unless the daemon owns the machine. @default standard output
 */
export async function runDaemon(
  options: DaemonOptions,
  display?: DisplayMaker,
  sink: LineSink = Deno.stdout,
): Promise<DaemonEnd> {
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
      now: () => ground?.host.now() ?? performance.now(),
    });
    stray.logTo(log);
    return { console, log };
  };
  let logs: ReturnType<typeof connect> | undefined;
  let daemon: Daemon | undefined;
  let ground: Ground | undefined;
  /** What this program takes over, until it has begun: until then, the program before can continue instead. */
  let takingOver: Inheritance | undefined;
  try {
    const machine = options.manager ? await takeMachine() : undefined;
    logs = connect(machine?.console ?? sink);
    const inherited = takingOver = inheritance();
    const unguard = inherited === undefined ? undefined : await guard(inherited);
    const byLibrary = signals.useLibrary(inherited?.signals); // before more code is loaded
    const kind = chooseHost(options.manager ? "native" : options.host); // only the native one handles orphans
    const outlives = kind === "native" || inherited !== undefined;
    const [makeHost, surviving] = await Promise.all([
      loadHost(kind),
      outlives ? typed(import("./surviving/mod.ts")) : undefined,
    ]);
    ground = new Ground({ makeHost, surviving, options, log: logs.log, inheritance: inherited });
    const continuation = await ground.take();
    if (continuation === "failed") {
      unguard?.();
      await logs.console.flush(FLUSH_LIMIT);
      return FAILED;
    }
    const lines = await linesMaker(options, logs.console, display);
    const projects = await projectsOf(options);
    const parts = { ...logs, mainLog, signals, byLibrary, stray, lines, machine, ground, projects };
    const context = { options, ...parts, unguard };
    daemon = await continuing(context, continuation);
    if (!await daemon.open()) {
      unguard?.();
      await daemon.flush();
      return FAILED;
    }
    takingOver = undefined;
    const end = await daemon.run();
    if (end.interrupted) signals.release("SIGINT");
    return end;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error; // the entry point says which grant is missing
    logs ??= connect(sink);
    if (takingOver !== undefined) await goBack(takingOver, error, logs.log);
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

/** The lines of services are for people who develop them; a pipe, and the console of a machine, get none. */
async function linesMaker(
  { system, manager, quietServices, console: { status } }: DaemonOptions,
  console: ConsoleLog,
  display: DisplayMaker | undefined,
): Promise<DaemonContext["lines"]> {
  const unwanted = system || manager || quietServices || status === "none";
  if (display === undefined || unwanted || !Deno.stdout.isTerminal()) return undefined;
  const [{ ServiceLines }, shown] = await Promise.all([
    typed(import("./service_lines.ts")),
    display((line) => console.write(line)),
  ]);
  return (parts) => new ServiceLines({ ...parts, display: shown });
}

/** Most daemons are not those of a project, and load nothing for that. */
async function projectsOf(options: DaemonOptions): Promise<Projects> {
  if (options.logFolder === undefined && !options.serviceDirectories.some(isSharedFile)) return {};
  const { loadProjects } = await typed(import("./projects.ts"));
  return await loadProjects(options);
}

async function guard(inherited: Inheritance): Promise<() => void> {
  const { guardHeir } = await typed(import("./surviving/heirloom.ts"));
  return guardHeir(inherited);
}

/** The program has failed before it has begun. If the program before is still there, it continues, and this does not return. */
async function goBack(inherited: Inheritance, error: unknown, log: DaemonLog): Promise<void> {
  if (inherited.program === undefined) return;
  log.message("error", `${error instanceof Error ? error.message : error}; the program before continues`);
  const heirloom = await typed(import("./surviving/heirloom.ts"));
  heirloom.goBack(inherited);
}

/** A daemon that continues from a state, or a new one if the state cannot be used. */
async function continuing(
  context: Omit<DaemonContext, "continuation">,
  continuation: Continuation | undefined,
): Promise<Daemon> {
  if (continuation === undefined) return new Daemon({ ...context, continuation });
  try {
    const daemon = new Daemon({ ...context, continuation });
    await context.ground.takeOver(continuation);
    return daemon;
  } catch (error) {
    if (!(error instanceof SavedStateError)) throw error;
    await context.ground.refuse(error);
    return new Daemon({ ...context, continuation: undefined });
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
