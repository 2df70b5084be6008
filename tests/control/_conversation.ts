/** Tests with one client, in few words. */

import { Reply, Request } from "../../src/control/mod.ts";
import type { ControlClient, SingleRequest } from "../../src/client/mod.ts";
import type { FakeManager } from "./_fake_manager.ts";
import { type Scene, withServer } from "./_server.ts";

/** A test with one client. */
export function conversation(
  name: string,
  test: (client: ControlClient, manager: FakeManager, scene: Scene) => Promise<void>,
) {
  Deno.test(name, () => withServer(async (scene) => test(await scene.client(), scene.manager, scene)));
}

/** The type of the reply to a request. */
export async function replyType(client: ControlClient, packet: SingleRequest): Promise<number> {
  return (await client.request(packet)).type;
}

/** Opens a handle to a loaded service. */
export async function open(client: ControlClient, name: string): Promise<number> {
  const reply = await client.request({ type: Request.FINDSERVICE, name });
  if (reply.type !== Reply.SERVICERECORD) throw new Error(`no handle to ${name}`);
  return reply.handle;
}
