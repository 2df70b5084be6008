/** The request for another program in place of the daemon (docs/control-protocol.md, UPGRADE). */

import type { PacketOf, ReplyPacket } from "../wire/layouts.ts";
import { Reply, type Request, UPGRADE_CHECK } from "../wire/protocol.ts";
import type { Session } from "./session.ts";

/** The reason if the daemon has nothing that could survive. */
const NO_UPGRADE = "Without the native host, services end with the program";

/** The reply to a check, or to a request that is refused. After an upgrade the other program replies. */
export async function upgrade(
  { host }: Session,
  packet: PacketOf<typeof Request.UPGRADE>,
): Promise<ReplyPacket> {
  const reason = host.upgrade === undefined ? NO_UPGRADE : await host.upgrade({
    program: packet.programs[0],
    checkOnly: (packet.flags & UPGRADE_CHECK) !== 0,
  });
  return reason === undefined ? { type: Reply.ACK } : { type: Reply.UPGRADE_REFUSED, reason };
}
