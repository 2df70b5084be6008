/** Hints on a daemon that does not answer: how to start it, and which other daemons answer. */

import { ControlClient, ControlError, controlSocketPath, effectiveMode } from "../../client/mod.ts";
import { FOLDER_SOCKET } from "../shared/folder_socket.ts";
import { Errno } from "../../model/errno.ts";
import { passedDescriptor } from "../ctl/connection.ts";
import { limited } from "./limited.ts";
import type { HintSurroundings } from "./surroundings.ts";
import { printable } from "../shared/text_width.ts";

/** The path of the missing daemon, and the error number. */
interface NoDaemon {
  readonly path: string;
  readonly errno: number;
}

/** No daemon answers at a path. */
export async function noDaemonHint(
  { path, errno }: NoDaemon,
  surroundings: HintSurroundings,
): Promise<string[]> {
  return [...reasonLines(path, errno, surroundings), ...await otherDaemons(path, surroundings)];
}

function reasonLines(path: string, errno: number, surroundings: HintSurroundings): string[] {
  switch (errno) {
    case Errno.ENOENT:
      return [`is it running? start it with: ${startCommand(path, surroundings)}`];
    case Errno.ECONNREFUSED:
      return [`nothing listens there any more; start it with: ${startCommand(path, surroundings)}`];
    case Errno.EACCES:
      return ["the socket belongs to another user, and only that user and root may use it"];
    case Errno.EINVAL:
      return path.length > 0 ? ["the path of a socket has at most 107 bytes"] : [];
    default:
      return [];
  }
}

/** The command that starts a daemon with this socket, in the form in which this program was started. */
function startCommand(path: string, { options, io }: HintSurroundings): string {
  if (!Deno.build.standalone && path === FOLDER_SOCKET) return "deno task start";
  const program = Deno.build.standalone ? "dinit" : "deno run --allow-all main.ts";
  const socket = options.socketPath === undefined ? "" : ` --socket-path ${printable(path)}`;
  const mode = socket === "" || options.mode !== undefined ? ` --${effectiveMode(options, io)}` : "";
  return `${program}${mode}${socket}`;
}

/** Other daemons of this user and of the system that answer. */
async function otherDaemons(path: string, { io }: HintSurroundings): Promise<string[]> {
  // Ask first: otherwise the runtime would prompt at the terminal.
  const mayConnect = (["net", "read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (!mayConnect) return [];
  const places: [path: string | undefined, whose: string, option: string][] = [
    [controlSocketPath({ mode: "system" }, withoutSocketVariable(io)), "the system's instance", "--system"],
    [controlSocketPath({ mode: "user" }, withoutSocketVariable(io)), "your own instance", "--user"],
    [FOLDER_SOCKET, "the instance of this folder", `-p ${FOLDER_SOCKET}`],
  ];
  const lines = await Promise.all(places.map(async ([other, whose, option]) => {
    if (other === undefined || other === path || !await answers(other)) return [];
    return [`${whose} answers at ${printable(other)}: use ${option}`];
  }));
  return lines.flat();
}

/** The standard paths, without the effect of `DINIT_SOCKET_PATH`. */
function withoutSocketVariable(io: HintSurroundings["io"]): Pick<HintSurroundings["io"], "env" | "uid"> {
  return {
    env: (name) => name === "DINIT_SOCKET_PATH" ? undefined : io.env(name),
    uid: () => io.uid(),
  };
}

async function answers(path: string): Promise<boolean> {
  try {
    await limited(await ControlClient.connect(path), (client) => client.handshake());
    return true;
  } catch (error) {
    if (error instanceof ControlError) return false;
    throw error;
  }
}

/** The socket of the failed connection. */
export function socketText({ options, io }: HintSurroundings): string {
  const passed = options.usePassedFd ? passedDescriptor(io) : undefined;
  if (passed !== undefined) return `connection: descriptor ${passed} (DINIT_CS_FD)`;
  return `socket: ${printable(controlSocketPath(options, io) ?? "")}`;
}
