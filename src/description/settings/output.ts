/** Activation sockets and the logging of output (service description 3.4). */

import type { LogType, ServiceDescription } from "../../model/mod.ts";
import { need } from "./host_features.ts";
import { parseGroup, parseUser } from "./ids.ts";
import { Mistake } from "../text/mistake.ts";
import { parsePermissions, parseUnsigned } from "../text/numbers.ts";
import { PATH_BASES, SCRIPT_TYPES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

const LOG_TYPES: readonly LogType[] = ["none", "file", "buffer", "pipe", "kept"];

function permissions(
  name: string,
  field: "socketPermissions" | "logFilePermissions",
  standard: number,
  summary: string,
): Setting {
  return settingRow({
    name,
    syntax: "OCTAL",
    types: SCRIPT_TYPES,
    default: showOctal(standard),
    summary,
    change: field === "socketPermissions" ? "restart" : "next-start",
    apply({ draft: { description }, setting }, { text }) {
      description[field] = parsePermissions(text, setting);
    },
    show: (description) => description[field] === standard ? undefined : showOctal(description[field]),
  });
}

function showOctal(value: number): string {
  return value.toString(8).padStart(4, "0");
}

function owner(
  name: string,
  field: "socketUid" | "logFileUid",
  groupField: "socketUserGroup" | "logUserGroup",
  summary: string,
): Setting {
  return settingRow({
    name,
    syntax: "USER",
    types: SCRIPT_TYPES,
    summary,
    change: field === "socketUid" ? "restart" : "next-start",
    apply({ draft, setting, users }, { text }) {
      const user = parseUser(text, setting, users);
      draft.description[field] = user?.uid;
      draft[groupField] = user?.gid;
    },
    show: (description) => showId(description, field),
  });
}

function group(name: string, field: "socketGid" | "logFileGid", user: string, summary: string): Setting {
  return settingRow({
    name,
    syntax: "GROUP",
    types: SCRIPT_TYPES,
    default: `the primary group of ${user} if that is a name`,
    summary,
    change: field === "socketGid" ? "restart" : "next-start",
    apply({ draft: { description }, setting, users }, { text }) {
      description[field] = parseGroup(text, setting, users);
    },
    show: (description) => showId(description, field),
  });
}

function showId(
  description: ServiceDescription,
  field: "socketUid" | "logFileUid" | "socketGid" | "logFileGid",
): string | undefined {
  return description[field]?.toString();
}

/** The settings of 3.4. */
export const OUTPUT_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "socket-listen",
    syntax: "PATH",
    substitution: "post",
    types: SCRIPT_TYPES,
    path: { field: "socketPath", turn: 1 },
    base: PATH_BASES.daemon,
    summary: "a socket that is opened before the process starts and handed to it",
    change: "restart",
    needs: [need("activation-socket", ({ socketPath }) => socketPath !== "")],
    remark: { turn: 8, words: "'socket-listen'", given: ({ description }) => description.socketPath !== "" },
    apply({ draft: { description } }, { text }) {
      description.socketPath = text;
    },
    show: ({ socketPath }) => socketPath || undefined,
  }),
  permissions("socket-permissions", "socketPermissions", 0o666, "the permissions of the socket"),
  owner("socket-uid", "socketUid", "socketUserGroup", "the user that the socket belongs to"),
  group("socket-gid", "socketGid", "socket-uid", "the group that the socket belongs to"),
  settingRow({
    name: "log-type",
    syntax: LOG_TYPES.join(" | "),
    types: SCRIPT_TYPES,
    default: "none",
    summary: "where the output of the processes goes",
    change: "never",
    refusal: "cannot change log-type for running service.",
    extensionValues: /^kept$/,
    needs: [
      need("pipe", ({ logType }) => logType === "pipe", { label: "log-type = pipe" }),
      need("log-keeper", ({ logType }) => logType === "kept", { label: "log-type = kept" }),
    ],
    remark: {
      turn: 14,
      words: "option 'log_type' was",
      given: ({ description }) => description.logType !== "none",
    },
    apply({ draft: { description } }, { text }) {
      const type = LOG_TYPES.find((word) => word === text);
      if (type === undefined) {
        throw new Mistake('log type must be one of: "file", "buffer", "pipe", or "none"', {
          code: "unknown-word",
        });
      }
      description.logType = type;
    },
    show: ({ logType }) => logType === "none" ? undefined : logType,
  }),
  settingRow({
    name: "logfile",
    syntax: "PATH",
    substitution: "post",
    types: SCRIPT_TYPES,
    path: { field: "logFile", turn: 2 },
    base: PATH_BASES.service,
    summary: "the file that the output is added to",
    change: "next-start",
    apply({ draft: { description } }, { text }) {
      description.logFile = text;
      if (text !== "" && description.logType === "none") description.logType = "file";
    },
    show: ({ logFile }) => logFile || undefined,
  }),
  permissions("logfile-permissions", "logFilePermissions", 0o600, "the permissions of the log file"),
  owner("logfile-uid", "logFileUid", "logUserGroup", "the user that the log file belongs to"),
  group("logfile-gid", "logFileGid", "logfile-uid", "the group that the log file belongs to"),
  settingRow({
    name: "log-buffer-size",
    syntax: "BYTES",
    types: SCRIPT_TYPES,
    default: "4096",
    summary: "how much of the last output is kept in memory",
    change: "next-start",
    apply({ draft: { description } }, { text }) {
      description.logBufferSize = parseUnsigned(text);
    },
    show: ({ logBufferSize }) => logBufferSize === 4096 ? undefined : String(logBufferSize),
  }),
];
