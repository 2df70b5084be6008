/** How a service starts, restarts and ends. */

import { SIGNALS } from "../../../model/mod.ts";
import type { Directive } from "../../shared/account.ts";
import { fixedText, type ServiceContext, spanOf, wordOf } from "./service_context.ts";
import { parseBoolean, secondsText } from "./values.ts";

/** The times that systemd allows without a setting, in seconds. */
const USUAL_TIMEOUT = 90;

/** The check of a service that owns a name on the bus. */
function busCheck(name: string): string[] {
  const call = "org.freedesktop.DBus.GetNameOwner";
  return [
    "/usr/bin/dbus-send",
    "--system",
    "--print-reply",
    "--dest=org.freedesktop.DBus",
    "/org/freedesktop/DBus",
    call,
    `string:${name}`,
  ];
}

/** Decides the type of the service, and how it becomes ready. */
export function importType(context: ServiceContext): void {
  const { unit, text } = context;
  const directive = unit.last("Service", "Type");
  const busName = unit.last("Service", "BusName");
  const pidFile = unit.last("Service", "PIDFile");
  const exits = unit.last("Service", "RemainAfterExit");
  const hasCommand = unit.has("Service", "ExecStart");
  const type = directive?.value || (hasCommand ? busName === undefined ? "simple" : "dbus" : "oneshot");
  context.type = typeOf(type, pidFile !== undefined);
  switch (type) {
    case "notify":
    case "notify-reload":
      text.set("ready-notification", "notify");
      directive?.changed(
        `ready-notification = notify${
          type === "notify" ? "" : "; a reload is a signal, whose end is not awaited"
        }`,
      );
      break;
    case "forking":
      if (pidFile === undefined) {
        if (directive !== undefined) {
          text.decide(
            directive,
            "without a PIDFile nothing can watch the process in the background; give it a pid-file and " +
              "type = bgprocess, or let the program stay in the foreground and use type = process",
          );
        }
      } else directive?.changed("type = bgprocess");
      break;
    case "dbus":
      if (busName === undefined) {
        directive?.changed("ready as soon as its process runs, since no BusName is given");
      } else {
        directive?.changed("ready when a check finds the name on the bus");
        text.set("ready-notification", "health");
      }
      break;
    case "oneshot":
      directive?.changed("type = scripted");
      break;
    case "simple":
    case "exec":
      directive?.carried("type = process");
      break;
    case "idle":
      directive?.changed("type = process; it does not wait until other services have started");
      break;
    default:
      if (directive !== undefined) text.decide(directive, "no such type is known; type = process is written");
  }
  importBusName(context, busName, type);
  importPidFile(context, pidFile);
  importRemaining(context, exits);
}

function typeOf(type: string, hasPidFile: boolean): ServiceContext["type"] {
  if (type === "oneshot") return "scripted";
  if (type === "forking") return hasPidFile ? "bgprocess" : "scripted";
  return "process";
}

function importBusName(context: ServiceContext, directive: Directive | undefined, type: string): void {
  if (directive === undefined) return;
  const name = fixedText(context, directive);
  if (name === undefined) return;
  if (type !== "dbus") return directive.carried("it only says what the program does itself");
  context.text.set("health-command", busCheck(name).map((word) => [word]));
  context.text.set("health-action", "none");
  directive.changed("a check asks the bus for the owner of the name");
}

function importPidFile(context: ServiceContext, directive: Directive | undefined): void {
  if (directive === undefined) return;
  const word = wordOf(context, directive);
  if (word === undefined) return;
  if (context.type !== "bgprocess") return directive.carried("only background processes need it");
  const [first] = word;
  const isRelative = typeof first === "string" && !first.startsWith("/");
  context.text.set("pid-file", [isRelative ? ["/run/", ...word] : word]);
  directive.carried();
}

function importRemaining(context: ServiceContext, directive: Directive | undefined): void {
  if (directive === undefined) return;
  const remains = parseBoolean(directive.value);
  if (context.type === "scripted") {
    if (remains) directive.carried("a scripted service stays started");
    else directive.changed("a scripted service stays started until it is stopped");
  } else if (remains) {
    directive.none("a service whose process has ended is not up");
  } else directive.carried();
}

