import type { ExitStatus } from "../model/mod.ts";

/** Whether a process ended by itself with exit code 0. */
export function isClean(exit: ExitStatus): boolean {
  return exit.code === 1 && exit.status === 0;
}

/** `terminated with exit code 3` or `terminated due to signal 9`, with the verb that the caller's message uses. */
export function howEnded(exit: ExitStatus, verb: string): string {
  return exit.code === 1
    ? `${verb} with exit code ${exit.status}`
    : `terminated due to signal ${exit.status}`;
}
