/**
 * What a service changes about the environment (service description 5.2): exported facts about user and service, then
 * its environment file, then the lines of `env`, each on top of the others.
 */

import { type EnvironmentOverlay, NO_OVERLAY } from "../model/mod.ts";
import type { Draft } from "./draft.ts";
import { parseEnvironmentText } from "./environment_file.ts";
import { readWholeFile, systemErrorText, wholePath } from "./files.ts";
import { OverlayBuilder } from "./overlay.ts";
import type { DescriptionReader } from "./reader.ts";
import type { ReadOptions } from "./read_options.ts";
import { substituteText } from "./text/substitution.ts";
import type { User } from "./users.ts";

/** The service's overlay of the environment. */
export function serviceOverlay(
  draft: Draft,
  reader: DescriptionReader,
  options: ReadOptions,
): EnvironmentOverlay {
  const { exportsUser, exportsName, environmentFile, environmentLines } = draft;
  if (!exportsUser && !exportsName && environmentFile === "" && environmentLines.length === 0) {
    return NO_OVERLAY;
  }
  const overlay = new OverlayBuilder();
  if (exportsUser) {
    const user = findUser(draft.description.runAs?.uid ?? options.identity.uid, reader, options);
    if (user !== undefined) assignUser(overlay, user);
  }
  if (exportsName) overlay.assign("DINIT_SERVICE", reader.service);
  if (environmentFile !== "") applyFile(overlay, draft, reader, options);
  if (environmentLines.length > 0) applyLines(overlay, draft, reader, options);
  return overlay;
}

function applyFile(
  overlay: OverlayBuilder,
  { environmentFile, environmentFileSetting: setting, environmentFileOptional: isOptional }: Draft,
  reader: DescriptionReader,
  options: ReadOptions,
): void {
  const found = readWholeFile(environmentFile, reader.files);
  if (found.ok) {
    reader.countText(found.text);
    const { overlay: own, problems } = parseEnvironmentText(found.text);
    overlay.apply(own);
    options.environmentFile?.({ setting, path: environmentFile, text: found.text, problems });
  } else if (!isOptional || !found.missing) {
    const message = `could not load environment file: ${found.text}`;
    reader.reportGeneral(message, "env-file", found.cause, wholePath(environmentFile));
  }
}

/** A line sees the variables of the daemon, of the environment file, and of the lines before it. */
function applyLines(
  overlay: OverlayBuilder,
  { environmentLines }: Draft,
  reader: DescriptionReader,
  { environment }: ReadOptions,
): void {
  const variables = reader.variables((name) => environment.getFor(overlay, name));
  reader.setting = "env";
  for (const { name, text } of environmentLines) {
    if (!text.includes("$")) {
      overlay.assign(name, text);
      continue;
    }
    try {
      const value = substituteText(text, variables);
      // Lines that double each other's value must not fill the memory.
      reader.countText(value);
      overlay.assign(name, value);
    } catch (error) {
      reader.report(reader.substitutionError(error, "env"));
    }
  }
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
