/** The environment that services get which start later: reading it, changing it, following its changes. */

import { Reply, Request, REQUEST_TEXT_LIMIT } from "../control/wire/mod.ts";
import { encodeBytes } from "../model/bytes.ts";
import { Arrivals } from "./arrivals.ts";
import { type ControlClient, unexpectedReply } from "./control_client.ts";

/** A variable; `undefined`: it was removed. */
export interface Variable {
  readonly name: string;
  readonly value: string | undefined;
}

/** Why a variable cannot be set: there is no such name, there is a NUL in it, or it does not fit into a request. */
export type VariableRefusal = "bad-name" | "too-long";

/** Sets a variable, or removes it. Returns why that cannot be, `undefined` if it is done. Rejects with `ControlError`. */
export async function setVariable(
  client: ControlClient,
  { name, value }: Variable,
): Promise<VariableRefusal | undefined> {
  const entry = value === undefined ? name : `${name}=${value}`;
  if (encodeBytes(entry).length > REQUEST_TEXT_LIMIT) return "too-long";
  // The daemon ends a connection that asks for this.
  if (name === "" || name.includes("=") || entry.includes("\0")) return "bad-name";
  const reply = await client.request({ type: Request.SETENV, entry });
  if (reply.type === Reply.ACK) return undefined;
  if (reply.type === Reply.BADREQ) return "bad-name";
  throw unexpectedReply(reply);
}

/** All variables. Daemons have this from protocol version 4 on. Rejects with `ControlError`. */
export async function readVariables(client: ControlClient): Promise<Variable[]> {
  const reply = await client.request({ type: Request.GETALLENV, reserved: 0 });
  if (reply.type !== Reply.ALLENV) throw unexpectedReply(reply);
  return reply.entries.map(variableOf);
}

/**
 * The changes from now on; they end with the connection. Daemons have this from protocol version 5 on. Rejects with
 * `ControlError`.
 */
export async function followVariables(client: ControlClient): Promise<Arrivals<Variable>> {
  const changes = new Arrivals<Variable>();
  client.onEnvironment = ({ entry }) => changes.add(variableOf(entry));
  void client.closed.then(() => changes.end());
  const reply = await client.request({ type: Request.LISTENENV });
  if (reply.type !== Reply.ACK) throw unexpectedReply(reply);
  return changes;
}

/** `NAME=VALUE` is a variable that is set, `NAME` one that was removed. */
function variableOf(entry: string): Variable {
  const equals = entry.indexOf("=");
  if (equals === -1) return { name: entry, value: undefined };
  return { name: entry.slice(0, equals), value: entry.slice(equals + 1) };
}
