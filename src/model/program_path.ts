/** The paths in which a program without a slash is searched. */

/** The search path if the environment has no PATH. */
const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * The possible paths of the executable of a command, in order. A path with a slash is relative to the working directory
 * of the process; a name without a slash is searched in PATH (service description 3.10).
 *
 * @param path The value of PATH in the environment of the service; `undefined` if it has none.
 */
export function programCandidates(command: string, path: string | undefined): string[] {
  if (command === "") return [];
  if (command.includes("/")) return [command];
  return (path ?? DEFAULT_PATH).split(":").map((folder) => folder === "" ? command : `${folder}/${command}`);
}
