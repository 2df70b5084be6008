/** `shutdown` (cli 3.14). */

import { Reply, Request } from "../../client/mod.ts";
import { ShutdownType } from "../../model/states.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";

/** `dinitctl shutdown`: waits until the daemon has exited. */
export async function shutdown(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const reply = await client.request({ type: Request.SHUTDOWN, kind: ShutdownType.HALT });
  if (reply.type !== Reply.ACK) {
    throw ctlFailure("control socket protocol error").about({ kind: "conversation" });
  }
  context.say("Shutting down dinit...");
  await client.closed;
  context.say("Connection closed.");
  return 0;
}
