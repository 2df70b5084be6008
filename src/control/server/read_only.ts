/** The requests that change nothing. */

import type { RequestPacket } from "../wire/layouts.ts";
import { CATLOG_CLEAR, Request } from "../wire/protocol.ts";

const READ_ONLY: ReadonlySet<number> = new Set([
  Request.QUERYVERSION,
  Request.LISTSERVICES,
  Request.LISTSERVICES5,
  Request.QUERY_LOAD_MECH,
  Request.QUERYSERVICENAME,
  Request.SERVICESTATUS,
  Request.SERVICESTATUS5,
  Request.SERVICESTATUS6,
  Request.QUERYSERVICEDSCDIR,
  Request.GETALLENV,
  Request.QUERY,
]);

/**
 * Whether the request changes neither services nor the connection, apart from a long reply that is being sent. While its reply is not
 * written, it may be handled again, so nothing of it needs to be saved.
 */
export function isReadOnly(packet: RequestPacket): boolean {
  return READ_ONLY.has(packet.type) ||
    (packet.type === Request.CATLOG && (packet.flags & CATLOG_CLEAR) === 0);
}
