import type { MessageLog } from "../log/mod.ts";
import { fileProblem, folderOf, folderProblem, ownIdentity } from "../host/mod.ts";

const ROOT = 0;

/**
 * Warns if a daemon of root reads an environment file that another user can change: this user could run anything as
 * root, by variables such as `PATH` and `LD_PRELOAD`. The daemon still uses the file, like the reference.
 */
export function warnOfForeignFile(path: string, log: MessageLog): void {
  const self = ownIdentity();
  if (self.uid !== ROOT) return;
  let problem: string | undefined;
  try {
    const folder = folderProblem(Deno.statSync(folderOf(path)), self);
    const file = Deno.statSync(path);
    if (!file.isFile) return; // a device of the system, or a pipe from the caller
    problem = fileProblem(file, self) ?? (folder && `its folder is not safe, because ${folder}`);
  } catch (error) {
    if (error instanceof Error) return; // the read error was logged
    throw error;
  }
  if (problem === undefined) return;
  log.message("warn", `environment file '${path}' can be changed by other users: ${problem}`);
}
