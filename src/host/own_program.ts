import { commandLine, commandLineArguments, inheritedEnvironment } from "../inherited/mod.ts";
import type { Files, Spawner } from "../system/mod.ts";

const NO_SIGNALS = 0n;

/**
 * This program as another process can execute it: the file, and the words of the command line up to the arguments of
 * the program. `undefined` if the kernel does not show the command line (grant --allow-read).
 */
export function ownProgram(): { readonly path: string; readonly words: readonly string[] } | undefined {
  const all = commandLine();
  if (all === undefined) return undefined;
  // The new process executes the file of this one, also if that was removed or replaced.
  return { path: "/proc/self/exe", words: all.slice(0, all.length - commandLineArguments().length) };
}

/**
 * Executes this program as another process, in its own session, and returns its id. Throws `SystemCallError`.
 *
 * @param streams its standard input, output and error
 * @param usual variables that its environment gets unless it has them. @default none
 */
export function spawnOwn(
  { path, argv }: { readonly path: string; readonly argv: readonly string[] },
  streams: readonly [number, number, number],
  { files, spawner }: { readonly files: Files; readonly spawner: Spawner },
  usual: ReadonlyMap<string, string> = new Map(),
): number {
  const directory = files.openDirectory(".");
  try {
    return spawner.spawn({
      path,
      argv,
      environment: Array.from(
        new Map([...usual, ...inheritedEnvironment()]),
        ([name, value]) => `${name}=${value}`,
      ),
      directory,
      descriptors: streams.map((from, to) => ({ do: "duplicate", from, to })),
      group: "session",
      foregroundOf: undefined,
      blocked: NO_SIGNALS,
    });
  } finally {
    files.close(directory);
  }
}
