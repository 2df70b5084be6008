/** From the name of a service to its handle (control protocol 7.1). */

import { type PacketOf, Reply, type ReplyPacket, Request, REQUEST_TEXT_LIMIT } from "../control/wire/mod.ts";
import { encodeBytes } from "../model/bytes.ts";
import { type ControlClient, unexpectedReply } from "./control_client.ts";
import { LoadFailedError, type LoadFailure } from "./errors.ts";

export { LoadFailedError, type LoadFailure };

/** The daemon's reply with a handle, the state and the target of a service. */
export type ServiceRecord = PacketOf<typeof Reply.SERVICERECORD>;

/** Loads a service if necessary. Every call opens another handle. Throws `LoadFailedError` or `ControlError`. */
export async function loadRecord(client: ControlClient, name: string): Promise<ServiceRecord> {
  requireFit(name);
  const reply = await client.request({ type: Request.LOADSERVICE, name });
  if (reply.type === Reply.SERVICERECORD) return reply;
  throw loadError(name, reply);
}

/**
 * A loaded service; `undefined` if it is not loaded. Every call opens another handle. Throws the errors of
 * `loadRecord`.
 */
export async function findRecord(client: ControlClient, name: string): Promise<ServiceRecord | undefined> {
  requireFit(name);
  const reply = await client.request({ type: Request.FINDSERVICE, name });
  if (reply.type === Reply.SERVICERECORD) return reply;
  if (reply.type === Reply.NOSERVICE) return undefined;
  throw loadError(name, reply);
}

/** A name that does not fit into a request is refused as the daemon would refuse it. */
function requireFit(name: string): void {
  const { length } = encodeBytes(name);
  if (length === 0 || length > REQUEST_TEXT_LIMIT) throw new LoadFailedError(name, "bad-name");
}

const FAILURES: ReadonlyMap<number, LoadFailure> = new Map([
  [Reply.BADREQ, "bad-name"],
  [Reply.NOSERVICE, "not-found"],
  [Reply.SERVICE_DESC_ERR, "bad-description"],
  [Reply.SERVICE_LOAD_ERR, "load-failed"],
]);

function loadError(name: string, reply: ReplyPacket): Error {
  const failure = FAILURES.get(reply.type);
  return failure === undefined ? unexpectedReply(reply) : new LoadFailedError(name, failure);
}
