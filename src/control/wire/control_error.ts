/**
 * What went wrong with a conversation:
 *
 * - `connect`: the daemon's socket could not be reached.
 * - `closed`: the connection ended before the answer came.
 * - `protocol`: the daemon sent something that the protocol does not allow at this point.
 * - `too-old-client`: the daemon only serves newer clients.
 * - `too-old-daemon`: the daemon lacks what is needed.
 */
export type ControlErrorKind = "connect" | "closed" | "protocol" | "too-old-client" | "too-old-daemon";

/** The facts of a `ControlError`. */
export interface ControlErrorFacts {
  /** The error number of the system. @default absent, there is none */
  readonly errno?: number;
  /** The path of the socket. @default absent, it does not matter or is not known */
  readonly path?: string;
  /** The error behind this one. @default absent, there is none */
  readonly cause?: unknown;
}

/** A client's conversation with the daemon failed. */
export class ControlError extends Error {
  /** The name of the class. */
  override readonly name = "ControlError";
  /** What went wrong. */
  readonly kind: ControlErrorKind;
  /**
   * `connect`: why, `undefined` if a permission of the program is missing, which `message` then names.
   * `closed`: why writing failed; `undefined` if the daemon ended the connection or reading failed.
   */
  readonly errno: number | undefined;
  /** `connect`: the path of the socket. */
  readonly path: string | undefined;

  /** `message` is a sentence for people. */
  constructor(kind: ControlErrorKind, message: string, facts: ControlErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.errno = facts.errno;
    this.path = facts.path;
  }
}
