/** The whole system at one moment. */

import type { LogKeeperStatus } from "../model/status.ts";
import type { ControlClient } from "./control_client.ts";
import { isKnownService, type KnownService, type ServiceInfo, serviceInfo } from "./service_info.ts";

/** What a daemon tells of itself. */
export interface DaemonInfo extends LogKeeperStatus {
  /** The version of the program. */
  readonly version: string;
  /** The release of dinit whose behaviour it has. @default absent, an earlier version does not tell */
  readonly compatibleWith?: string;
  /** The process id. */
  readonly pid: number;
  /** Milliseconds since it started. */
  readonly uptime: number;
  /** The path of its control socket. */
  readonly socket: string;
  /** Whether it is stopping everything. */
  readonly shuttingDown: boolean;
  /**
   * The folder with the files of earlier starts, and the number of that of this start, if it is kept. @default absent,
   * none are kept
   */
  readonly starts?: { readonly folder: string; readonly own?: number };
}

/** A daemon and its services. */
export interface SystemInfo {
  /** What the daemon tells of itself. @default absent, dinit tells nothing */
  readonly daemon?: DaemonInfo;
  /** All loaded services, in the order in which they were loaded. */
  readonly services: readonly ServiceInfo[];
}

/** The same in the numbers of the protocol. */
export interface KnownSystem {
  /** What the daemon tells of itself. @default absent, dinit tells nothing */
  readonly daemon?: DaemonInfo;
  /** In the order in which they were loaded. */
  readonly services: readonly KnownService[];
}

/** Asks for the overview, or for what dinit has instead. Rejects with `ControlError`. */
export async function readOverview(client: ControlClient): Promise<SystemInfo> {
  const { services, ...others } = await readKnownSystem(client);
  return { ...others, services: services.map(serviceInfo) };
}

/** The same in the numbers of the protocol. Rejects with `ControlError`. */
export async function readKnownSystem(client: ControlClient): Promise<KnownSystem> {
  const answer = await client.query("overview") as
    | { readonly daemon?: unknown; readonly services?: unknown }
    | null
    | undefined;
  const daemon = isDaemonInfo(answer?.daemon) ? { daemon: answer.daemon } : {};
  const known = answer?.services;
  if (Array.isArray(known) && known.every(isKnownService)) return { ...daemon, services: known };
  const listed = await client.list();
  return { ...daemon, services: listed.map(({ name, status }) => ({ ...status, name })) };
}

function isDaemonInfo(value: unknown): value is DaemonInfo {
  const daemon = value as Partial<DaemonInfo> | null | undefined;
  return typeof daemon?.version === "string" && typeof daemon.pid === "number" &&
    typeof daemon.uptime === "number" && typeof daemon.socket === "string" &&
    typeof daemon.shuttingDown === "boolean";
}
