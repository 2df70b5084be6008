/** The request for a rotation of a log (docs/control-protocol.md, ROTATE). */

import type { ReplyPacket } from "../wire/layouts.ts";
import { Reply, Rotation } from "../wire/protocol.ts";
import type { Session } from "./session.ts";

/** The reply when the rotation is complete. */
export async function rotate(session: Session, handle: number): Promise<ReplyPacket> {
  const record = session.service(handle);
  const outcome = record === undefined ? undefined : await session.host.rotate?.(record);
  if (outcome === undefined) return { type: Reply.NAK };
  const type = Reply.ROTATED;
  switch (outcome) {
    case "rotated":
      return { type, result: Rotation.DONE, reason: "" };
    case "small":
      return { type, result: Rotation.TOO_SMALL, reason: "" };
    default:
      return { type, result: Rotation.FAILED, reason: outcome.problem };
  }
}
