/**
 * What the daemon does with the service of a handle, or refuses, at once. All return why it is refused, `undefined` if it
 * is done, and reject with `ControlError`.
 */

import { Reply, Request } from "../control/wire/mod.ts";
import { type ControlClient, type SingleRequest, unexpectedReply } from "./control_client.ts";
import type { RefusalReason } from "./errors.ts";

/** Takes back a pin. */
export function unpinService(client: ControlClient, handle: number): Promise<undefined> {
  return ask<never>(client, { type: Request.UNPINSERVICE, handle }, {});
}

/** Forgets a stopped service. If that is done, all handles of the connection to it have ended. */
export function unloadService(client: ControlClient, handle: number): Promise<"in-use" | undefined> {
  return ask(client, { type: Request.UNLOADSERVICE, handle }, { [Reply.NAK]: "in-use" });
}

/** Loads the description again. If that is done, all handles of the connection to the service have ended. */
export function reloadService(client: ControlClient, handle: number): Promise<"in-use" | undefined> {
  return ask(client, { type: Request.RELOADSERVICE, handle }, { [Reply.NAK]: "in-use" });
}

/** Sets a trigger, or takes it back. */
export function triggerService(
  client: ControlClient,
  handle: number,
  on: boolean,
): Promise<"not-triggered" | undefined> {
  const packet = { type: Request.SETTRIGGER, handle, value: on ? 1 : 0 };
  return ask(client, packet, { [Reply.NAK]: "not-triggered" });
}

/** Why a signal was not sent. */
export type SignalRefusal = "no-process" | "bad-signal" | "not-sent";

/** Sends a signal to the process of the service. */
export function signalService(
  client: ControlClient,
  handle: number,
  signal: number,
): Promise<SignalRefusal | undefined> {
  return ask(client, { type: Request.SIGNAL, signal, handle }, {
    [Reply.SIGNAL_NOPID]: "no-process",
    [Reply.SIGNAL_BADSIG]: "bad-signal",
    [Reply.SIGNAL_KILLERR]: "not-sent",
  });
}

async function ask<Reason extends RefusalReason>(
  client: ControlClient,
  packet: SingleRequest,
  refusals: Readonly<Record<number, Reason>>,
): Promise<Reason | undefined> {
  const reply = await client.request(packet);
  if (reply.type === Reply.ACK) return undefined;
  const reason = refusals[reply.type];
  if (reason === undefined) throw unexpectedReply(reply);
  return reason;
}
