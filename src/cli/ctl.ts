/** `dinitctl`: talks to a running daemon from the command line (cli 2 to 4). */

import { missingGrantText } from "../model/mod.ts";
import { type ControlClient, ControlError } from "../control/client.ts";
import { scanArguments } from "./arguments.ts";
import { conversationFailure, openConnection } from "./connection.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, ToolFailure } from "./failure.ts";
import { type CtlIo, processIo } from "./io.ts";

export { type CtlIo, processIo } from "./io.ts";

/** The version of the reference whose command line this one keeps to: scripts compare it. */
const REFERENCE_VERSION = "0.22.1";

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
        return await runCommand(invocation, io);
    }
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    io.err(`${failure.message}\n`);
    return 1;
  }
}

type CommandInvocation = Extract<ReturnType<typeof scanArguments>, { kind: "command" }>;

async function runCommand({ command, words, options }: CommandInvocation, io: CtlIo): Promise<number> {
  let client: ControlClient | undefined;
  const context: CommandContext = {
    io,
    options,
    words,
    say: (line) => options.quiet || io.out(`${line}\n`),
    open: async () => client = await openConnection(options, io),
    connect: async () => {
      client = await openConnection(options, io);
      await client.handshake(command.minimumProtocol);
      return client;
    },
  };
  try {
    return await (await command.load())(context);
  } finally {
    client?.close();
  }
}

/** What to report for an error; `undefined` for a mistake of this program. */
function failureOf(error: unknown): ToolFailure | undefined {
  if (error instanceof ToolFailure) return error;
  if (error instanceof ControlError) return conversationFailure(error);
  if (error instanceof Deno.errors.NotCapable) return ctlFailure(missingGrantText(error));
  return undefined;
}
