/** What the handler of a sub-command works with. */

import type { ControlClient } from "../../client/mod.ts";
import type { AnyDocument } from "./documents.ts";
import type { ToolFailure } from "../shared/failure.ts";
import type { CtlIo } from "../shared/io.ts";
import type { CtlOptions } from "../../options/dinitctl.ts";
import type { TextStyle } from "../shared/style.ts";

/** One run of a sub-command. */
export interface CommandContext {
  readonly io: CtlIo;
  readonly options: Readonly<CtlOptions>;
  /** The arguments of the sub-command; their number is right. */
  readonly words: readonly string[];
  /** Writes a line to standard output, unless `--quiet` or `--json` forbids. */
  say(line: string): void;
  /** Writes to standard output, unless `--json` forbids. */
  print(data: string | Uint8Array): void;
  /** Enters facts into the document that `--json` writes when the command is done. */
  record(facts: Facts): void;
  /** Adds the hint to a failure, if it is read: on a terminal, or in the document of `--json`. Returns the failure. */
  explain(failure: ToolFailure): Promise<ToolFailure>;
  /** How text for standard output may be dressed up. */
  style(): Promise<TextStyle>;
  /** The daemon, which is recent enough. Throws `ToolFailure` or `ControlError`. */
  connect(): Promise<ControlClient>;
  /** The daemon before it has said how recent it is: for those who put more requests behind that one. */
  open(): Promise<ControlClient>;
}

/** What the document of some command holds besides what all have. */
export type Facts = AnyDocument extends infer Document
  ? Document extends AnyDocument ? Partial<Omit<Document, "command" | "ok" | "error" | "hint">> : never
  : never;

/** Does what a sub-command is for, and returns the exit status. Throws `ToolFailure` for status 1 with a message. */
export type CommandHandler = (context: CommandContext) => Promise<number>;
