/** The kinds of input, and how the kind of a path is recognised. */

import { typed } from "../../model/mod.ts";
import type { ImportKind } from "../../options/dinit_import.ts";
import { kindOfPath, lastPart } from "./input_files.ts";
import type { ImportRequest, ImportResult } from "./result.ts";

/** Reads paths of one kind. Throws `InputError`. */
export type Importer = (
  paths: readonly string[],
  request: ImportRequest,
) => Promise<ImportResult> | ImportResult;

/** The code of each kind, loaded when it is used. */
export const IMPORTERS: Readonly<Record<ImportKind, () => Promise<Importer>>> = {
  systemd: async () => (await typed(import("./systemd/mod.ts"))).importSystemd,
  compose: async () => (await typed(import("./compose/mod.ts"))).importCompose,
  procfile: async () => (await typed(import("./procfile.ts"))).importProcfile,
  supervisor: async () => (await typed(import("./supervisor/mod.ts"))).importSupervisor,
  pm2: async () => (await typed(import("./pm2/mod.ts"))).importPm2,
  runit: async () => (await typed(import("./runit.ts"))).importRunit,
};

/** What files of each kind are called. */
const FILE_NAMES: readonly (readonly [RegExp, ImportKind])[] = [
  [/\.(service|socket|timer|target|path|mount|automount|swap|slice|scope|device)$/, "systemd"],
  [/^(docker-)?compose.*\.ya?ml$|^podman-compose.*\.ya?ml$/, "compose"],
  [/^Procfile(\..+)?$/, "procfile"],
  [/^supervisor.*\.(conf|ini)$/, "supervisor"],
  [/^ecosystem.*\.(json|js|cjs)$|^pm2.*\.(json|js|cjs)$|^process.*\.json$/, "pm2"],
];

/** The kind of a path, by its name, or by the names in the folder; `undefined` if it is not clear. */
export function guessKind(
  path: string,
  namesIn: (folder: string) => readonly string[],
): ImportKind | undefined {
  const name = lastPart(path);
  if (kindOfPath(path) !== "folder") return kindOfName(name);
  const names = namesIn(path);
  if (names.includes("run")) return "runit";
  const kinds = new Set(names.map(kindOfName).filter((kind) => kind !== undefined));
  if (kinds.size === 1) return [...kinds][0];
  if (kinds.size > 1) return undefined;
  const isRunit = (folder: string) => namesIn(`${path}/${folder}`).includes("run");
  return names.some(isRunit) ? "runit" : undefined;
}

function kindOfName(name: string): ImportKind | undefined {
  return FILE_NAMES.find(([pattern]) => pattern.test(name))?.[1];
}
