/** The schema of a service description in a saved state. */

import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  NO_FLAGS,
  type ResourceLimit,
  type ServiceDescription,
  type ServiceFlags,
  ServiceType,
} from "../model/mod.ts";
import {
  bigint,
  either,
  flag,
  list,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  or,
  type Schema,
  setOf,
  text,
} from "./_schema.ts";

const { PLACEHOLDER: _placeholder, ...TYPES } = ServiceType;

/** With the default that descriptions have. */
function usual<Name extends keyof ServiceDescription>(
  name: Name,
  schema: Schema<ServiceDescription[Name]>,
): Schema<ServiceDescription[Name]> {
  return or(schema, DEFAULT_DESCRIPTION[name]);
}

const limitValue = optional(either(bigint, oneOf(["unlimited"])));

const flags = Object.fromEntries(Object.keys(NO_FLAGS).map((name) => [name, or(flag, false)])) as {
  [Name in keyof ServiceFlags]: Schema<boolean>;
};

/** A description as it was read. */
export const savedDescription: Schema<ServiceDescription> = object<ServiceDescription>({
  name: usual("name", text),
  directory: usual("directory", text),
  file: usual("file", text),
  size: usual("size", number),
  modified: usual("modified", object({ seconds: number, nanoseconds: number })),
  type: oneOf(Object.values(TYPES)),
  command: usual("command", list(text)),
  stopCommand: usual("stopCommand", list(text)),
  workingDir: usual("workingDir", text),
  runAs: usual("runAs", optional(object({ uid: number, gid: optional(number), name: optional(text) }))),
  environment: usual(
    "environment",
    object({ clear: flag, set: mapOf(text, text), unset: setOf(text), imported: setOf(text) }),
  ),
  restart: usual("restart", oneOf(["always", "on-failure", "never"])),
  smoothRecovery: usual("smoothRecovery", flag),
  restartDelay: usual("restartDelay", number),
  restartLimitInterval: usual("restartLimitInterval", number),
  restartLimitCount: usual("restartLimitCount", number),
  startTimeout: usual("startTimeout", number),
  stopTimeout: usual("stopTimeout", number),
  pidFile: usual("pidFile", text),
  termSignal: usual("termSignal", number),
  readyFd: usual("readyFd", optional(number)),
  readyVariable: usual("readyVariable", optional(text)),
  chainTo: usual("chainTo", text),
  flags: usual("flags", object<ServiceFlags>(flags)),
  inittabId: usual("inittabId", text),
  inittabLine: usual("inittabLine", text),
  dependencies: usual(
    "dependencies",
    list(object({ kind: oneOf(Object.values(DependencyKind)), name: text })),
  ),
  consumerOf: usual("consumerOf", text),
  logType: usual("logType", oneOf(["none", "file", "buffer", "pipe"])),
  logFile: usual("logFile", text),
  logFilePermissions: usual("logFilePermissions", number),
  logFileUid: usual("logFileUid", optional(number)),
  logFileGid: usual("logFileGid", optional(number)),
  logBufferSize: usual("logBufferSize", number),
  socketPath: usual("socketPath", text),
  socketPermissions: usual("socketPermissions", number),
  socketUid: usual("socketUid", optional(number)),
  socketGid: usual("socketGid", optional(number)),
  limits: usual(
    "limits",
    list(object<ResourceLimit>({
      resource: oneOf(["nofile", "core", "data", "addrspace"]),
      soft: limitValue,
      hard: limitValue,
    })),
  ),
  nice: usual("nice", optional(number)),
  ioPriority: usual("ioPriority", optional(number)),
  oomScoreAdjust: usual("oomScoreAdjust", optional(number)),
  cgroup: usual("cgroup", text),
  capabilities: usual("capabilities", text),
  secureBits: usual("secureBits", list(text)),
});
