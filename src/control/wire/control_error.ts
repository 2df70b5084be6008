/**
 * - `connect`: the daemon's socket could not be reached.
 * - `closed`: the connection ended before the answer came.
 * - `protocol`: the daemon sent something that the protocol does not allow at this point.
 * - `too-old-client`: the daemon only serves newer clients.
 * - `too-old-daemon`: the daemon lacks what is needed.
 */
export type ControlErrorKind = "connect" | "closed" | "protocol" | "too-old-client" | "too-old-daemon";

/** The facts of a `ControlError`. */
export interface ControlErrorFacts {
  readonly errno?: number;
  readonly path?: string;
  readonly cause?: unknown;
}

/** A client's conversation with the daemon failed. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly kind: ControlErrorKind;
  /**
   * `connect`: why, `undefined` if a permission of the program is missing, which `message` then names.
   * `closed`: why writing failed; `undefined` if the daemon ended the connection or reading failed.
   */
  readonly errno: number | undefined;
  /** `connect`: the path of the socket. */
  readonly path: string | undefined;

  constructor(kind: ControlErrorKind, message: string, facts: ControlErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.errno = facts.errno;
    this.path = facts.path;
  }
}
