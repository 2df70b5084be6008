/**
 * Talks to a running daemon: lists services, starts and stops them, waits for them, and reads their events and output.
 * It works with this daemon and with dinit, in Deno and in Node.
 *
 * @example List the services of the user's daemon
 * ```ts
 * import { connect } from "@dinit/dinit/client";
 *
 * using client = await connect();
 * for (const { name, state } of await client.services()) console.log(state, name);
 * ```
 *
 * @example Start a service, and say why if it fails
 * ```ts
 * import { connect, StartFailedError } from "@dinit/dinit/client";
 *
 * using client = await connect();
 * try {
 *   const { pid } = await client.service("web").start({ signal: AbortSignal.timeout(30_000) });
 *   console.log("web runs as process", pid);
 * } catch (error) {
 *   if (!(error instanceof StartFailedError)) throw error;
 *   console.log("web failed:", error.status?.reason, error.status?.exit);
 * }
 * ```
 *
 * @module
 */

export { ControlError, type ControlErrorFacts, type ControlErrorKind } from "../control/wire/mod.ts";
export { Client } from "./client.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export * from "./errors.ts";
export {
  type ClientEvent,
  type DaemonFact,
  type EventGap,
  type EventOptions,
  type EventPosition,
  EventStream,
  type FactDetails,
  type ServiceChange,
  type ServiceChangeKind,
} from "./events.ts";
export type { DaemonInfo, SystemInfo } from "./overview.ts";
export type { LogPiece, LogPosition } from "./log_reader.ts";
export type { LogOptions } from "./logs.ts";
export { type CommandOptions, Service, type StopOptions, type WaitOptions } from "./service.ts";
export type {
  LaunchProblem,
  ProcessEnd,
  ServiceFailure,
  ServiceInfo,
  ServiceStateName,
  StopReasonName,
} from "./service_info.ts";
export type { UpgradeOptions } from "./upgrade.ts";
export type { LogKeeperState, LogKeeperStatus, ServiceTypeName } from "../model/mod.ts";
export type { Mode } from "./socket_path.ts";
