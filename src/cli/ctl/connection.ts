/** Opens the connection of `dinitctl`, and words its failures (cli 1.3 to 1.5). */

import {
  ControlClient,
  ControlError,
  controlSocketPath,
  effectiveMode,
  projectSocket,
  type SocketOptions,
} from "../../client/mod.ts";
import { Errno, errnoText } from "../../model/errno.ts";
import { typed } from "../../model/typed_module.ts";
import { ctlFailure, protocolFailure, type ToolFailure } from "../shared/failure.ts";
import type { CtlIo } from "../shared/io.ts";

/** The options of the command line for the connection. */
export interface ConnectionOptions extends SocketOptions {
  /** Whether to use the descriptor in `DINIT_CS_FD`, if the variable is set. @default false */
  readonly usePassedFd?: boolean;
}

const NO_PATH =
  "cannot determine control socket directory (set XDG_RUNTIME_DIR or HOME, check /etc/passwd file, " +
  "or specify socket path via -p)";

/** Connects to the daemon. Throws `ToolFailure`. */
export async function openConnection(options: ConnectionOptions, io: CtlIo): Promise<ControlClient> {
  const passed = options.usePassedFd === true ? passedDescriptor(io) : undefined;
  if (passed !== undefined) {
    const { descriptorStream } = await typed(import("../shared/descriptor_stream.ts"));
    return new ControlClient(await descriptorStream(passed));
  }
  const path = controlSocketPath(options, io);
  if (path === undefined) throw ctlFailure(NO_PATH);
  try {
    return await connectToDaemon(path, options, io, "dinitctl");
  } catch (error) {
    if (error instanceof ControlError) throw connectFailure(error, path, options, io);
    throw error;
  }
}

/**
 * Connects to the daemon of the project that the current folder belongs to, or else to the daemon at a path. If none is
 * there and the command line names none, connects to the daemon of the current folder. Throws `ControlError` for the
 * path.
 *
 * @param tool the name in the note on a terminal that this is another daemon than that at the path
 */
export async function connectToDaemon(
  path: string,
  options: SocketOptions,
  io: CtlIo,
  tool: string,
): Promise<ControlClient> {
  const project = projectSocket(options, io);
  const ofProject = project && await ControlClient.connect(project).catch(() => undefined);
  if (ofProject) {
    if (io.errorTerminal()) io.err(dim(`${tool}: the services of this project, at ${project}`, io));
    return ofProject;
  }
  try {
    return await ControlClient.connect(path);
  } catch (error) {
    if (!(error instanceof ControlError) || !NOBODY.has(error.errno)) throw error;
    const { folderSocket } = await typed(import("../shared/folder_socket.ts"));
    const other = folderSocket(options, io);
    const client = other && await ControlClient.connect(other).catch(() => undefined);
    if (!client) throw error;
    if (io.errorTerminal()) io.err(`${tool}: no daemon at ${path}; using ${other} of this folder\n`);
    return client;
  }
}

/** A line that does not catch the eye. */
function dim(line: string, io: CtlIo): string {
  const isPlain = (io.env("NO_COLOR") ?? "") !== "" || io.env("TERM") === "dumb";
  return isPlain ? `${line}\n` : `\x1b[2m${line}\x1b[0m\n`;
}

/** The error numbers that mean that no daemon listens. */
const NOBODY: ReadonlySet<number | undefined> = new Set([Errno.ENOENT, Errno.ECONNREFUSED]);

/** The number at the beginning of `DINIT_CS_FD`; `undefined` if there is none. */
export function passedDescriptor(io: CtlIo): number | undefined {
  const digits = /^\s*([+-]?\d+)/.exec(io.env("DINIT_CS_FD") ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function connectFailure(error: ControlError, path: string, options: SocketOptions, io: CtlIo): ToolFailure {
  if (error.errno === undefined) return ctlFailure(error.message); // the message names a missing grant
  const message = `connecting to socket: ${path}: ${errnoText(error.errno)}`;
  const absent = error.errno === Errno.ENOENT && options.socketPath === undefined;
  const more = absent && effectiveMode(options, io) === "user"
    ? ["perhaps no user instance is running?"]
    : [];
  return ctlFailure(message, ...more).about({ kind: "no-daemon", path, errno: error.errno });
}

/** The failure to report for a broken connection. */
export function conversationFailure(error: ControlError): ToolFailure {
  return conversationText(error).about({ kind: "conversation" });
}

function conversationText(error: ControlError): ToolFailure {
  switch (error.kind) {
    case "too-old-client":
      return ctlFailure("too old (daemon reports newer protocol version)");
    case "too-old-daemon":
      return ctlFailure("daemon too old or protocol error");
    case "protocol":
      return protocolFailure();
    case "connect":
      return ctlFailure(error.message);
    case "closed":
      return error.errno === undefined
        ? ctlFailure("control socket read failure or protocol error")
        : ctlFailure(`control socket write error: ${errnoText(error.errno)}`);
  }
}
