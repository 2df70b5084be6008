/** What the handler of a sub-command works with. */

import type { ControlClient } from "../control/client.ts";
import type { CtlIo } from "./io.ts";
import type { CtlOptions } from "./options.ts";

/** One run of a sub-command. */
export interface CommandContext {
  readonly io: CtlIo;
  readonly options: Readonly<CtlOptions>;
  /** The arguments of the sub-command; their number is right. */
  readonly words: readonly string[];
  /** Writes a line to standard output, unless `--quiet` forbids. */
  say(line: string): void;
  /** Connects, and makes sure that the daemon is recent enough. Throws `ToolFailure` or `ControlError`. */
  connect(): Promise<ControlClient>;
  /** Connects only: for those who put more requests behind the handshake. */
  open(): Promise<ControlClient>;
}

/** Does what a sub-command is for, and returns the exit status. Throws `ToolFailure` for status 1 with a message. */
export type CommandHandler = (context: CommandContext) => Promise<number>;