const RESTARTS: Readonly<Record<string, readonly [setting: string, note: string]>> = {
  no: ["no", ""],
  always: ["yes", ""],
  "on-failure": ["on-failure", ""],
  "on-abnormal": ["on-failure", "also restarts after a status other than 0"],
  "on-abort": ["on-failure", "also restarts after a status other than 0 and after a timeout"],
  "on-watchdog": ["on-failure", "also restarts after other failures"],
  "on-success": ["no", "it does not restart after a success"],
};

/** Whether the unit has a process that lives as long as it is up. */
function isLasting({ type }: ServiceContext): boolean {
  return type === "process" || type === "bgprocess";
}

/** Restarts and their limits. */
export function importRestarts(context: ServiceContext): void {
  const { unit, text } = context;
  const restart = unit.last("Service", "Restart");
  const [setting, note] = RESTARTS[restart?.value || "no"] ?? ["no", ""];
  const isRepeated = context.isScheduled && setting !== "no";
  const isRestarting = isRepeated || (isLasting(context) && !context.isScheduled);
  // A run that has succeeded is never repeated.
  if (isRestarting || setting !== "no") text.set("restart", isRepeated ? "on-failure" : setting);
  if (restart !== undefined) {
    if (isRepeated && setting === "yes") {
      restart.changed("restart = on-failure: only a run that fails is repeated");
    } else if (!Object.hasOwn(RESTARTS, restart.value || "no")) text.decide(restart, "no such word is known");
    else if (note === "") restart.carried();
    else if (restart.value === "on-success") text.decide(restart, note);
    else restart.changed(note);
  }
  importDelay(context, { isRestarting, restart: setting });
  const burst = startLimit(context, "Burst");
  if (burst !== undefined) {
    if (/^[0-9]{1,9}$/.test(burst.value)) {
      if (isRestarting) text.set("restart-limit-count", burst.value);
      burst.changed("restart-limit-count; only automatic restarts count");
    } else text.decide(burst, "this is no number");
  }
  const interval = startLimit(context, "IntervalSec") ?? startLimit(context, "Interval");
  const seconds = interval && spanOf(context, interval);
  if (interval !== undefined && seconds !== undefined) {
    if (isRestarting && seconds > 0 && seconds !== Infinity) {
      text.set("restart-limit-interval", secondsText(seconds));
    } else if (isRestarting) text.set("restart-limit-count", "0");
    interval.changed(
      seconds > 0 && seconds !== Infinity ? "restart-limit-interval" : "restart-limit-count = 0: no limit",
    );
  }
  startLimit(context, "Action")?.none(
    "dinit does not restart the machine because of a service; see on-failure",
  );
}

/** These stand in one of two sections. */
function startLimit({ unit }: ServiceContext, end: string): Directive | undefined {
  return unit.last("Unit", `StartLimit${end}`) ?? unit.last("Service", `StartLimit${end}`);
}

/** @param restart the value of `restart` */
function importDelay(
  context: ServiceContext,
  { isRestarting, restart }: { readonly isRestarting: boolean; readonly restart: string },
): void {
  const { unit, text } = context;
  const delay = unit.last("Service", "RestartSec");
  const steps = unit.last("Service", "RestartSteps");
  const longest = unit.last("Service", "RestartMaxDelaySec");
  const seconds = delay && spanOf(context, delay);
  if (delay !== undefined && seconds !== undefined) {
    if (!isRestarting) delay.changed("the service does not restart by itself");
    else if (seconds === Infinity) text.decide(delay, "an endless pause is no restart: use restart = no");
    else {
      text.set("restart-delay", secondsText(seconds));
      delay.changed("restart-delay counts from start to start, not from end to start");
    }
  }
  const most = longest && spanOf(context, longest);
  const first = seconds ?? 0.2; // the default of restart-delay
  const growth = ((most ?? 0) / first) ** (1 / Math.max(Number(steps?.value) || 1, 1));
  const factor = Math.min(Number(growth.toFixed(3)), 1000);
  const grows = first > 0 && factor > 1 && isRestarting && restart !== "no";
  if (longest !== undefined && most !== undefined && most !== Infinity && grows) {
    text.set("restart-delay-factor", String(factor));
    text.set("restart-delay-max", `${Math.max(Math.ceil(most), 1)}s`);
    longest.changed("restart-delay-max");
    steps?.changed("restart-delay-factor, so that the longest pause comes after as many restarts");
  } else {
    longest?.changed("it has no effect");
    steps?.changed("it has no effect without RestartMaxDelaySec");
  }
}

