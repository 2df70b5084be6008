/** Chooses the host of the daemon: the native host if it is available, otherwise the command host. */

import type { OwnSockets } from "../control/mod.ts";
import type { FileAccess, UserDatabase } from "../description/mod.ts";
import type { ProcessHost } from "../engine/mod.ts";
import type { BootClock } from "../system/mod.ts";
import { CommandHost } from "./command_host.ts";
import { LibcUnavailableError, openLibrary } from "../system/mod.ts";
import { NativeHost } from "./native_host.ts";
import type { HostReports, NativeHostOptions } from "./native_options.ts";
import type { ProcessRecord } from "./processes/process_record.ts";

/** A host as the daemon uses it. */
export interface DaemonHost extends ProcessHost {
  readonly kind: "native" | "command";
  /** The users and groups of the system. */
  readonly users: UserDatabase;
  /** File access that is better than the runtime's, if there is one. */
  readonly files?: FileAccess;
  /** Control sockets that outlive the program, if there can be any. */
  readonly controlSockets?: OwnSockets;
  /** Time since boot, as exact as this host can measure it. */
  readonly bootClock: BootClock;
  /** The time in milliseconds by a clock that never runs backwards: since boot, or since the start of the program. */
  now(): number;
  /** Begins to work. Call it once, after the daemon has installed its signal listeners and before the first launch. */
  begin(): void;
  /** Stops listening for the exits of processes. */
  close(): void;
  /**
   * Resolves when the buffer of a service contains all output of its ended processes. @default absent, `bufferedLog`
   * reads the output
   */
  outputRead?(id: number): Promise<unknown>;
  /** Makes the daemon's process group the foreground group of its terminal again. */
  takeForeground(): void;
}

/** Options of `createHost`. */
export interface CreateHostOptions extends NativeHostOptions {
  /** The host to use; `auto`: the native host if it is available. @default "auto" */
  readonly kind?: "native" | "command" | "auto";
}

/** The requested host is not available. */
export class HostUnavailableError extends Error {
  override readonly name = "HostUnavailableError";
}

/** Makes a host. Throws `HostUnavailableError` if the native host is requested and not available. */
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
