/** Where Deno is, for services with `deno-script`. */

import { type FileAccess, isFileThere, joinPath } from "./files.ts";

/**
 * The path of Deno: what the variable `DENO` says, else the first `deno` in `PATH`, else the program that runs the
 * daemon, if that is Deno. `undefined`: there is none. If no file may be looked at, the name alone, which the launch
 * looks up.
 */
export function denoProgram(
  get: (name: string) => string | undefined,
  files: FileAccess | undefined,
): string | undefined {
  const named = get("DENO");
  if (named !== undefined && named !== "") return named;
  for (const folder of (get("PATH") ?? "").split(":")) {
    if (!folder.startsWith("/")) continue; // it would depend on the folder in which the daemon runs
    const path = joinPath(folder, "deno");
    const found = isFileThere(path, files);
    if (found === "unknown") return "deno";
    if (found) return path;
  }
  return ownProgram();
}

function ownProgram(): string | undefined {
  try {
    const path = Deno.execPath();
    return /\/deno(?:-[^/]*)?$/.test(path) ? path : undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined; // the grant to know the path is missing
  }
}
