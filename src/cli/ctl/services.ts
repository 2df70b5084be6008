/** Gets handles of services, the first step of most sub-commands (cli 3.1). */

import { type ControlClient, Reply, Request, type WireStatus } from "../../client/mod.ts";
import { findRecord, LoadFailedError, loadRecord, type ServiceRecord } from "../../client/lookup.ts";
import { encodeBytes } from "../../model/bytes.ts";
import { typed } from "../../model/typed_module.ts";
import { ctlFailure, protocolFailure, ToolFailure } from "../shared/failure.ts";

export type { ServiceRecord };

/** The longest name that a request can contain: longer ones do not fit the length field. */
const LENGTH_FIELD_LIMIT = 0xffff;

/** Loads a service if necessary. Throws `ToolFailure`, or its subclass `LoadFailure` if loading fails. */
export async function loadService(client: ControlClient, name: string): Promise<ServiceRecord> {
  return await loadRecord(client, name).catch(rethrowLoadFailure);
}

/** A loaded service; `undefined` if it is not loaded. Throws `ToolFailure`. */
export async function findService(client: ControlClient, name: string): Promise<ServiceRecord | undefined> {
  return await findRecord(client, name).catch(rethrowLoadFailure);
}

/** A service is not loaded, although it must be. */
export function notLoaded(name: string): ToolFailure {
  return ctlFailure("service not loaded.").about({ kind: "not-loaded", name });
}

/** A service could not be loaded. */
export class LoadFailure extends ToolFailure {}

/** Words what the library throws if a service cannot be loaded. */
export async function rethrowLoadFailure(error: unknown): Promise<never> {
  if (!(error instanceof LoadFailedError)) throw error;
  const { code, service: name } = error;
  if (code === "bad-name") {
    const isLong = encodeBytes(name).length > LENGTH_FIELD_LIMIT;
    throw (isLong ? ctlFailure("service name too long.") : protocolFailure()).about({
      kind: "bad-name",
      name,
    });
  }
  const { LOAD_FAILURE_TEXTS } = await typed(import("../../model/refusals.ts"));
  const kind = code === "not-found" ? "unknown-service" : "bad-description";
  throw new LoadFailure(ctlFailure(...LOAD_FAILURE_TEXTS[code]).message).about({ kind, name });
}

/**
 * The status of a service, in the most detailed form that the daemon and cli 3.5 have in common. Throws `ToolFailure`.
 */
export async function serviceStatus(client: ControlClient, handle: number): Promise<WireStatus> {
  const type = client.version >= 5 ? Request.SERVICESTATUS5 : Request.SERVICESTATUS;
  const reply = await client.request({ type, handle });
  if (reply.type !== Reply.SERVICESTATUS) throw protocolFailure();
  return reply.status;
}
