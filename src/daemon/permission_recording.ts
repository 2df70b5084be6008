/** Replaces the process of a service by one whose permissions a client records (`dinitctl permissions`). */

import type { ServiceManager } from "../engine/mod.ts";
import { absolutePath } from "./paths.ts";

/** Deno asks the program behind this socket for each permission, instead of its flags. */
const BROKER = "DENO_PERMISSION_BROKER_PATH";
/** The socket of the client is beside the control socket, so that only those who may command the daemon can be behind it. */
const SUFFIX = ".broker";

/** `begins`: the next process asks the broker; its successors do not. False: the service is not up. */
export function recordPermissions(
  manager: ServiceManager,
  id: number,
  begins: boolean,
  socketPath: string,
): boolean {
  const service = manager.graph.byId(id);
  if (service === undefined) return false;
  if (!begins) return manager.replace(service, "the recording of its permissions has ended");
  const variables = { [BROKER]: absolutePath(socketPath) + SUFFIX };
  return manager.replace(service, "its permissions are recorded", variables);
}
