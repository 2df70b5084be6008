/** Services as the overview of a daemon has them. */

import { type ServiceOverview, ServiceType } from "../../../src/model/mod.ts";

/** The status of a service that never ran. */
export const DEFAULT_STATUS = {
  state: 0,
  target: 0,
  waitingForConsole: false,
  holdingConsole: false,
  skipped: false,
  explicit: false,
  reason: 0,
  pid: undefined,
  launchStage: 0,
  launchErrno: 0,
  exit: { code: 0, status: 0 },
  modified: { seconds: 0, nanoseconds: 0 },
} as const;

/** A service; what is left out is that of one that never ran. */
export function service(name: string, facts: Partial<ServiceOverview>): ServiceOverview {
  return {
    ...DEFAULT_STATUS,
    name,
    type: ServiceType.PROCESS,
    since: 1_700_000_000_000,
    waitingFor: [],
    restarts: 0,
    ...facts,
  };
}
