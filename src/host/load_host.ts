/** Chooses the host of the daemon, and loads its code. No daemon needs the code of both. */

import type { OwnSockets } from "../control/mod.ts";
import type { FileAccess, UserDatabase } from "../description/mod.ts";
import type { ProcessHost } from "../engine/mod.ts";
import type { BootClock } from "../system/mod.ts";
import type { AlarmMaker } from "./alarm.ts";
import { typed } from "../model/mod.ts";
import { LibcUnavailableError, openLibrary } from "../system/mod.ts";
import type { NativeHost } from "./native_host.ts";
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
  /** What wakes the clock of the engine. @default the runtime's timers */
  readonly alarm?: AlarmMaker;
  /** Whether the program stays alive because of this host, until `close`. */
  readonly keepsAlive: boolean;
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

/** Which host to use; `auto`: the native host if it is available, otherwise the command host. */
export type HostKind = "native" | "command" | "auto";

/** Makes a host whose code is loaded. */
export type HostMaker = (
  reports: HostReports,
  record: ProcessRecord,
  options?: NativeHostOptions,
) => DaemonHost;

/** The requested host is not available. */
export class HostUnavailableError extends Error {
  override readonly name = "HostUnavailableError";
}

/** The host that a daemon uses. Throws `HostUnavailableError` if the native host is requested and not available. */
export function chooseHost(kind: HostKind = "auto"): DaemonHost["kind"] {
  if (kind === "command") return kind;
  try {
    openLibrary();
    return "native";
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    if (kind === "auto") return "command";
    throw new HostUnavailableError(`Cannot start processes natively: ${error.message}`, { cause: error });
  }
}

/** Loads the code of the host that `chooseHost` chooses, and throws the same. */
export async function loadHost(kind: HostKind = "auto"): Promise<HostMaker> {
  if (chooseHost(kind) === "command") {
    const { CommandHost } = await typed(import("./command_host.ts"));
    return (reports, record, options) => new CommandHost(reports, record, options?.warn);
  }
  const { NativeHost } = await typed(import("./native_host.ts"));
  return (reports, record, options) => new NativeHost(openLibrary(), reports, record, options);
}

/** The host as the native host, which can do more; `undefined`: it is the other one. */
export function nativeHost(host: DaemonHost): NativeHost | undefined {
  return isNative(host) ? host : undefined;
}

function isNative(host: DaemonHost): host is NativeHost {
  return host.kind === "native";
}
