/** The default paths of the daemon (daemon and init 2.4, 2.5). */

import { defaultServiceDirectories } from "../description/mod.ts";
import type { DaemonOptions } from "./options.ts";

const SYSTEM_SOCKET = "/run/dinitctl";
/** Where the owner of a machine keeps what must outlast a restart of the machine. */
const SYSTEM_STATE = "/var/lib/dinit";

/** The program that the owner of a machine executes when all services have stopped. */
export const SHUTDOWN_PROGRAM = "/usr/sbin/shutdown";

/** The program that the owner of a machine executes at a soft reboot. */
export const DAEMON_PROGRAM = "/usr/bin/dinit";

/** The default environment file of the owner of a machine. */
export const MACHINE_ENVIRONMENT_FILE = "/etc/dinit/environment";

/** What the default paths are worked out from. */
export interface PathContext {
  env(name: string): string | undefined;
  /** The home directory in the user database, if `HOME` is not set. */
  passwdHome(): string | undefined;
}

/** The path of the control socket. */
export function socketPath(
  options: Pick<DaemonOptions, "system" | "socketPath">,
  context: PathContext,
): string {
  if (options.socketPath !== undefined) return options.socketPath;
  if (options.system) return SYSTEM_SOCKET;
  const runtimeDirectory = context.env("XDG_RUNTIME_DIR");
  if (runtimeDirectory !== undefined) return `${runtimeDirectory}/dinitctl`;
  const home = context.env("HOME") ?? context.passwdHome();
  return home === undefined ? SYSTEM_SOCKET : `${home}/.dinitctl`;
}

/** What is kept for longer than the daemon runs: how schedules have run, and earlier starts. */
export type StateKind = "schedules" | "starts";

/**
 * Where the daemon keeps something for longer than it runs; `undefined`: it belongs to a user without a home. A daemon
 * with its own socket path keeps it beside the socket, because another daemon may have services with the same names.
 */
export function stateFolder(
  kind: StateKind,
  options: Pick<DaemonOptions, "system" | "socketPath" | "stateFolder">,
  socketPath: string,
  context: PathContext,
): string | undefined {
  if (options.stateFolder !== undefined) return `${absolutePath(options.stateFolder)}/${kind}`;
  if (options.socketPath !== undefined) return `${absolutePath(socketPath)}.${kind}`;
  if (options.system) return `${SYSTEM_STATE}/${kind}`;
  const ofUser = context.env("XDG_STATE_HOME");
  if (ofUser) return `${ofUser}/dinit/${kind}`;
  const home = context.env("HOME") ?? context.passwdHome();
  return home === undefined ? undefined : `${home}/.local/state/dinit/${kind}`;
}

/** The service directories in search order. */
export function serviceDirectories(
  options: Pick<DaemonOptions, "system" | "serviceDirectories">,
  context: PathContext,
): readonly string[] {
  if (options.serviceDirectories.length > 0) return options.serviceDirectories;
  const environment = { XDG_CONFIG_HOME: context.env("XDG_CONFIG_HOME"), HOME: context.env("HOME") };
  if (options.system) return defaultServiceDirectories("system", environment);
  const passwdHome = environment.HOME === undefined ? context.passwdHome() : undefined;
  return defaultServiceDirectories("user", environment, passwdHome);
}

/** The absolute path; the unchanged path if the daemon may not know its directory. */
export function absolutePath(path: string): string {
  if (path.startsWith("/")) return path;
  try {
    return `${Deno.cwd()}/${path.replace(/^(\.\/)+/, "")}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return path; // the grant is missing, or the directory no longer exists
  }
}
