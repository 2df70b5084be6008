/** The source of descriptions and variables: the defaults of this machine and the command line, or a running daemon. */

import { defaultServiceDirectories, MainEnvironment, parseEnvironmentFile } from "../../description/mod.ts";
import { decodeBytes, errnoOf, errnoText, missingGrantText } from "../../model/mod.ts";
import type { CtlIo } from "../shared/io.ts";
import { effectiveMode, passwdHome } from "../../client/mod.ts";
import { checkFailure } from "./failure.ts";
import type { Finding } from "./finding.ts";
import { environmentFindings } from "./habit_findings.ts";
import type { CheckOptions } from "../../options/dinit_check.ts";

/** What the checker needs from its process. */
export interface CheckIo extends CtlIo {
  /** All variables of the tool's own environment. Throws `Deno.errors.NotCapable` without the grant. */
  environment(): Readonly<Record<string, string>>;
  /** The real group id; `undefined` if it cannot be known. */
  gid(): number | undefined;
  /** Whether standard error is a terminal. */
  errorsAtTerminal(): boolean;
}

/** The folders and the environment of the daemon. */
export interface Source {
  readonly directories: readonly string[];
  readonly environment: MainEnvironment;
  /** The working directory of the daemon; empty for that of this process. */
  readonly workingDirectory: string;
  /** Whether the daemon may have different variables. */
  readonly guessed: boolean;
}

/** The main environment file of the system's daemon. */
const ENVIRONMENT_FILE = "/etc/dinit/environment";
/** Why an operation on a file failed. */
export function systemReason(error: unknown): string {
  return error instanceof Deno.errors.NotCapable ? missingGrantText(error) : errnoText(errnoOf(error));
}

/**
 * The folders and the environment that a daemon would start with (cli 5.2 and 5.3). Throws `ToolFailure`.
 *
 * @param report receives the bad lines of the environment file
 */
export function offlineSource(
  options: CheckOptions,
  io: CheckIo,
  report: (finding: Finding) => void,
): Source {
  const environment = new MainEnvironment(io.environment());
  const mode = effectiveMode(options, io);
  const file = options.envFile ?? (mode === "system" ? ENVIRONMENT_FILE : undefined);
  if (file !== undefined) applyEnvironmentFile(environment, file, report);
  const directories = options.servicesDirs.length > 0 ? options.servicesDirs : defaultDirectories(mode, io);
  return { directories, environment, workingDirectory: "", guessed: true };
}

function applyEnvironmentFile(
  environment: MainEnvironment,
  file: string,
  report: (finding: Finding) => void,
): void {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw checkFailure(`error reading environment file ${file}: ${systemReason(error)}`);
  }
  const parsed = parseEnvironmentFile(bytes);
  environment.applyFile(parsed);
  const { problems } = parsed;
  environmentFindings({ service: "", shown: file, path: file, text: decodeBytes(bytes), problems }).forEach(
    report,
  );
}

function defaultDirectories(mode: "system" | "user", io: CheckIo): string[] {
  if (mode === "system") return defaultServiceDirectories(mode, {});
  const [XDG_CONFIG_HOME, HOME] = ["XDG_CONFIG_HOME", "HOME"].map((name) => io.env(name));
  return defaultServiceDirectories(mode, { XDG_CONFIG_HOME, HOME }, HOME ?? passwdHome(io.uid()));
}

/** A path relative to a directory; relative to the working directory of this process if that is empty. */
export function resolve(directory: string, path: string): string {
  return path.startsWith("/") || directory === "" ? path : `${directory}/${path}`;
}
