/** Looks at the files that a service will need: its executables, its working directory, the place of its log. */

import { errnoNumber, errnoText, type ServiceDescription, ServiceType } from "../../model/mod.ts";
import type { DescriptionCheck } from "./description_check.ts";
import { resolve, systemReason } from "./source.ts";

const OWNER_MAY_EXECUTE = 0o100;

/**
 * Warns of files that are not as the service needs them (cli 5.5).
 *
 * @param workingDirectory that of the daemon; empty for that of this process
 */
export function checkFiles(
  description: ServiceDescription,
  workingDirectory: string,
  check: DescriptionCheck,
): void {
  const { type, workingDir, command, stopCommand, logFile } = description;
  if (type === ServiceType.INTERNAL || type === ServiceType.TRIGGERED) return;
  const warn: Warn = (code, setting, message) => check.warn(code, message, setting);
  const isPlaced = !check.isFaulty("working-dir");
  if (workingDir !== "" && isPlaced) checkWorkingDirectory(resolve(workingDirectory, workingDir), warn);
  if (command.length > 0) checkExecutable(command[0], "command", warn);
  if (stopCommand.length > 0) checkExecutable(stopCommand[0], "stop-command", warn);
  if (logFile !== "" && isPlaced && !check.isFaulty("logfile")) {
    const home = resolve(workingDirectory, workingDir === "" ? description.directory : workingDir);
    checkLogDirectory(logFile, home, warn);
  }
}

type Warn = (code: string, setting: string, message: string) => void;

/** What is at a path, or why that cannot be known. */
function look(path: string): Deno.FileInfo | string {
  // The runtime's paths are Unicode: it would look for another file.
  if (!path.isWellFormed()) return errnoText(errnoNumber("EILSEQ")!);
  try {
    return Deno.statSync(path);
  } catch (error) {
    return systemReason(error);
  }
}

function checkWorkingDirectory(path: string, warn: Warn): void {
  const found = look(path);
  const why = typeof found === "string"
    ? found
    : found.isDirectory
    ? undefined
    : errnoText(errnoNumber("ENOTDIR")!);
  if (why !== undefined) {
    warn("working-dir", "working-dir", `could not open service working directory: ${why}`);
  }
}

function checkExecutable(path: string, setting: "command" | "stop-command", warn: Warn): void {
  const executable = `${setting.replace("-", " ")} executable '${path}'`;
  if (!path.startsWith("/")) return warn("executable", setting, `${executable} is not an absolute path`);
  const found = look(path);
  if (typeof found === "string") {
    warn("executable", setting, `could not stat ${executable}: ${found}`);
  } else if (!found.isFile) {
    warn("executable", setting, `${executable} is not a regular file.`);
  } else if (((found.mode ?? OWNER_MAY_EXECUTE) & OWNER_MAY_EXECUTE) === 0) {
    warn("executable", setting, `${executable} is not executable by owner.`);
  }
}

/** @param home where a relative path of the log file begins */
function checkLogDirectory(logFile: string, home: string, warn: Warn): void {
  const slash = logFile.lastIndexOf("/");
  if (slash === -1) return;
  const directory = logFile.slice(0, slash) || "/";
  const found = look(resolve(home, directory));
  if (typeof found === "string") {
    warn("logfile", "logfile", `could not access logfile directory '${directory}': ${found}`);
  } else if (!found.isDirectory) {
    warn("logfile", "logfile", `logfile directory '${directory}' exists but is not a directory.`);
  }
}
