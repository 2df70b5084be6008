/** Which host the daemon gets: the native one where it may be had, the command host otherwise. */

import type { FileAccess, UserDatabase } from "../description/mod.ts";
import type { ProcessHost } from "../engine/mod.ts";
import type { BootClock } from "../system/mod.ts";
import { CommandHost } from "./command_host.ts";
import { LibcUnavailableError, openLibrary } from "../system/mod.ts";
import { NativeHost } from "./native_host.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import type { ProcessRecord } from "./processes/process_record.ts";

/** A host as the daemon handles it. */
export interface DaemonHost extends ProcessHost {
  readonly kind: "native" | "command";
  /** The users and groups of the system. */
  readonly users: UserDatabase;
  /** How files are reached, if better than by the runtime. */
  readonly files?: FileAccess;
  /** Time since boot, as exact as this host can tell it. */
  readonly bootClock: BootClock;
  /** Begins to work; to be called once, when the daemon has its signal listeners and before the first launch. */
  begin(): void;
  /** Stops listening for the ends of processes. */
  close(): void;
  /**
   * Resolves when the buffer of a service has what its ended processes wrote. @default absent, `bufferedLog` reads it
   */
  outputRead?(id: number): Promise<unknown>;
  /** Makes the daemon's process group the foreground group of its terminal again. */
  takeForeground(): void;
}

/** Options of `createHost`. */
export interface CreateHostOptions extends NativeHostOptions {
  /** The host to have; `auto`: the native one if it can be had. @default "auto" */
  readonly kind?: "native" | "command" | "auto";
}

/** The host that was asked for cannot be had. */
export class HostUnavailableError extends Error {
  override readonly name = "HostUnavailableError";
}

/** Makes a host. Throws `HostUnavailableError` if it has to be the native one and cannot be. */
export function createHost(
  reports: HostReports,
  record: ProcessRecord,
  options: CreateHostOptions = {},
): DaemonHost {
  const { kind = "auto" } = options;
  if (kind === "command") return new CommandHost(reports, record, options.warn);
  try {
    return new NativeHost(openLibrary(), reports, record, options);
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    if (kind === "auto") return new CommandHost(reports, record, options.warn);
    throw new HostUnavailableError(`Cannot start processes natively: ${error.message}`, { cause: error });
  }
}
