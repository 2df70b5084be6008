/** The log messages for the facts of the engine, in the words of the reference (lifecycle 11, daemon and init 5). */

import {
  descriptionErrorText,
  errnoText,
  type ExitStatus,
  launchStageText,
  type LoadError,
  sizeText,
} from "../model/mod.ts";
import type { EndedProcess, Fact, LoadOccasion } from "../engine/mod.ts";
import type { LogLevel } from "./levels.ts";

/** The status of a service as the logs show it. */
export type Status = "started" | "failed" | "stopped";

/** An ordinary message. */
export interface MessageWords {
  readonly level: LogLevel;
  readonly text: string;
  /** A second message that explains the first; the fact contains its data. @default absent */
  readonly more?: string;
}

/** The status of a service, with its levels on both streams. */
export interface ServiceStatusWords {
  readonly status: Status;
  readonly service: string;
  readonly consoleLevel: LogLevel;
  readonly level: LogLevel;
}

/** The words for a fact. */
export type Words = MessageWords | ServiceStatusWords;

/** What the main log says of the status of a service. */
const STATUS_VERBS = { started: "started", failed: "failed to start", stopped: "stopped" } as const;

/** The sentence that the main log has for what is said about a fact. */
export function sentence(said: Words): string {
  return "status" in said ? `service ${said.service} ${STATUS_VERBS[said.status]}.` : said.text;
}

/** The words for a fact; `undefined` if the reference has no message for it. */
export function words(fact: Fact): Words | undefined {
  switch (fact.kind) {
    case "started":
      return { status: "started", service: fact.service, consoleLevel: "info", level: "info" };
    case "failed": {
      const consoleLevel = fact.viaDependency ? "warn" : "error";
      return { status: "failed", service: fact.service, consoleLevel, level: "error" };
    }
    case "stopped":
      if (fact.startFailed) return undefined; // already reported
      return { status: "stopped", service: fact.service, consoleLevel: "info", level: "info" };
    case "loaded":
    case "reloaded":
    case "unloaded":
    case "phase":
    case "start-cancelled":
    case "stop-cancelled":
    case "recovery-given-up":
    case "failed-for-good":
    case "run-began":
    case "run-ended":
    case "run-failed":
      return undefined;
    case "reload-failed":
      return error(`Could not reload service ${fact.service}: ${fact.error.message}`);
    case "impossible-event":
      return error(
        `internal error: event ${fact.event} for service ${fact.service} in phase ${fact.phase}`,
      );
    case "impossible-change":
      return error(`internal error: service ${fact.service} goes from ${fact.from} to ${fact.to}`);
    case "unhealthy":
      return error(`${fact.service}: ${fact.why}`);
    case "replaced":
      return warning(`${fact.service}: ${fact.why}: its process is replaced`); // the console must show it
    case "restart-limit-reached":
      return error(`Service ${fact.service} restarting too quickly; stopping.`);
    case "chain-failed":
      return error(`Couldn't chain to service ${fact.to}: ${chainObstacle(fact.error, fact.service)}`);
    case "socket-failed":
    case "launch-failed":
      return error(fact.message ?? `${fact.service}: ${fact.error}`);
    case "execution-failed": {
      const failure = `${launchStageText(fact.stage)}: ${errnoText(fact.errno)}`;
      return error(
        fact.role === "main"
          ? `${fact.service}: execution failed - ${failure}`
          : `Service ${fact.service}: could not fork for stop command: ${failure}`,
      );
    }
    case "process-ended":
      return endOfProcess(fact.service, fact.what, fact.exit);
    case "remains-found": {
      const which = fact.pids.length === 1 ? "process" : "processes";
      return warning(
        `Service ${fact.service}: ending ${which} ${fact.pids.join(", ")}, which its main process has left.`,
      );
    }
    case "run-skipped":
      return warning(
        `Service ${fact.service}: its last run has not ended; the one that is due now is skipped.`,
      );
    case "run-overdue":
      return warning(
        `Service ${fact.service} with pid ${fact.pid ?? -1} exceeded schedule-limit; ending its run.`,
      );
    case "start-overdue":
      return warning(
        `Service ${fact.service} with pid ${fact.pid ?? -1} exceeded allowed start time; cancelling.`,
      );
    case "start-interrupted":
      return warning(
        `Interrupting start of service ${fact.service} with pid ${fact.pid ?? -1} (with SIGINT).`,
      );
    case "stop-overdue": {
      if (fact.role === "remains") {
        return warning(
          `Service ${fact.service}: what its main process has left exceeded allowed stop time; killing.`,
        );
      }
      const pid = fact.pid ?? -1;
      const what = fact.role === "main" ? `with pid ${pid}` : `stop command, with pid ${pid},`;
      return warning(`Service ${fact.service} ${what} exceeded allowed stop time; killing.`);
    }
    case "signal-not-sent": {
      const reason = fact.errno === undefined ? "the host cannot send it" : errnoText(fact.errno);
      const target = `process ${fact.pid} of service ${fact.service}`;
      return error(`Error sending signal ${fact.signal} to ${target}: ${reason}`);
    }
    case "not-supervised":
      return warning(`${fact.service}: unable to supervise process with pid ${fact.pid}`);
    case "pid-file-invalid":
      return error(`${fact.service}: pid read from pidfile (${fact.pid}) is not valid`);
    case "pid-file-unreadable": {
      const step = fact.step === "open" ? "read pid file:" : "could not read from pidfile;";
      return error(`${fact.service}: ${step} ${errnoText(fact.errno)}`);
    }
    case "load-failed": {
      const { path, service } = fact.error;
      const words = error(loadErrorText(fact.error, fact.occasion));
      return path === undefined ? words : { ...words, more: `${service}: the file is ${path}` };
    }
    case "description-warning":
      return warning(fact.text);
    case "signal-failed":
      return error(`Error sending signal to process: ${errnoText(fact.errno)}`);
    case "signal-invalid":
      return error("Requested signal not in valid signal range.");
    case "unknown-service":
      return error(`internal error: event for a service that is not loaded (${fact.id})`);
  }
}

