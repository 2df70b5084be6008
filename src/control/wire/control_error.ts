import { PacketError } from "./packet_error.ts";

/**
 * How the connection to the daemon failed:
 *
 * - `connect`: the daemon's socket could not be reached.
 * - `closed`: the connection ended before the reply arrived.
 * - `protocol`: the daemon sent a packet that the protocol does not allow here.
 * - `too-old-client`: the daemon only serves newer clients.
 * - `too-old-daemon`: the daemon lacks a needed feature.
 */
export type ControlErrorKind = "connect" | "closed" | "protocol" | "too-old-client" | "too-old-daemon";

/** The facts of a `ControlError`. */
export interface ControlErrorFacts {
  /** The error number of the system. @default absent, there is none */
  readonly errno?: number;
  /** The path of the socket. @default absent, it is irrelevant or unknown */
  readonly path?: string;
  /** The error behind this one. @default absent, there is none */
  readonly cause?: unknown;
}

/** The connection to the daemon failed. */
export class ControlError extends Error {
  /** The name of the class. */
  override readonly name = "ControlError";
  /** How it failed. */
  readonly kind: ControlErrorKind;
  /**
   * `connect`: the reason, `undefined` if a permission of the program is missing, which `message` then names. `closed`:
   * why writing failed; `undefined` if the daemon ended the connection or reading failed.
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

/** The error for a connection that cannot be read any further. */
export function readFailure(cause: unknown): ControlError {
  if (cause instanceof ControlError) return cause; // the stream itself knows best
  if (cause instanceof PacketError) {
    const message = `The daemon does not keep to the protocol: ${cause.message}`;
    return new ControlError("protocol", message, { cause });
  }
  return new ControlError("closed", "The connection to the daemon broke", { cause });
}
