/** Why a service stays down, in words. */

const TEXTS: ReadonlyMap<string, string> = new Map([
  ["restart-limit", "it reached its restart limit"],
  ["recovery-failed", "its process could not be replaced"],
  ["start-failed", "it failed to start"],
  ["exec-failed", "its program could not be executed"],
  ["timed-out", "its start took too long"],
  ["dependency-failed", "a service that it needs has failed"],
  ["unhealthy", "its checks have failed"],
  ["terminated", "its process ended with an error"],
]);

/** A cause of `ServiceOverview` in words. Others are shown as they are. */
export function causeText(cause: string): string {
  return TEXTS.get(cause) ?? cause;
}
