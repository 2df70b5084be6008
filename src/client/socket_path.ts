/** Where the control socket of the daemon is (cli 1.3). */

/** The system's daemon or the user's own. */
export type Mode = "system" | "user";

/** The options of the command line for the socket. */
export interface SocketOptions {
  /** The value of `--socket-path`. @default undefined, not given */
  readonly socketPath?: string;
  /** `--system` or `--user`, whichever came last. @default undefined: by the user id */
  readonly mode?: Mode;
}

/** What determines the path of the socket. */
export interface SocketSurroundings {
  /** A variable of the environment; `undefined` if it is not set. */
  env(name: string): string | undefined;
  /** The real user id; `undefined` if it cannot be known. */
  uid(): number | undefined;
  /** The home directory of the user in the user database. @default Deno reads it from `/etc/passwd` */
  home?(): string | undefined;
}

const SYSTEM_SOCKET = "/run/dinitctl";
const PASSWD_FILE = "/etc/passwd";

/** The mode asked for; otherwise the system's for root, and the user's for everyone else. */
export function effectiveMode(options: SocketOptions, io: SocketSurroundings): Mode {
  return options.mode ?? (io.uid() === 0 ? "system" : "user");
}

/** The path of the control socket; `undefined` if it cannot be determined. */
export function controlSocketPath(options: SocketOptions, io: SocketSurroundings): string | undefined {
  if (options.socketPath !== undefined) return options.socketPath;
  const fromEnvironment = io.env("DINIT_SOCKET_PATH");
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (effectiveMode(options, io) === "system") return SYSTEM_SOCKET;
  const runtimeDirectory = io.env("XDG_RUNTIME_DIR");
  if (runtimeDirectory !== undefined) return `${runtimeDirectory}/dinitctl`;
  const home = io.env("HOME") ?? (io.home === undefined ? passwdHome(io.uid()) : io.home());
  return home === undefined ? undefined : `${home}/.dinitctl`;
}

/** The home directory of a user in the user database; `undefined` if the database has none. */
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

/** The folder of a project's daemon. */
export const INSTANCE_FOLDER = ".dinit";
/** Its control socket. */
export const INSTANCE_SOCKET = `${INSTANCE_FOLDER}/socket`;

/** Projects are not deeper below their top than this. */
const MOST_PARENTS = 32;

/**
 * The path of the socket, relative to the current folder; `undefined` if there is none that may be used. Nothing may
 * name another daemon, the user must not be root, and must own the socket and its folder, which nobody else can write:
 * nobody can use it as a trap. Links are not followed.
 */
export function projectSocket(options: SocketOptions, io: SocketSurroundings): string | undefined {
  const uid = io.uid();
  const isNamed = options.socketPath !== undefined || options.mode !== undefined ||
    io.env("DINIT_SOCKET_PATH") !== undefined;
  if (isNamed || uid === undefined || uid === 0) return undefined;
  let above = "";
  let last: string | undefined;
  for (let count = 0; count < MOST_PARENTS; count++, above += "../") {
    const found = lookAt(`${above}${INSTANCE_FOLDER}`);
    if (found !== undefined) {
      const isOwn: boolean = found.isDirectory && found.uid === uid && ((found.mode ?? 0) & 0o022) === 0;
      const socket: Deno.FileInfo | undefined = isOwn ? lookAt(`${above}${INSTANCE_SOCKET}`) : undefined;
      if (socket?.isSocket && socket.uid === uid) return `${above}${INSTANCE_SOCKET}`;
    }
    const folder = lookAt(above === "" ? "." : above);
    if (folder === undefined) return undefined;
    const identity = `${folder.dev}:${folder.ino}`;
    if (identity === last) return undefined; // the top is its own parent
    last = identity;
  }
  return undefined;
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    const isGranted = Deno.build.standalone ||
      Deno.permissions.querySync({ name: "read", path }).state === "granted"; // it must not ask at the terminal
    return isGranted ? Deno.lstatSync(path) : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined; // for whatever reason, it is not usable
    throw error;
  }
}