function error(text: string): MessageWords {
  return { level: "error", text };
}

function warning(text: string): MessageWords {
  return { level: "warn", text };
}

function chainObstacle(failure: LoadError | undefined, service: string): string {
  return failure === undefined
    ? `it ends at once and leads back to ${service}`
    : `couldn't load ${failure.service}: ${failure.message}`;
}

function endOfProcess(service: string, what: EndedProcess, exit: ExitStatus): Words {
  const how = (verb: string) => {
    if (exit.kind === "exited") return `${verb} with exit code ${exit.code}`;
    return exit.kind === "killed"
      ? `terminated due to signal ${exit.signal}${byMemory(exit.memoryLimit)}`
      : `${verb} with unknown exit status`;
  };
  switch (what) {
    case "main":
      return error(`Service ${service} ${exit.kind === "killed" ? "" : "process "}${how("terminated")}`);
    case "stop":
      return error(`Service ${service} stop command ${how("terminated")}`);
    case "start-command":
      return error(`Service ${service} command ${how("failed")}`);
    case "stop-command":
      return warning(`Service ${service} stop command ${how("failed")}`);
    case "interrupted-start-command": {
      return { level: "info", text: `Service ${service} start cancelled${cancelledEnd(exit)}` };
    }
  }
}

function byMemory(limit: number | undefined): string {
  return limit === undefined ? "" : ` (out of memory: ${sizeText(limit)})`;
}

function cancelledEnd(exit: ExitStatus): string {
  if (exit.kind === "unknown") return "; unknown exit status";
  return exit.kind === "exited" ? `; exit code ${exit.code}` : ` from signal ${exit.signal}`;
}

/**
 * Why a service could not be loaded, in the wording for the occasion (service description 1.4): a name on the command
 * line, or a request over the control socket, which is also how dependencies are worded.
 */
function loadErrorText(failure: LoadError, occasion: LoadOccasion): string {
  const { kind, service, message } = failure;
  if (kind === "description") return descriptionErrorText(failure);
  if (occasion === "request") return `Could not load service ${service}: ${message}`;
  return kind === "not-found"
    ? `${service}: could not find service description.`
    : `${service}: error loading: ${message}`;
}
