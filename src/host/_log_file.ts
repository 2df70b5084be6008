/** Log files of services: opened for each launch, with the owner and the mode that the description asks for. */

import type { OutputPlan } from "../engine/mod.ts";
import { logGuard } from "./command_log_guard.ts";
import { canPassFiles, nodeModule } from "./_child.ts";

type FileOutput = Extract<OutputPlan, { to: "file" }>;

/** An open log file. */
export interface LogFile {
  /** The descriptor to hand to a process; `undefined` if this runtime cannot hand over files. */
  readonly fd: number | undefined;
  /** Appends to the file, where the file cannot be handed over. */
  write(chunk: Uint8Array): void;
  close(): void;
}

/** Opens (and makes) a log file for appending; throws what the system says. Lifecycle 8.5, step 10. */
export function openLogFile(output: FileOutput, workingDir: string): LogFile {
  const path = output.path.startsWith("/") ? output.path : `${workingDir}/${output.path}`;
  const fs = nodeModule("node:fs") as typeof import("node:fs");
  const guard = logGuard(path, output.uid);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = fs.constants;
  const fd = fs.openSync(path, O_WRONLY | O_CREAT | O_APPEND | (guard.noLink ? O_NOFOLLOW : 0), 0o600);
  try {
    guard.check(fs.fstatSync(fd));
    if (output.uid !== undefined || output.gid !== undefined) {
      fs.fchownSync(fd, output.uid ?? fs.fstatSync(fd).uid, output.gid ?? fs.fstatSync(fd).gid);
    }
    fs.fchmodSync(fd, output.permissions);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  return {
    fd: canPassFiles() ? fd : undefined,
    write: (chunk) => {
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(fs.writeSync(fd, rest));
    },
    close: () => fs.closeSync(fd),
  };
}
