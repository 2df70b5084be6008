/** The steps after the last line: the environment and the final checks (service description 2.4, 6 and 7). */

import {
  hasLastingProcess,
  hasProcess,
  NO_DENO,
  type ServiceDescription,
  ServiceType,
} from "../model/mod.ts";
import type { CommandWords, Draft } from "./draft.ts";
import { denoProgram } from "./deno_program.ts";
import { denoCommand, denoMisfits } from "./settings/deno.ts";
import { groupMisfits } from "./settings/control_groups.ts";
import { type Misfit, misfits, setHealth } from "./settings/health.ts";
import { hasSchedule, scheduleMisfits } from "./settings/schedule.ts";
import { remarks } from "./settings/lint.ts";
import { sandboxMisfits } from "./settings/sandbox.ts";
import { watchMisfits } from "./settings/watch.ts";
import type { DescriptionReader } from "./reader.ts";
import type { ReadOptions } from "./read_options.ts";
import { serviceOverlay } from "./service_overlay.ts";
import type { SettingTable } from "./settings/table.ts";
import { substituteText, substituteTokens, type Variables } from "./text/substitution.ts";

/** Completes a description and checks all of it. */
export function finishDescription(
  draft: Draft,
  reader: DescriptionReader,
  options: ReadOptions,
): ServiceDescription {
  const { description } = draft;
  description.environment = serviceOverlay(draft, reader, options);
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
  if (description.deno !== NO_DENO) finishDeno(draft, reader, variables);
  description.stopCommand = substituteCommand(draft.stopCommand, "stop-command", reader, variables);
  finishExtensions(draft, reader, variables);

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

/** The first check of step 7. */
function checkCommand({ description, command }: Draft, reader: DescriptionReader): void {
  if (hasProcess(description.type) && command.isBlank && description.deno === NO_DENO) {
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

/** A scheduled service needs times. */
function checkSchedule({ description }: Draft, reader: DescriptionReader): void {
  const { type, schedule } = description;
  if (type === ServiceType.SCHEDULED && !hasSchedule(schedule)) {
    reader.reportGeneral(
      "'type = scheduled' needs times: add 'schedule-cron = EXPRESSION' or 'schedule-interval = DURATION'.",
      "no-schedule",
    );
  }
}

/** A kept log that nobody can write is an error. */
function checkKeptLog({ description: { logType, logFile } }: Draft, reader: DescriptionReader): void {
  if (logType === "kept" && logFile === "") {
    reader.reportGeneral("'log-type = kept' needs a file: add 'logfile = PATH'.", "no-logfile");
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
      reader.report(reader.substitutionError(error, setting));
    }
  }
}

/** Makes the command of a program for Deno. */
function finishDeno(draft: Draft, reader: DescriptionReader, variables: Variables): void {
  const { description } = draft;
  const words = (tokens: readonly string[], setting: string) =>
    substituteCommand({ tokens: [...tokens], isBlank: false }, setting, reader, variables);
  const deno = {
    script: words(description.deno.script, "deno-script"),
    permissions: words(description.deno.permissions, "deno-permissions"),
    flags: words(description.deno.flags, "deno-flags"),
  };
  description.deno = deno;
  const found = denoMisfits(
    { deno, type: description.type, hasCommand: !draft.command.isBlank },
    reader.places,
  );
  for (const { setting, message } of found) reader.reportAt(setting, message, "misfit");
  if (found.length > 0 || !hasProcess(description.type)) return;
  const program = denoProgram(variables.get, reader.files);
  if (program !== undefined) description.command = denoCommand(program, deno);
  else {
    const message =
      "this needs the program 'deno', which is not in PATH: install it, or set the variable DENO to its path";
    reader.reportAt("deno-script", message, "no-deno");
  }
}

/** The last steps for the extensions, which most descriptions do not mention. */
function finishExtensions(draft: Draft, reader: DescriptionReader, variables: Variables): void {
  const { places } = reader;
  if (places.size === 0) return;
  const { description, healthCommand: tokens } = draft;
  if (tokens.length > 0) {
    const command = substituteCommand({ tokens, isBlank: false }, "health-command", reader, variables);
    setHealth(description, { command });
  }
  const { sandbox } = description;
  if (sandbox.writable.length > 0) {
    const tokens = [...sandbox.writable];
    const writable = substituteCommand({ tokens, isBlank: false }, "sandbox-writable", reader, variables);
    description.sandbox = { ...sandbox, writable };
  }
  const found = [
    ...misfits(description.health, description.type, places),
    ...watchMisfits(description, places),
    ...scheduleMisfits(description, places),
    ...sandboxMisfits(description, places),
    ...groupMisfits(description),
  ];
  for (const { setting, message } of found) {
    reader.reportAt(setting, message, "misfit");
  }
  reportWithoutEffect(draft, reader, found);
}

/** Reports the settings that have no effect beside the others, unless an error about the same line is `known`. */
function reportWithoutEffect(draft: Draft, reader: DescriptionReader, known: readonly Misfit[]): void {
  for (const name of reader.places.keys()) {
    const why = reader.settings.named(name)?.withoutEffect?.(draft);
    if (why === undefined || known.some(({ setting }) => setting === name)) continue;
    reader.reportAt(name, why, "misfit");
  }
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
    throw reader.substitutionError(error, setting);
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
