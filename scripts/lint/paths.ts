/** Paths as the rules use them: relative to the top of the repository, with `/`, without `.` and `..`. */

/** Removes `.`, `..` and doubled slashes from an absolute path. The result has no final slash. */
export function normalize(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  return "/" + kept.join("/");
}

/**
 * The place of a linted file in the repository; `undefined` if it is outside. A relative name is relative to the top,
 * as when `deno lint` runs there.
 */
export function placeOf(root: string, fileName: string): string | undefined {
  const plain = fileName.startsWith("file://") ? decodeURIComponent(new URL(fileName).pathname) : fileName;
  const path = normalize(plain.startsWith("/") ? plain : `${root}/${plain}`);
  return path.startsWith(root + "/") ? path.slice(root.length + 1) : undefined;
}

/** The place of an imported file; `undefined` for packages, built-in modules and files outside the repository. */
export function resolveImport(root: string, importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith("./") && !specifier.startsWith("../")) return undefined;
  const path = normalize(`${root}/${importer}/../${specifier}`);
  return path.startsWith(root + "/") ? path.slice(root.length + 1) : undefined;
}
