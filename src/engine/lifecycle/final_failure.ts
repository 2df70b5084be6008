/** Whether a service is down, or goes down, because of a failure after which nothing restarts it. */

import { StopReason } from "../../model/mod.ts";
import { isFailure } from "../launcher/restart_policy.ts";
import type { FailureCause } from "../graph/failure.ts";
import type { ServiceRecord } from "../graph/record.ts";

const { DEPFAILED, EXECFAILED, TIMEDOUT, TERMINATED } = StopReason;

/** Why a service that stays down has failed; `undefined`: it has not, for example because it was told to stop. */
export function failureCause(
  { reason, startFailed, gaveUp, process }: ServiceRecord,
): FailureCause | undefined {
  if (startFailed) {
    if (reason === EXECFAILED) return "exec-failed";
    if (reason === TIMEDOUT) return "timed-out";
    return reason === DEPFAILED ? "dependency-failed" : "start-failed";
  }
  // The stop reason does not say it: a command to stop a dependency gives the same one.
  if (gaveUp !== undefined) return gaveUp;
  return reason === TERMINATED && isFailure(process.exit) ? "terminated" : undefined;
}
