import {
  type FileAccess,
  type FileStatus,
  type MainEnvironment,
  parseEnvironmentFile,
  wholePath,
} from "../description/mod.ts";
import { reasonText } from "../model/mod.ts";
import type { DaemonOptions } from "./options.ts";
import { MACHINE_ENVIRONMENT_FILE } from "./paths.ts";
import type { MessageLog } from "../log/mod.ts";

/** The largest environment file, in bytes. */
const FILE_LIMIT = 4 * 1024 * 1024;
/** How many mistakes in the file are logged individually. */
const PROBLEM_LIMIT = 100;

/** Applies the environment file to the environment of services (daemon and init 3.5). Mistakes are logged. */
export function applyEnvironmentFile(
  environment: MainEnvironment,
  { environmentFile, manager }: Pick<DaemonOptions, "environmentFile" | "manager">,
  log: MessageLog,
  files?: FileAccess,
): void {
  const path = environmentFile ?? (manager ? MACHINE_ENVIRONMENT_FILE : undefined);
  if (path === undefined) return;
  const shown = wholePath(path);
  let bytes: Uint8Array;
  try {
    // The runtime cannot name a path that is not UTF-8.
    const byRuntime = path.isWellFormed() || files === undefined;
    const { isFile, size } = byRuntime ? Deno.statSync(path) : factsOf(files.lookAt(path));
    if (isFile && size > FILE_LIMIT) {
      log.message("error", `Cannot read environment file '${shown}': File too large (the limit is 4 MB)`);
      return;
    }
    bytes = byRuntime ? Deno.readFileSync(path) : files.read(path);
  } catch (error) {
    const mayBeMissing = environmentFile === undefined && error instanceof Deno.errors.NotFound;
    if (!mayBeMissing) {
      log.message("error", `Cannot read environment file '${shown}': ${reasonText(error)}`);
    }
    return;
  }
  const parsed = parseEnvironmentFile(bytes);
  for (const { line, kind } of parsed.problems.slice(0, PROBLEM_LIMIT)) {
    const what = kind === "setting" ? "Invalid environment variable setting" : "Unknown command";
    log.message("error", `${what} in environment file (line ${line})`);
  }
  const rest = parsed.problems.length - PROBLEM_LIMIT;
  if (rest > 0) log.message("error", `${rest} more mistakes in environment file '${shown}'`);
  else if (parsed.problems.length > 0) log.message("error", `The environment file is '${shown}'`);
  environment.applyFile(parsed);
}

function factsOf({ kind, size }: FileStatus): { isFile: boolean; size: number } {
  return { isFile: kind === "file", size };
}
