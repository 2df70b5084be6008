/** Where the control socket of the daemon is (cli 1.3). */

import type { CtlIo } from "./io.ts";

/** Which daemon is meant: the system's or the user's own. */
export type Mode = "system" | "user";

/** What the command line says about the socket. */
export interface SocketOptions {
  /** The value of `--socket-path`. @default undefined, not given */
  readonly socketPath?: string;
  /** `--system` or `--user`, whichever came last. @default undefined: by the user id */
  readonly mode?: Mode;
}

/** Of the process only these matter. */
type PathIo = Pick<CtlIo, "env" | "uid">;

/** The socket of a daemon that runs in the current folder, as `deno task start` has it. */
export const FOLDER_SOCKET = "run/dinitctl";
const SYSTEM_SOCKET = "/run/dinitctl";
const PASSWD_FILE = "/etc/passwd";

/** The mode asked for; otherwise the system's for root, and the user's for everyone else. */
export function effectiveMode(options: SocketOptions, io: PathIo): Mode {
  return options.mode ?? (io.uid() === 0 ? "system" : "user");
}

/** The path of the control socket; `undefined` if nothing tells where it is. */
export function controlSocketPath(options: SocketOptions, io: PathIo): string | undefined {
  if (options.socketPath !== undefined) return options.socketPath;
  const fromEnvironment = io.env("DINIT_SOCKET_PATH");
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (effectiveMode(options, io) === "system") return SYSTEM_SOCKET;
  const runtimeDirectory = io.env("XDG_RUNTIME_DIR");
  if (runtimeDirectory !== undefined) return `${runtimeDirectory}/dinitctl`;
  const home = io.env("HOME") ?? passwdHome(io.uid());
  return home === undefined ? undefined : `${home}/.dinitctl`;
}

/** The home directory of a user in the user database; `undefined` if it does not tell. */
export function passwdHome(uid: number | undefined, file = PASSWD_FILE): string | undefined {
  if (uid === undefined) return undefined;
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    if (fields.length >= 6 && fields[2] === String(uid)) return fields[5];
  }
  return undefined;
}
