/** The steps after the last line: the environment and the final checks (service description 2.4, 6 and 7). */

import {
  type EnvironmentOverlay,
  hasLastingProcess,
  hasProcess,
  NO_OVERLAY,
  type ServiceDescription,
  ServiceType,
} from "../model/mod.ts";
import type { CommandWords, Draft } from "./draft.ts";
import { substitutionError } from "./text/errors.ts";
import { readWholeFile, systemErrorText, wholePath } from "./files.ts";
import { groupMisfits } from "./settings/control_groups.ts";
import { misfits, setHealth } from "./settings/health.ts";
import { hasSchedule, scheduleMisfits } from "./settings/schedule.ts";
import { remarks } from "./settings/lint.ts";
import { OverlayBuilder } from "./overlay.ts";
import type { DescriptionReader } from "./reader.ts";
import { parseEnvironmentText } from "./environment_file.ts";
import type { ReadOptions } from "./read_options.ts";
import type { SettingTable } from "./settings/table.ts";
import { substituteText, substituteTokens, type Variables } from "./text/substitution.ts";
import type { User } from "./users.ts";

/** Completes a description and checks all of it. */
export function finishDescription(
  draft: Draft,
  reader: DescriptionReader,
  options: ReadOptions,
): ServiceDescription {
  const { description } = draft;
  description.environment = buildOverlay(draft, reader, options);
  checkCommand(draft, reader);
  const { lint } = options;
  if (lint !== undefined) {
    for (const { text, setting } of remarks(draft, reader.settings)) lint(text, setting);
  }
  checkBeforeSubstitution(draft, reader);
  checkKeptLog(draft, reader);
  checkSchedule(draft, reader);

  const overlay = description.environment;
  const variables = reader.variables((name) => options.environment.getFor(overlay, name));
  substitutePaths(draft, reader, variables);
  description.command = substituteCommand(draft.command, "command", reader, variables);
  description.stopCommand = substituteCommand(draft.stopCommand, "stop-command", reader, variables);
  finishHealth(draft, reader, variables);

  if (description.consumerOf !== "" && !hasLastingProcess(description.type)) {
    reader.reportGeneral(
      "only a process or bgprocess service can be a log consumer ('consumer-of') another service.",
      "consumer-type",
    );
  }
  settle(draft);
  description.size = sizeOf(description, reader.settings) + reader.length;
  return description;
}

/** How much text substitution may add to the text of the files, in characters. */
function sizeOf(description: ServiceDescription, { paths }: SettingTable): number {
  const { name, command, stopCommand, health } = description;
  let size = name.length;
  for (const { path } of paths) size += description[path.field].length;
  for (const word of command) size += word.length;
  for (const word of stopCommand) size += word.length;
  for (const word of health.command) size += word.length;
  return size;
}

/** The service's overlay of the environment (5.2). */
function buildOverlay(draft: Draft, reader: DescriptionReader, options: ReadOptions): EnvironmentOverlay {
  if (!draft.exportsUser && !draft.exportsName && draft.environmentFile === "") return NO_OVERLAY;
  const overlay = new OverlayBuilder();
  if (draft.exportsUser) {
    const user = findUser(draft.description.runAs?.uid ?? options.identity.uid, reader, options);
    if (user !== undefined) assignUser(overlay, user);
  }
  if (draft.exportsName) overlay.assign("DINIT_SERVICE", reader.service);
  if (draft.environmentFile !== "") {
    const found = readWholeFile(draft.environmentFile, reader.files);
    if (found.ok) {
      reader.countText(found.text);
      const { overlay: own, problems } = parseEnvironmentText(found.text);
      overlay.apply(own);
      const setting = draft.environmentFileSetting;
      options.environmentFile?.({ setting, path: draft.environmentFile, text: found.text, problems });
    } else {
      const message = `could not load environment file: ${found.text}`;
      reader.reportGeneral(message, "env-file", found.cause, wholePath(draft.environmentFile));
    }
  }
  return overlay;
}

function findUser(uid: number, reader: DescriptionReader, options: ReadOptions): User | undefined {
  let user: User | undefined;
  try {
    user = options.users.userById(uid);
  } catch (error) {
    const message = `error accessing user database: ${systemErrorText(error)}`;
    reader.reportGeneral(message, "user-database", error);
    return undefined;
  }
  if (user === undefined) {
    reader.reportGeneral(`user id '${uid}' does not exist in system database`, "unknown-user");
  }
  return user;
}

function assignUser(overlay: OverlayBuilder, user: User): void {
  overlay.assign("USER", user.name);
  overlay.assign("LOGNAME", user.name);
  overlay.assign("HOME", user.home);
  overlay.assign("SHELL", user.shell);
  overlay.assign("UID", String(user.uid));
  overlay.assign("GID", String(user.gid));
}

