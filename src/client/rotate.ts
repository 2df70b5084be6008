/** Rotation of the log of a service. */

import { ControlError, Reply, Request, Rotation } from "../control/wire/mod.ts";
import { type ControlClient, unexpectedReply } from "./control_client.ts";

/** The first version of the extensions with rotations. */
const ROTATION_VERSION = 4;

/** The result; `no-limits`: the service has no log that dinit rotates. `small`: nothing could be cut off. */
export type LogRotation = "rotated" | "small" | "no-limits" | { readonly problem: string };

/** Rotates the log of a service. Rejects with `ControlError`, of the kind `too-old-daemon` if the daemon cannot do it. */
export async function rotateLog(client: ControlClient, handle: number): Promise<LogRotation> {
  if (await client.extensions() < ROTATION_VERSION) {
    throw new ControlError("too-old-daemon", "The daemon does not rotate logs");
  }
  const reply = await client.request({ type: Request.ROTATE, handle });
  if (reply.type === Reply.NAK) return "no-limits";
  if (reply.type !== Reply.ROTATED) throw unexpectedReply(reply);
  switch (reply.result) {
    case Rotation.DONE:
      return "rotated";
    case Rotation.TOO_SMALL:
      return "small";
    default:
      return { problem: reply.reason };
  }
}
