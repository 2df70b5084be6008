/** The rows of section 16 of the lifecycle specification, and those that the command host does not support. */

import { DEFAULT_DESCRIPTION, type ServiceDescription, ServiceType } from "../../src/model/mod.ts";

/** The number of the last row; they begin with 1. */
export const LAST_ROW = 59;

/** What rows ask for that the command host refuses, when the service is loaded, under the name of the setting. */
export const REFUSED_ROWS: [rows: number[], setting: string, changes: Partial<ServiceDescription>][] = [
  [[7], "run-in-cgroup", { cgroup: "group" }],
  [[14, 15], "socket-listen", { socketPath: "/run/socket" }],
  [[16, 17, 18, 19, 59], "ready-notification", { readyFd: 7 }],
  [[20], "run-as = NAME", { runAs: { uid: 1, gid: 1, name: "daemon" } }],
  [[24], "rlimit-*", { limits: [{ resource: "nofile", soft: 100n, hard: 200n }] }],
  [[24], "nice", { nice: 5 }],
  [[24], "oom-score-adj", { oomScoreAdjust: 100 }],
  [[30, 31, 32, 33, 34, 35], "type = bgprocess", { type: ServiceType.BGPROCESS }],
  [[36], "options = runs-on-console", { flags: flags({ runsOnConsole: true }) }],
  [[37], "options = starts-on-console", { flags: flags({ startsOnConsole: true }) }],
  [[38], "options = shares-console", { flags: flags({ sharesConsole: true }) }],
  [[39], "log-type = pipe", { logType: "pipe" }],
  [[39], "consumer-of", { consumerOf: "producer" }],
];

function flags(changes: Partial<ServiceDescription["flags"]>): ServiceDescription["flags"] {
  return { ...DEFAULT_DESCRIPTION.flags, ...changes };
}
