/**
 * Processes that tests start. A test that imports this file leaves none of them behind, even if it is interrupted. It
 * waits for their exits with a limit, because a test that hangs shows nothing and blocks all others.
 */

import { endProcessesWithThis } from "../scripts/process_guard.ts";

endProcessesWithThis();

/** How long a process may take to end at most, in milliseconds; a healthy machine needs a fraction of it. */
const PATIENCE = 60_000;

/** Waits for the end of a process. One that takes too long is killed, and then this throws. */
export async function endOf(
  child: Deno.ChildProcess,
  what = "a process",
  limit = PATIENCE,
): Promise<Deno.CommandStatus> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limit);
  const status = await child.status;
  clearTimeout(timer);
  if (late) throw new Error(`${what} did not end within ${limit / 1000} s`);
  return status;
}

/** Runs a program to its end and returns its output, like `Deno.Command.output`, with the same limit. */
export async function outputOf(
  program: string,
  options: Deno.CommandOptions,
  limit = PATIENCE,
): Promise<Deno.CommandOutput> {
  const child = new Deno.Command(program, { stdout: "piped", stderr: "piped", ...options }).spawn();
  const [output] = await Promise.all([child.output(), endOf(child, program, limit)]);
  return output;
}
