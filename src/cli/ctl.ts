/** `dinitctl`: talks to a running daemon from the command line (cli 2 to 4). */

import { missingGrantText } from "../model/mod.ts";
import { ControlError } from "../control/client.ts";
import { scanArguments } from "./arguments.ts";
import { conversationFailure, openConnection } from "./connection.ts";
import type { CtlOptions } from "./options.ts";
import type { CommandContext, Facts } from "./context.ts";
import { ctlFailure, messageOf, REFERENCE_VERSION, ToolFailure } from "./failure.ts";
import { type CtlIo, processIo } from "./io.ts";

export type * from "./documents.ts";
export { type CtlIo, processIo } from "./io.ts";

/**
 * Runs `dinitctl` with the given arguments, without the program's name. Returns the exit status: 0, or 1 for every
 * failure (cli 1.2). Failures are reported on standard error and not thrown.
 *
 * @param io the surroundings. @default those of this process
 */
export async function runCtl(args: readonly string[], io: CtlIo = processIo()): Promise<number> {
  try {
    const invocation = scanArguments(args);
    switch (invocation.kind) {
      case "help":
        io.out((await import("./help.ts")).ctlHelp());
        return 0;
      case "version":
        io.out(`Dinit version ${REFERENCE_VERSION}.\n`);
        return 0;
      case "command":
        return invocation.options.json
          ? await documentCommand(invocation, io)
          : await runCommand(invocation, io);
    }
  } catch (error) {
    return report(error, io);
  }
}

type CommandInvocation = Extract<ReturnType<typeof scanArguments>, { kind: "command" }>;

/**
 * The connection is made while the code of the command is loaded: both take their time together. `record` takes the
 * facts that the command has to tell a program.
 */
async function runCommand(
  { command, words, options }: CommandInvocation,
  io: CtlIo,
  record: (facts: Facts) => void = () => {},
): Promise<number> {
  const conversation = options.offline ? undefined : converse(options, command.minimumProtocol, io);
  const context: CommandContext = {
    io,
    options,
    words,
    record,
    say: (line) => options.quiet || options.json || io.out(`${line}\n`),
    print: (data) => options.json || io.out(data),
    style: async () => (await import("./style.ts")).textStyle(io, options.color),
    open: () => conversation!.opened,
    connect: () => conversation!.established,
  };
  try {
    return await (await command.load())(context);
  } finally {
    await conversation?.end();
  }
}

/** Begins to talk with the daemon. What goes wrong is told to those who wait for it. */
function converse(options: CtlOptions, minimumProtocol: number, io: CtlIo) {
  const open = async () => {
    const client = await openConnection(options, io);
    if (options.trace) {
      await client.trace((text, direction) =>
        io.err(`dinitctl: ${direction === "sent" ? "->" : "<-"} ${text}\n`)
      );
    }
    return client;
  };
  const establish = async () => {
    const client = await opened;
    await client.handshake(minimumProtocol);
    return client;
  };
  const opened = open();
  const established = establish();
  established.catch(() => {});
  const end = async () => (await opened.catch(() => undefined))?.close();
  return { opened, established, end };
}

/** Runs a command and writes its document, whether it succeeds or not. */
async function documentCommand(invocation: CommandInvocation, io: CtlIo): Promise<number> {
  let facts: Facts = {};
  let status: number;
  let failure: { readonly error: string } | undefined;
  try {
    status = await runCommand(invocation, io, (more) => facts = { ...facts, ...more });
  } catch (error) {
    status = report(error, io);
    failure = { error: messageOf(failureOf(error)!) };
  }
  const document = { command: invocation.command.name, ok: status === 0, ...failure, ...facts };
  io.out(`${JSON.stringify(document)}\n`);
  return status;
}

/** Writes what went wrong to standard error and returns the exit status; rethrows a mistake of this program. */
function report(error: unknown, io: CtlIo): number {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  io.err(`${failure.message}\n`);
  return 1;
}

/** What to report for an error; `undefined` for a mistake of this program. */
function failureOf(error: unknown): ToolFailure | undefined {
  if (error instanceof ToolFailure) return error;
  if (error instanceof ControlError) return conversationFailure(error);
  if (error instanceof Deno.errors.NotCapable) return ctlFailure(missingGrantText(error));
  return undefined;
}
