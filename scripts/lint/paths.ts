/** Paths as the rules use them: relative to the top of the repository, with `/`, without `.` and `..`. */

import { fromFileUrl, relative, resolve } from "@std/path/posix";

/**
 * The place of a linted file in the repository; `undefined` if it is outside. A relative name is relative to the top,
 * as when `deno lint` runs there.
 */
export function placeOf(root: string, fileName: string): string | undefined {
  return below(root, fileName.startsWith("file://") ? fromFileUrl(fileName) : resolve(root, fileName));
}

/** The place of an imported file; `undefined` for packages, built-in modules and files outside the repository. */
export function resolveImport(root: string, importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith("./") && !specifier.startsWith("../")) return undefined;
  return below(root, resolve(root, importer, "..", specifier));
}

/** A path relative to a folder; `undefined` if it is not in it. */
function below(folder: string, path: string): string | undefined {
  const place = relative(folder, path);
  return place === "" || place === ".." || place.startsWith("../") ? undefined : place;
}
