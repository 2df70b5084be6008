/** Whether a service is down because of a failure, after which nothing restarts it. */

import { ServiceState, StopReason } from "../../model/mod.ts";
import { isFailure } from "../launcher/restart_policy.ts";
import type { FailureCause } from "../graph/failure.ts";
import { isHard, type ServiceRecord } from "../graph/record.ts";

const { DEPFAILED, EXECFAILED, TIMEDOUT, TERMINATED } = StopReason;

/** Why a service that stays down has failed; `undefined`: it has not, for example because it was told to stop. */
export function failureCause(service: ServiceRecord): FailureCause | undefined {
  const { reason, startFailed } = service;
  if (startFailed) {
    if (reason === EXECFAILED) return "exec-failed";
    if (reason === TIMEDOUT) return "timed-out";
    return reason === DEPFAILED ? "dependency-failed" : "start-failed";
  }
  if (reason === TERMINATED) return causeOfEnd(service);
  return reason === DEPFAILED && hasFailedDependency(service) ? "dependency-failed" : undefined;
}

function causeOfEnd({ gaveUp, process }: ServiceRecord): FailureCause | undefined {
  return gaveUp ?? (isFailure(process.exit) ? "terminated" : undefined);
}

/** Whether a failure below is why it stopped. A command to stop a dependency gives the same reason, but fails nothing. */
function hasFailedDependency(service: ServiceRecord): boolean {
  const seen = new Set([service]);
  for (const { dependencies } of seen) {
    for (const edge of dependencies) {
      const { to } = edge;
      if (!isHard(edge) || to.target !== ServiceState.STOPPED) continue;
      if (to.startFailed || (to.reason === TERMINATED && causeOfEnd(to) !== undefined)) return true;
      if (to.reason === DEPFAILED) seen.add(to);
    }
  }
  return false;
}
