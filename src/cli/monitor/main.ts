/** `dinit-monitor`: runs a command for each event of services or variables (cli 6). */

import { ControlError, controlSocketPath } from "../../client/mod.ts";
import { errnoText, missingGrantText, typed } from "../../model/mod.ts";
import type { MonitorOptions } from "../../options/dinit_monitor.ts";
import { failureText, ToolFailure, toolVersion } from "../shared/failure.ts";
import { type CtlIo, processIo } from "../shared/io.ts";
import { fillIn, type Occasion, splitCommand } from "./command.ts";
import { monitorFailure, serverFailure } from "./failure.ts";
import { scanMonitorArguments } from "./options.ts";
import { type CommandEnd, runCommand } from "./run_command.ts";
import { ENVIRONMENT_PROTOCOL, watchEnvironment, watchServices } from "./watch.ts";
import { type ConnectionOptions, connectToDaemon } from "../ctl/connection.ts";
import { printable } from "../shared/text_width.ts";

/** The surroundings of the tool. */
export interface MonitorIo extends CtlIo {
  /** Runs a command, given as program and arguments, to its end. */
  run(command: readonly string[]): Promise<CommandEnd>;
}

const NO_PATH =
  "cannot locate user home directory (set XDG_RUNTIME_DIR, HOME, check /etc/passwd file, or specify " +
  "socket path via -p)";

/**
 * Runs `dinit-monitor` with the given arguments, without the program's name. Returns the exit status: 0 after
 * `--exit` or `--version`, and 1 for everything else, the help text included (cli 1.1, 6).
 *
 * @param io the surroundings. @default those of this process
 */
export async function runMonitor(args: readonly string[], io: MonitorIo = monitorIo()): Promise<number> {
  let options: MonitorOptions | undefined;
  try {
    options = scanMonitorArguments(args);
    if (options.help) {
      io.out((await typed(import("./help.ts"))).monitorHelp());
      return 1;
    }
    if (options.version) {
      io.out(toolVersion(io.terminal() !== undefined));
      return 0;
    }
    await monitor(options, io);
    return 0;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    io.err(failureText(await explained(failure, options ?? {}, io), io));
    return 1;
  }
}

/** Adds the hint to a failure on a terminal. */
async function explained(
  failure: ToolFailure,
  options: ConnectionOptions,
  io: MonitorIo,
): Promise<ToolFailure> {
  if (!io.errorTerminal() || failure.hint.length > 0) return failure;
  const { hintLines } = await typed(import("../hint/hint.ts"));
  failure.hint = await hintLines(failure, { options, io });
  return failure;
}

async function monitor(options: MonitorOptions, io: MonitorIo): Promise<void> {
  if (options.names.length === 0 && !options.environment) {
    throw monitorFailure("specify at least one service name");
  }
  const { command } = options;
  // The text is the reference's own.
  if (command === undefined) throw monitorFailure("command must specified");
  const template = splitCommand(command);
  if (template.length === 0) throw monitorFailure("specified command is empty");
  const path = controlSocketPath(options, io);
  if (path === undefined) throw monitorFailure(NO_PATH);
  const notify = async (occasion: Occasion) => {
    const end = await io.run(template.map((word) => fillIn(word, occasion)));
    const complaint = complaintOf(end);
    if (complaint !== undefined) {
      const failure = monitorFailure(complaint);
      failure.hint = [`command: ${printable(command)}`];
      io.err(failureText(failure, io));
    }
    return !options.exit;
  };
  const client = await connectToDaemon(path, options, io, "dinit-monitor");
  try {
    await client.handshake(options.environment ? ENVIRONMENT_PROTOCOL : undefined);
    await (options.environment ? watchEnvironment : watchServices)(client, options, notify);
  } finally {
    client.close();
  }
}

/** The message about the end of a command; nothing after success (cli 6.3). */
function complaintOf(end: CommandEnd): string | undefined {
  if ("errno" in end) return `exec: ${errnoText(end.errno)}`;
  if ("signal" in end) return `notification command terminated due to signal ${end.signal}`;
  return end.status === 0 ? undefined : `notification command terminated with exit status ${end.status}`;
}

/** The failure to report for an error; `undefined` for a bug of this program. */
function failureOf(error: unknown): ToolFailure | undefined {
  if (error instanceof ToolFailure) return error;
  if (error instanceof ControlError) return serverFailure(error);
  if (error instanceof Deno.errors.NotCapable) return monitorFailure(missingGrantText(error));
  return undefined;
}

/** The surroundings of the real process. */
function monitorIo(): MonitorIo {
  return { ...processIo(), run: runCommand };
}