/** The first check of step 7. */
function checkCommand({ description, command }: Draft, reader: DescriptionReader): void {
  if (hasProcess(description.type) && command.isBlank) {
    reader.reportGeneral("'command' setting not specified.", "no-command");
  }
}

/** The checks 2 to 4 of step 7. */
function checkBeforeSubstitution(draft: Draft, reader: DescriptionReader): void {
  const { description } = draft;
  const { type } = description;
  const isBackground = type === ServiceType.BGPROCESS;
  if (isBackground && description.pidFile === "") {
    reader.reportGeneral(
      "process ID file ('pid-file') not specified for bgprocess service.",
      "no-pid-file",
    );
  }
  if (isBackground && (description.readyFd !== undefined || description.readyVariable !== undefined)) {
    reader.reportGeneral(
      "readiness notification ('ready-notification') is not supported for bgprocess services.",
      "ready-notification",
    );
  }
  if (description.flags.killAllOnStop && type !== ServiceType.INTERNAL && type !== ServiceType.SCRIPTED) {
    reader.reportGeneral(
      "kill-all-on-stop can only be set on scripted or internal services.",
      "kill-all-on-stop",
    );
  }
}

/** A scheduled service needs times, and only such a service has any. */
function checkSchedule({ description }: Draft, reader: DescriptionReader): void {
  const { type, schedule } = description;
  if (type === ServiceType.SCHEDULED && !hasSchedule(schedule)) {
    reader.reportGeneral(
      "'type = scheduled' needs times: add 'schedule-cron = EXPRESSION' or 'schedule-interval = DURATION'.",
      "no-schedule",
    );
  }
  if (reader.places.size === 0) return;
  for (const { setting, message } of scheduleMisfits(description, reader.places)) {
    reader.reportAt(setting, message, "misfit");
  }
}

/** The settings of kept logs: a log that nobody can write, and settings that would have no effect, are errors. */
function checkKeptLog({ description }: Draft, reader: DescriptionReader): void {
  const { logType, logFile } = description;
  if (logType === "kept" && logFile === "") {
    reader.reportGeneral("'log-type = kept' needs a file: add 'logfile = PATH'.", "no-logfile");
  }
  for (const setting of reader.places.keys()) {
    const wanted = reader.settings.named(setting)?.logType;
    if (wanted === undefined || logType === wanted) continue;
    reader.reportAt(
      setting,
      `applies to 'log-type = ${wanted}' only: add that line, or remove this one`,
      "log-type",
    );
  }
}

function substitutePaths({ description }: Draft, reader: DescriptionReader, variables: Variables): void {
  for (const { name: setting, path: { field } } of reader.settings.paths) {
    const text = description[field];
    if (text === "") continue;
    reader.setting = setting;
    try {
      description[field] = substituteText(text, variables);
    } catch (error) {
      reader.report(substitutionError(reader.service, error, setting));
    }
  }
}

/** The last steps for readiness, health and control groups, which most descriptions do not mention. */
function finishHealth(draft: Draft, reader: DescriptionReader, variables: Variables): void {
  if (reader.places.size === 0) return;
  const { description, healthCommand: tokens } = draft;
  if (tokens.length > 0) {
    const command = substituteCommand({ tokens, isBlank: false }, "health-command", reader, variables);
    setHealth(description, { command });
  }
  const found = [
    ...misfits(description.health, description.type, reader.places),
    ...groupMisfits(description),
  ];
  for (const { setting, message } of found) reader.reportAt(setting, message, "misfit");
}

/** A bad command cannot be checked any further, so its error is always thrown. */
function substituteCommand(
  words: CommandWords,
  setting: string,
  reader: DescriptionReader,
  variables: Variables,
): readonly string[] {
  reader.setting = setting;
  try {
    return substituteTokens(words.tokens, variables);
  } catch (error) {
    throw substitutionError(reader.service, error, setting);
  }
}

/** Sets the fields that depend on all lines. */
function settle(draft: Draft): void {
  const { description, links, after, before } = draft;
  if (description.type === ServiceType.SCHEDULED && !draft.given.restart) description.restart = "never";
  if (description.type === ServiceType.BGPROCESS && description.flags.runsOnConsole) {
    description.flags = { ...description.flags, runsOnConsole: false };
  }
  if (description.logType !== "file" && description.logType !== "kept") description.logFile = "";
  description.socketGid ??= draft.socketUserGroup;
  description.logFileGid ??= draft.logUserGroup;
  if (links.length + after.length + before.length > 0) {
    description.dependencies = links.concat(after, before);
  }
}