/** How long a start and a stop may take. */
export function importTimeouts(context: ServiceContext): void {
  const { unit } = context;
  const both = unit.last("Service", "TimeoutSec");
  const start = unit.last("Service", "TimeoutStartSec");
  const stop = unit.last("Service", "TimeoutStopSec");
  const sendsKill = unit.last("Service", "SendSIGKILL");
  importStartTimeout(context, start ?? both);
  timeout(context, "stop-timeout", stop ?? both, USUAL_TIMEOUT);
  if (both !== undefined && !both.isClassified) both.carried("other lines replace it");
  if (sendsKill === undefined) return;
  if (parseBoolean(sendsKill.value) === false) {
    context.text.set("stop-timeout", "0");
    sendsKill.changed("stop-timeout = 0: a stop may take any time");
  } else sendsKill.carried();
}

/** The start of a oneshot is its command, so the time limits the run of a scheduled one. */
function importStartTimeout(context: ServiceContext, directive: Directive | undefined): void {
  const { type, text, isScheduled } = context;
  timeout(context, "start-timeout", directive, type === "scripted" ? Infinity : USUAL_TIMEOUT);
  const seconds = text.get("start-timeout") ?? "0";
  if (type === "scripted" && isScheduled && seconds !== "0") text.set("schedule-limit", `${seconds}s`);
}

/** A service without the setting gets the time that it has in systemd. */
function timeout(
  context: ServiceContext,
  setting: string,
  directive: Directive | undefined,
  usual: number,
): void {
  const given = directive && spanOf(context, directive);
  const seconds = given ?? usual;
  context.text.set(setting, seconds === Infinity ? "0" : secondsText(seconds));
  if (given !== undefined) directive?.carried();
}

/** Signs of life. */
export function importWatchdog(context: ServiceContext): void {
  const directive = context.unit.last("Service", "WatchdogSec");
  const seconds = directive && spanOf(context, directive);
  if (directive === undefined || seconds === undefined) return;
  if (seconds === 0 || seconds === Infinity) return directive.carried("no watchdog");
  if (context.type !== "process") return directive.none("only a process service has a watchdog");
  if (context.text.get("ready-notification") !== "notify") {
    return context.text.decide(
      directive,
      "watchdog-timeout needs ready-notification = notify: does the program say READY=1?",
    );
  }
  context.text.set("watchdog-timeout", `${Math.max(Math.round(seconds * 1000), 1)}ms`);
  directive.carried();
}

/** How the processes of a service end. */
export function importKilling(context: ServiceContext): void {
  const { unit, text } = context;
  const isRunning = isLasting(context) || context.isScheduled;
  const mode = unit.last("Service", "KillMode");
  if (isRunning) {
    text.set("kill-mode", mode?.value === "process" || mode?.value === "none" ? "process" : "all");
  }
  switch (mode?.value) {
    case undefined:
      break;
    case "process":
      mode.carried();
      break;
    case "control-group":
    case "mixed":
      mode.changed(
        "kill-mode = all: first the group of the main process gets the signal, in the end all get KILL",
      );
      break;
    case "none":
      mode.changed("kill-mode = process: the main process gets its signal");
      break;
    default:
      if (mode !== undefined) text.decide(mode, "no such word is known");
  }
  const signal = unit.last("Service", "KillSignal");
  if (signal !== undefined) importSignal(context, signal, isRunning);
  if (mode?.value === "process" && isRunning) text.flag("signal-process-only");
}

function importSignal(context: ServiceContext, directive: Directive, isRunning: boolean): void {
  const name = directive.value.replace(/^SIG/, "");
  const named = SIGNALS.find(([known, number]) => known === name || String(number) === name);
  if (!isRunning) return directive.carried("a scripted service has no process to signal");
  if (named === undefined) {
    const names = SIGNALS.map(([known]) => known).join(", ");
    return context.text.decide(directive, `term-signal takes ${names}; a stop-command can do something else`);
  }
  context.text.set("term-signal", named[0]);
  directive.carried();
}
