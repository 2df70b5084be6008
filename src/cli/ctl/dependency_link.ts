/** The link in a directory of dependencies by which `enable` makes a dependency permanent (cli 4.1 to 4.3). */

import {
  type DescriptionFile,
  findDescription,
  type MainEnvironment,
  readEnableVia,
  readStaticLinks,
} from "../../description/mod.ts";
import { Errno, errnoOf, errnoText } from "../../model/errno.ts";
import { LoadError } from "../../model/errors.ts";
import { missingGrantText } from "../../model/grants.ts";
import { ctlFailure } from "../shared/failure.ts";

/** The default dependent, unless a description names another one. */
const DEFAULT_FROM = "boot";

/** The link and its target. */
export interface DependencyLink {
  readonly path: string;
  readonly target: string;
}

/** The description of a service in one of the directories, or the `LoadError` that explains why there is none. */
export function locate(name: string, directories: readonly string[]): DescriptionFile | LoadError {
  try {
    return findDescription(name, directories);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    if (error.cause instanceof Deno.errors.NotCapable) throw error.cause;
    return error;
  }
}

/** The service from which the description of `to` wants to be enabled. Throws `ToolFailure`. */
export function enabledVia(to: DescriptionFile, environment: MainEnvironment): string {
  return readPart(readEnableVia, to, environment) ?? DEFAULT_FROM;
}

/** The place of the link for a dependency of `from` on `to`. Throws `ToolFailure`. */
export function dependencyLink(
  from: DescriptionFile,
  to: DescriptionFile,
  environment: MainEnvironment,
): DependencyLink {
  const { fullName: fromName } = from;
  const { fullName: toName } = to;
  const { dependencies, waitsForDirectories } = readPart(readStaticLinks, from, environment);
  if (dependencies.some(({ name }) => name === toName)) {
    throw ctlFailure(
      `there is a fixed dependency to service '${toName}' in the service description of '${fromName}'.`,
    );
  }
  const [directory, ...others] = waitsForDirectories;
  if (others.length > 0) {
    throw ctlFailure(
      `service '${fromName}' has multiple waits-for.d directories specified in service description`,
    );
  }
  if (directory === undefined || directory.value === "") {
    throw ctlFailure(`service '${fromName}' has no waits-for.d directory specified`);
  }
  const path = directory.path.replace(/(?<=.)\/+$/, "");
  return { path: `${path}/${toName}`, target: linkTarget(path, to.file) };
}

/** The target of the link: relative to its directory if both are below the same one. */
export function linkTarget(directory: string, description: string): string {
  const parent = directory.slice(0, directory.lastIndexOf("/") + 1);
  if (parent !== "" && description.startsWith(parent)) return `../${description.slice(parent.length)}`;
  return description.startsWith("/")
    ? description
    : `../${description.slice(description.lastIndexOf("/") + 1)}`;
}

/** Reads part of a description. Throws `ToolFailure`. */
function readPart<T>(
  read: (file: DescriptionFile, environment: MainEnvironment) => T,
  file: DescriptionFile,
  environment: MainEnvironment,
): T {
  try {
    return read(file, environment);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    throw ctlFailure(`error loading ${file.fullName}: ${error.message}`);
  }
}

/** Checks that the place of the link is free. Throws `ToolFailure`. */
export function checkAbsent(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw ctlFailure(`checking for existing dependency link: ${path}: ${reason(error)}`);
  }
  throw ctlFailure("service already enabled.").about({ kind: "text", text: `by ${path}` });
}

/**
 * Makes the link. The runtime makes symbolic links only with unscoped grants; with narrower grants this makes an empty
 * file instead, because the daemon looks only at the name. Throws `ToolFailure`, with the line `note` in it if there is
 * one.
 */
export function makeLink({ path, target }: DependencyLink, note?: string): void {
  try {
    if (mayMakeLinks()) Deno.symlinkSync(target, path);
    else Deno.writeFileSync(path, new Uint8Array(), { createNew: true });
  } catch (error) {
    throw ctlFailure(`could not create symlink at ${path}: ${reason(error)}`, ...noteLines(note));
  }
}

function mayMakeLinks(): boolean {
  const grants = [{ name: "read" }, { name: "write" }] as const;
  return grants.map((grant) => Deno.permissions.querySync(grant)).every(({ state, partial }) =>
    state === "granted" && !partial
  );
}

/** Removes the link, or the file in its place. Throws `ToolFailure`, with the line `note` if there is one. */
export function removeLink({ path }: DependencyLink, note?: string): void {
  try {
    if (!Deno.lstatSync(path).isDirectory) return Deno.removeSync(path);
  } catch (error) {
    throw ctlFailure(`could not unlink dependency entry ${path}: ${reason(error)}`, ...noteLines(note));
  }
  const text = errnoText(Errno.EISDIR);
  throw ctlFailure(`could not unlink dependency entry ${path}: ${text}`, ...noteLines(note));
}

function noteLines(note: string | undefined): string[] {
  return note === undefined ? [] : [note];
}

/** Why an operation on a file failed. */
export function reason(error: unknown): string {
  return error instanceof Deno.errors.NotCapable ? missingGrantText(error) : errnoText(errnoOf(error));
}
