/** How processes end. */

/** How a process ended. */
export type ExitStatus =
  /** By itself; `code` is 0–255. */
  | { readonly kind: "exited"; readonly code: number }
  /**
   * By a signal; `core`: it left a core dump. `memoryLimit`: the system sent it, because the processes of the service
   * needed more memory than this, in bytes (`memory-max`).
   */
  | {
    readonly kind: "killed";
    readonly signal: number;
    readonly core: boolean;
    readonly memoryLimit?: number | undefined;
  }
  /** While no daemon watched it, so nobody knows how. It counts as a failure. */
  | { readonly kind: "unknown" };

/** The exit status in the form of `waitid` and the control protocol (control protocol 8): `si_code` and `si_status`. */
export interface WaitStatus {
  /**
   * 1 exited, 2 killed by a signal, 3 killed by a signal with a core dump; 0 if no process has ended yet. −1: nobody
   * knows how it ended, which the kernel never says.
   */
  readonly code: -1 | 0 | 1 | 2 | 3;
  /** The exit code, 0–255, or the signal number; −1 if `code` is −1, so that it counts as a failure. */
  readonly status: number;
}

/** The status of a service whose process has never ended. */
export const NO_EXIT: WaitStatus = { code: 0, status: 0 };

/** The status of a process that ended while no daemon watched it. */
export const UNKNOWN_EXIT: ExitStatus = { kind: "unknown" };

/** The status of a process that exited. */
export function exitedWith(code: number): ExitStatus {
  return { kind: "exited", code };
}

/** The status of a process that a signal killed. */
export function killedBy(signal: number, core = false): ExitStatus {
  return { kind: "killed", signal, core };
}

/** Whether a process exited with code 0. */
export function isClean(exit: ExitStatus | undefined): boolean {
  return exit?.kind === "exited" && exit.code === 0;
}

/** In the form of `waitid`; `undefined` is a process that has never ended. */
export function waitStatusOf(exit: ExitStatus | undefined): WaitStatus {
  if (exit === undefined) return NO_EXIT;
  if (exit.kind === "unknown") return { code: -1, status: -1 };
  if (exit.kind === "exited") return { code: 1, status: exit.code };
  return { code: exit.core ? 3 : 2, status: exit.signal };
}

/** From the form of `waitid`. */
export function exitStatusOf({ code, status }: { code: number; status: number }): ExitStatus {
  if (code === -1) return UNKNOWN_EXIT;
  return code === 1 ? exitedWith(status) : killedBy(status, code === 3);
}
