/** Finds the files of units and their drop-ins, and reads them. */

import { InputFile } from "../../shared/account.ts";
import { folderOf, InputError, kindOfPath, lastPart, namesIn, readInput } from "../input_files.ts";
import { Unit, unitName } from "./unit.ts";
import { parseUnit } from "./unit_file.ts";

/** A drop-in, or the folder of drop-ins of a unit. */
const DROP_INS = /^(.+\.\w+)\.d$/;

/**
 * The units of the paths: files, folders of drop-ins `NAME.service.d`, or folders with units. Each unit gets the
 * drop-ins beside it. Throws `InputError`.
 */
export function loadUnits(paths: readonly string[]): Unit[] {
  const files = new Map<string, string | undefined>();
  const dropIns = new Map<string, Set<string>>();
  for (const path of paths) collect(path, files, dropIns);
  const units: Unit[] = [];
  for (const [full, path] of files) units.push(loadUnit(full, path, [...dropIns.get(full) ?? []]));
  return units;
}

function collect(
  path: string,
  files: Map<string, string | undefined>,
  dropIns: Map<string, Set<string>>,
): void {
  const name = lastPart(path);
  const kind = kindOfPath(path);
  if (kind === undefined) throw new InputError(`Cannot read ${path}: no such file or directory`);
  const owner = DROP_INS.exec(name)?.[1];
  if (kind === "folder" && owner !== undefined && unitName(owner) !== undefined) {
    return addDropIns(owner, path, files, dropIns);
  }
  if (kind === "folder") return collectFolder(path, files, dropIns);
  if (unitName(name) === undefined) {
    throw new InputError(`Cannot import ${path}: its name is not that of a unit`);
  }
  const known = files.get(name);
  if (known !== undefined && known !== path) {
    throw new InputError(`Cannot import ${path}: ${known} is the same unit`);
  }
  files.set(name, path);
  const folder = `${folderOf(path)}${name}.d`;
  if (kindOfPath(folder) === "folder") addDropIns(name, folder, files, dropIns);
}

/** All units of a folder. A link to `/dev/null` masks a unit, and folders such as `x.target.wants` are left alone. */
function collectFolder(
  path: string,
  files: Map<string, string | undefined>,
  dropIns: Map<string, Set<string>>,
): void {
  const folder = path.replace(/\/*$/, "/");
  for (const name of namesIn(folder)) {
    const isFolder = kindOfPath(`${folder}${name}`) === "folder";
    const owner = DROP_INS.exec(name)?.[1];
    if (!isFolder && unitName(name) !== undefined) collect(`${folder}${name}`, files, dropIns);
    else if (isFolder && owner !== undefined && unitName(owner) !== undefined) {
      addDropIns(owner, `${folder}${name}`, files, dropIns);
    }
  }
  if (files.size === 0) throw new InputError(`Cannot import ${path}: it has no units`);
}

function addDropIns(
  owner: string,
  folder: string,
  files: Map<string, string | undefined>,
  dropIns: Map<string, Set<string>>,
): void {
  const paths = dropIns.get(owner) ?? new Set();
  for (const name of namesIn(folder)) {
    if (name.endsWith(".conf")) paths.add(`${folder.replace(/\/+$/, "")}/${name}`);
  }
  dropIns.set(owner, paths);
  if (!files.has(owner)) files.set(owner, undefined);
}

function loadUnit(full: string, path: string | undefined, dropIns: readonly string[]): Unit {
  const name = unitName(full);
  if (name === undefined) throw new InputError(`Cannot import ${full}: this is not the name of a unit`);
  const sorted = dropIns.toSorted((a, b) => lastPart(a) < lastPart(b) ? -1 : 1);
  const inputs = [...(path === undefined ? [] : [path]), ...sorted].map((one) => new InputFile(one));
  const directives = inputs.flatMap((input) => parseUnit(readUnit(input.path), input));
  const isUsers = inputs.some((input) => /(^|\/)systemd\/user\//.test(input.path));
  return new Unit(name, inputs, directives, isUsers);
}

/** A link to `/dev/null` is an empty unit. */
function readUnit(path: string): string {
  return isNull(path) ? "" : readInput(path);
}

function isNull(path: string): boolean {
  try {
    return Deno.realPathSync(path) === "/dev/null";
  } catch (error) {
    if (error instanceof Error) return false; // reading it will tell
    throw error;
  }
}
