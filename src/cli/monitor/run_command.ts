/** Runs a command for `dinit-monitor` and waits for its end (cli 6.3). */

import { Errno, errnoOf } from "../../model/mod.ts";

/** How a command ended: its exit status, the signal that killed it, or why it could not be executed. */
export type CommandEnd =
  | { readonly status: number }
  | { readonly signal: number }
  | { readonly errno: number };

/** How a shell reports a signal in an exit status; the runtime does the same. */
const SIGNAL_BASE = 128;

/** The command inherits the standard streams. Throws `Deno.errors.NotCapable` if the grant to run it is missing. */
export async function runCommand([program, ...args]: readonly string[]): Promise<CommandEnd> {
  // The runtime treats an empty name as a mistake of the caller.
  if (program === "") return { errno: Errno.ENOENT };
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, { args, stdin: "inherit", stdout: "inherit", stderr: "inherit" })
      .spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return { errno: errnoOf(error) };
  }
  const { code, signal } = await child.status;
  return signal === null ? { status: code } : { signal: code - SIGNAL_BASE };
}
