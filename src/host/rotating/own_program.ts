import { commandLine, commandLineArguments } from "../../inherited/mod.ts";

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
