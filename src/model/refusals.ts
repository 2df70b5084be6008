/** Why the daemon refuses a command, and why it cannot load a service, in the words of cli 3.1 and 3.3. */

/** What a command can be refused for, except because of dependents. */
export type CommandRefusalReason =
  | "pinned-started"
  | "pinned-stopped"
  | "shutting-down"
  | "not-started"
  | "no-dependents"
  | "not-triggered";

/** Why a command for a service was refused. */
export function refusalText(service: string, reason: CommandRefusalReason): string {
  switch (reason) {
    case "pinned-started":
      return `cannot stop service '${service}' as it is pinned started`;
    case "pinned-stopped":
      return `cannot start service '${service}' as it is pinned stopped`;
    case "shutting-down":
      return "cannot start/restart/wake service, shutdown is in progress.";
    case "not-started":
      return "cannot restart service; service not started.";
    case "no-dependents":
      return "service has no active dependents, cannot wake.";
    case "not-triggered":
      return "cannot trigger a service that is not of 'triggered' type.";
  }
}

/** The line before the names of the services that forbid a stop. */
export function dependentsText(service: string): string {
  return `cannot stop service '${service}' due to the following dependents:`;
}

const TRY_CHECK = "try 'dinit-check <service-name>' or check log for more information.";

/** Why a service cannot be loaded, line by line. */
export const LOAD_FAILURE_TEXTS = {
  "not-found": [
    "failed to find service description.",
    "check service description file exists / service name spelling.",
  ],
  "bad-description": ["error in service description.", TRY_CHECK],
  "load-failed": ["error loading service (or dependency of service).", TRY_CHECK],
} as const;
