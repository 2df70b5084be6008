/** `dinitctl`: talks to a running daemon from the command line (cli 2 to 4). */

import { missingGrantText } from "../../model/grants.ts";
import { typed } from "../../model/typed_module.ts";
import { ControlError } from "../../client/mod.ts";
import { scanArguments } from "./arguments.ts";
import { conversationFailure, openConnection } from "./connection.ts";
import type { Command } from "../../options/ctl_commands.ts";
import type { CommandContext, Facts } from "./context.ts";
import type { CommandDocument } from "./documents.ts";
import { HANDLERS } from "./handlers.ts";
import { type CtlOptions, defaultOptions } from "../../options/ctl_values.ts";
import { ctlFailure, failureText, messageOf, ToolFailure, toolVersion } from "../shared/failure.ts";
import { type CtlIo, processIo } from "../shared/io.ts";

export type * from "./documents.ts";
export { type CtlIo, processIo } from "../shared/io.ts";

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
        io.out(await helpText(invocation.command));
        return 0;
      case "version":
        io.out(toolVersion(io.terminal() !== undefined));
        return 0;
      case "command": {
        const { command, options } = invocation;
        const { host } = options;
        if (host !== undefined) {
          const { runRemotely, runsRemotely } = await typed(import("./remote.ts"));
          if (runsRemotely(command.name, options)) return await runRemotely(args, host);
        }
        return invocation.options.json && !command.raw
          ? await documentCommand(invocation, io)
          : await runCommand(invocation, io);
      }
    }
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return await report(failure, args, io);
  }
}

async function helpText(command: Command | undefined): Promise<string> {
  const { commandHelp, ctlHelp } = await typed(import("./help.ts"));
  return command === undefined ? ctlHelp() : commandHelp(command);
}

type CommandInvocation = Extract<ReturnType<typeof scanArguments>, { kind: "command" }>;

/**
 * Connects while the code of the command is loaded, so that both happen at the same time. `record` receives the facts
 * that the command has for a program.
 */
async function runCommand(
  { command, words, options }: CommandInvocation,
  io: CtlIo,
  record: (facts: Facts) => void = () => {},
): Promise<number> {
  const conversation = options.offline || command.raw
    ? undefined
    : converse(options, command.minimumProtocol, io);
  const context: CommandContext = {
    io,
    options,
    words,
    record,
    say: (line) => options.quiet || options.json || io.out(`${line}\n`),
    print: (data) => options.json || io.out(data),
    explain: (failure) => explained(failure, options, io),
    style: async () => (await typed(import("../shared/style.ts"))).textStyle(io, options.color),
    open: () => conversation!.opened,
    connect: () => conversation!.established,
  };
  try {
    return await (await HANDLERS[command.name]())(context);
  } catch (error) {
    const failure = failureOf(error);
    throw failure === undefined ? error : await explained(failure, options, io);
  } finally {
    await conversation?.end();
  }
}

/** Begins the handshake with the daemon. Errors go to the code that waits for it. */
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
  let failure: ErrorFields | undefined;
  try {
    status = await runCommand(invocation, io, (more) => facts = { ...facts, ...more });
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    io.err(failureText(error, io));
    status = 1;
    failure = errorFields(error);
  }
  if (status === 0 && invocation.command.streams && Object.keys(facts).length === 0) return status;
  const document = { command: invocation.command.name, ok: status === 0, ...failure, ...facts };
  io.out(`${JSON.stringify(document)}\n`);
  return status;
}

/** Adds the hint to a failure if it will be read. The code for hints is loaded only for failures. */
async function explained(
  failure: ToolFailure,
  options: Readonly<CtlOptions>,
  io: CtlIo,
): Promise<ToolFailure> {
  const isRead = (options.json || io.errorTerminal()) && options.host === undefined;
  if (!isRead || failure.fact === undefined || failure.hint.length > 0) return failure;
  const { hintLines } = await typed(import("../hint/hint.ts"));
  failure.hint = await hintLines(failure, { options, io });
  return failure;
}

/**
 * Writes a failure to standard error, and its document if a wrong command line asks for one. Returns the exit status.
 */
async function report(failure: ToolFailure, args: readonly string[], io: CtlIo): Promise<number> {
  const command = args.includes("--json") ? badCommand(failure) : undefined;
  const json = command !== undefined;
  await explained(failure, { ...defaultOptions(), json }, io);
  io.err(failureText(failure, io));
  if (json) {
    io.out(`${JSON.stringify({ command, ok: false, ...errorFields(failure) })}\n`);
  }
  return 1;
}

/** The sub-command of a wrong command line, empty if it has none; `undefined`: another failure. */
function badCommand({ fact }: ToolFailure): string | undefined {
  switch (fact?.kind) {
    case "unknown-command":
      return fact.word;
    case "unknown-option":
    case "words":
      return fact.command ?? "";
    case "option-value":
      return "";
    default:
      return undefined;
  }
}

/** The fields of a document for a failure. */
type ErrorFields = Pick<CommandDocument, "error" | "hint">;

function errorFields(failure: ToolFailure): ErrorFields {
  return {
    error: messageOf(failure),
    ...(failure.hint.length === 0 ? {} : { hint: failure.hint.join("\n") }),
  };
}

/** The failure to report for an error; `undefined` for a bug of this program. */
function failureOf(error: unknown): ToolFailure | undefined {
  if (error instanceof ToolFailure) return error;
  if (error instanceof ControlError) return conversationFailure(error);
  if (error instanceof Deno.errors.NotCapable) return ctlFailure(missingGrantText(error));
  return undefined;
}
