/** What the handler of a sub-command works with. */

import type { ControlClient } from "../../client/mod.ts";
import type { AnyDocument } from "./documents.ts";
import type { ToolFailure } from "../shared/failure.ts";
import type { CtlIo } from "../shared/io.ts";
import type { CtlOptions } from "../../options/ctl_values.ts";
import type { TextStyle } from "../shared/style.ts";

/** One run of a sub-command. */
export interface CommandContext {
  readonly io: CtlIo;
  readonly options: Readonly<CtlOptions>;
  /** The arguments of the sub-command; their number is right. */
  readonly words: readonly string[];
  /** Writes a line to standard output, unless `--quiet` or `--json` forbids that. */
  say(line: string): void;
  /** Writes to standard output, unless `--json` forbids that. */
  print(data: string | Uint8Array): void;
  /** Adds facts to the document that `--json` writes at the end of the command. */
  record(facts: Facts): void;
  /**
   * Adds the hint to a failure, if it will be read: on a terminal, or in the document of `--json`. Returns the failure.
   */
  explain(failure: ToolFailure): Promise<ToolFailure>;
  /** How to style text for standard output. */
  style(): Promise<TextStyle>;
  /** The connection to the daemon, whose version was checked. Throws `ToolFailure` or `ControlError`. */
  connect(): Promise<ControlClient>;
  /**
   * The connection before the daemon's version is known: for requests that are sent together with the version query.
   */
  open(): Promise<ControlClient>;
}

/** The fields of a command's document, except those that all documents have. */
export type Facts = AnyDocument extends infer Document
  ? Document extends AnyDocument ? Partial<Omit<Document, "command" | "ok" | "error" | "hint">> : never
  : never;

/** Runs a sub-command, and returns the exit status. Throws `ToolFailure` for status 1 with a message. */
export type CommandHandler = (context: CommandContext) => Promise<number>;
