/** Where the daemon finds and puts things when it is not told (daemon and init 2.4, 2.5). */

import { defaultServiceDirectories } from "../description/mod.ts";
import type { DaemonOptions } from "./options.ts";

const SYSTEM_SOCKET = "/run/dinitctl";

/** What the default paths depend on. */
export interface PathContext {
  env(name: string): string | undefined;
  /** The home directory in the user database, where `HOME` is not set. */
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

/** The service directories in search order. */
export function serviceDirectories(
  options: Pick<DaemonOptions, "system" | "serviceDirectories">,
  context: PathContext,
): readonly string[] {
  if (options.serviceDirectories.length > 0) return options.serviceDirectories;
  const environment = { XDG_CONFIG_HOME: context.env("XDG_CONFIG_HOME"), HOME: context.env("HOME") };
  const passwdHome = environment.HOME === undefined ? context.passwdHome() : undefined;
  return defaultServiceDirectories(options.system ? "system" : "user", environment, passwdHome);
}
