/** Where a program is searched that a command names without a slash. */

/** Where programs are searched if the environment has no PATH. */
export const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * The paths at which the executable of a command may be, in order. One with a slash is relative to the working
 * directory of the process; without a slash it is searched in PATH (service description 3.10).
 *
 * @param path The value of PATH in the environment of the service; `undefined` if it has none.
 */
export function programCandidates(command: string, path: string | undefined): string[] {
  if (command === "") return [];
  if (command.includes("/")) return [command];
  return (path ?? DEFAULT_PATH).split(":").map((folder) => folder === "" ? command : `${folder}/${command}`);
}
