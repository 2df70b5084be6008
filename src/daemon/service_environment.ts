import { type FileAccess, type MainEnvironment, parseEnvironmentFile } from "../description/mod.ts";
import type { EngineLog } from "../engine/mod.ts";
import type { DaemonOptions } from "./options.ts";
import { MACHINE_ENVIRONMENT_FILE } from "./paths.ts";
import { systemText } from "./system_text.ts";

/** Changes the environment of services as the environment file says (daemon and init 3.5). Mistakes are logged. */
export function applyEnvironmentFile(
  environment: MainEnvironment,
  { environmentFile, manager }: Pick<DaemonOptions, "environmentFile" | "manager">,
  log: Pick<EngineLog, "message">,
  files?: FileAccess,
): void {
  const path = environmentFile ?? (manager ? MACHINE_ENVIRONMENT_FILE : undefined);
  if (path === undefined) return;
  let bytes: Uint8Array;
  try {
    bytes = path.isWellFormed() || files === undefined ? Deno.readFileSync(path) : files.read(path);
  } catch (error) {
    const mayBeMissing = environmentFile === undefined && error instanceof Deno.errors.NotFound;
    if (!mayBeMissing) {
      log.message("error", `Cannot read environment file '${path}': ${systemText(error)}`);
    }
    return;
  }
  const parsed = parseEnvironmentFile(bytes);
  for (const { line, kind } of parsed.problems) {
    const what = kind === "setting" ? "Invalid environment variable setting" : "Unknown command";
    log.message("error", `${what} in environment file (line ${line})`);
  }
  environment.applyFile(parsed);
}
