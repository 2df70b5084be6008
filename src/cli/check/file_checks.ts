/** Checks the files that a service will need: its executables, its working directory, the directory of its log. */

import {
  encodeBytes,
  Errno,
  errnoText,
  programCandidates,
  type ServiceDescription,
} from "../../model/mod.ts";
import { wholePath } from "../../description/mod.ts";
import type { DescriptionCheck } from "./description_check.ts";
import { checkLogLimits } from "./log_limit_check.ts";
import { resolve, type Source, systemReason } from "./source.ts";

const OWNER_MAY_EXECUTE = 0o100;
const ANYBODY_MAY_EXECUTE = 0o111;
/** The longest path of a socket on Linux, in bytes. */
const MAX_SOCKET_PATH = 107;

/**
 * Warns about files that do not meet the needs of the service (cli 5.5). As in the reference, this includes services
 * without a process: their settings are ignored, but the files should probably exist.
 *
 * @param own whether to search programs like the daemon; otherwise every relative path gets a warning
 */
export function checkFiles(
  description: ServiceDescription,
  { workingDirectory, environment }: Source,
  own: boolean,
  check: DescriptionCheck,
): void {
  const { workingDir, command, stopCommand, logFile, socketPath } = description;
  const home = resolve(workingDirectory, workingDir === "" ? description.directory : workingDir);
  const isUsable = workingDir === "" || checkWorkingDirectory(home, check);
  const programs = { home, path: environment.getFor(description.environment, "PATH"), own };
  checkExecutable(command, "command", programs, check);
  checkExecutable(stopCommand, "stop-command", programs, check);
  const logHome = isUsable ? home : workingDirectory;
  if (logFile !== "") checkLogDirectory(logFile, logHome, check);
  if (logFile !== "") checkLogLimits(description, resolve(logHome, logFile), check);
  if (socketPath !== "") checkSocketPath(socketPath, check);
}

/** The file at a path, or why it is unknown. */
function look(path: string): Deno.FileInfo | string {
  // The runtime's paths are Unicode: it would look for another file.
  if (!path.isWellFormed()) return errnoText(Errno.EILSEQ);
  try {
    return Deno.statSync(path);
  } catch (error) {
    return systemReason(error);
  }
}

/** Whether the directory can be the working directory of processes. */
function checkWorkingDirectory(path: string, check: DescriptionCheck): boolean {
  const found = look(path);
  const why = typeof found === "string" ? found : found.isDirectory ? undefined : errnoText(Errno.ENOTDIR);
  if (why === undefined) return true;
  check.warn({
    code: "working-dir",
    setting: "working-dir",
    message: `could not open service working directory: ${why}`,
    remedy: `it is ${wholePath(path)}; a relative path begins at the daemon's working directory`,
  });
  return false;
}

/** Where to search programs of a service. */
interface Programs {
  /** The working directory of its processes. */
  readonly home: string;
  /** Its PATH. */
  readonly path: string | undefined;
  readonly own: boolean;
}

function checkExecutable(
  words: readonly string[],
  setting: "command" | "stop-command",
  programs: Programs,
  check: DescriptionCheck,
): void {
  if (words.length === 0 || (words.length === 1 && words[0] === "")) return;
  const [program] = words;
  const executable = `${setting.replace("-", " ")} executable '${program}'`;
  const warn = (message: string, remedy?: string) =>
    check.warn({ code: "executable", setting, message, remedy });
  if (program.startsWith("/")) {
    const fault = executableFault(look(program), executable, OWNER_MAY_EXECUTE);
    if (fault !== undefined) warn(fault);
    return;
  }
  const { found, fault } = lookUp(program, executable, programs);
  if (!programs.own) warn(`${executable} is not an absolute path`, found ? `it is ${found}` : fault);
  else if (found === undefined) warn(fault, REMEDY);
}

const REMEDY = "write the whole path, or correct PATH, working-dir or the mode of the file";

/** Searches a program like the daemon: relative to the working directory, or in PATH. */
function lookUp(
  program: string,
  executable: string,
  { home, path }: Programs,
): { found?: string; fault: string } {
  let fault = program.includes("/") || program === ""
    ? `${executable} does not exist in ${home}`
    : `${executable} is not in PATH (${path ?? "not set"})`;
  for (const candidate of programCandidates(program, path)) {
    const file = resolve(home, candidate);
    const status = look(file);
    const why = executableFault(status, `${executable} (${file})`, ANYBODY_MAY_EXECUTE);
    if (why === undefined) return { found: file, fault };
    if (typeof status !== "string") fault = why;
  }
  return { fault };
}

/** Why a file cannot be executed. @param mode one of these bits must be set */
function executableFault(
  found: Deno.FileInfo | string,
  executable: string,
  mode: number,
): string | undefined {
  if (typeof found === "string") return `could not stat ${executable}: ${found}`;
  if (!found.isFile) return `${executable} is not a regular file.`;
  if (((found.mode ?? mode) & mode) !== 0) return undefined;
  return `${executable} is not executable${mode === OWNER_MAY_EXECUTE ? " by owner" : ""}.`;
}

/** @param home the directory to which the path of the log file is relative */
function checkLogDirectory(logFile: string, home: string, check: DescriptionCheck): void {
  const slash = logFile.lastIndexOf("/");
  if (slash === -1) return;
  const directory = logFile.slice(0, slash) || "/";
  const path = resolve(home, directory);
  const found = look(path);
  const remedy = `the log file is ${
    resolve(home, logFile)
  }; a relative path begins at the working directory of the service`;
  const warn = (message: string) => check.warn({ code: "logfile", setting: "logfile", message, remedy });
  if (typeof found === "string") warn(`could not access logfile directory '${directory}': ${found}`);
  else if (!found.isDirectory) warn(`logfile directory '${directory}' exists but is not a directory.`);
}

function checkSocketPath(path: string, check: DescriptionCheck): void {
  const size = encodeBytes(path).length;
  if (size <= MAX_SOCKET_PATH) return;
  const message = `the path of the socket has ${size} bytes, and ${MAX_SOCKET_PATH} are possible: ${path}`;
  check.warn({ code: "socket-path", setting: "socket-listen", message, origin: "habit" });
}
