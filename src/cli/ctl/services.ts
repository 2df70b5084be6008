/** Getting hold of services, as most sub-commands do first (cli 3.1). */

import { type ControlClient, type PacketOf, Reply, Request, REQUEST_TEXT_LIMIT } from "../../client/mod.ts";
import type { ReplyPacket, WireStatus } from "../../client/mod.ts";
import { encodeBytes } from "../../model/mod.ts";
import { ctlFailure, protocolFailure, ToolFailure } from "../shared/failure.ts";

/** The daemon's answer that names a service: its handle, state and target. */
export type ServiceRecord = PacketOf<typeof Reply.SERVICERECORD>;

/** The longest name that any daemon could be asked for: longer ones do not fit the length field. */
const LENGTH_FIELD_LIMIT = 0xffff;

/** A service; it is loaded unless it is loaded already. Throws `ToolFailure`, a `LoadFailure` if that is why. */
export async function loadService(client: ControlClient, name: string): Promise<ServiceRecord> {
  checkName(name);
  const reply = await client.request({ type: Request.LOADSERVICE, name });
  if (reply.type === Reply.SERVICERECORD) return reply;
  throw loadFailure(name, reply);
}

/** A loaded service; `undefined` if it is not loaded. Throws `ToolFailure`. */
export async function findService(client: ControlClient, name: string): Promise<ServiceRecord | undefined> {
  checkName(name);
  const reply = await client.request({ type: Request.FINDSERVICE, name });
  if (reply.type === Reply.SERVICERECORD) return reply;
  if (reply.type === Reply.NOSERVICE) return undefined;
  throw protocolFailure().about({ kind: "bad-name", name });
}

/** A service that must be loaded is not. */
export function notLoaded(name: string): ToolFailure {
  return ctlFailure("service not loaded.").about({ kind: "not-loaded", name });
}

/** A name that does not fit into a request is refused like the daemon would refuse it. */
function checkName(name: string): void {
  const { length } = encodeBytes(name);
  const fact = { kind: "bad-name", name } as const;
  if (length > LENGTH_FIELD_LIMIT) throw ctlFailure("service name too long.").about(fact);
  if (length > REQUEST_TEXT_LIMIT) throw protocolFailure().about(fact);
}

/** A service could not be loaded. */
export class LoadFailure extends ToolFailure {}

const TRY_CHECK = "try 'dinit-check <service-name>' or check log for more information.";
const LOAD_ERRORS = new Map<number, readonly string[]>([
  [Reply.NOSERVICE, [
    "failed to find service description.",
    "check service description file exists / service name spelling.",
  ]],
  [Reply.SERVICE_DESC_ERR, ["error in service description.", TRY_CHECK]],
  [Reply.SERVICE_LOAD_ERR, ["error loading service (or dependency of service).", TRY_CHECK]],
]);

function loadFailure(name: string, reply: ReplyPacket): ToolFailure {
  const lines = LOAD_ERRORS.get(reply.type);
  if (lines === undefined) return protocolFailure().about({ kind: "bad-name", name });
  const kind = reply.type === Reply.NOSERVICE ? "unknown-service" : "bad-description";
  return new LoadFailure(ctlFailure(...lines).message).about({ kind, name });
}

/** The status of a service, in the most telling form that the daemon and cli 3.5 agree on. Throws `ToolFailure`. */
export async function serviceStatus(client: ControlClient, handle: number): Promise<WireStatus> {
  const type = client.version >= 5 ? Request.SERVICESTATUS5 : Request.SERVICESTATUS;
  const reply = await client.request({ type, handle });
  if (reply.type !== Reply.SERVICESTATUS) throw protocolFailure();
  return reply.status;
}
