/** Another program in place of the daemon (docs/surviving.md). */

import { ControlError, Reply, Request, REQUEST_TEXT_LIMIT, UPGRADE_CHECK } from "../control/wire/mod.ts";
import { encodeBytes } from "../model/bytes.ts";
import { type ControlClient, unexpectedReply } from "./control_client.ts";

/** The first version of the extensions with upgrades. */
const UPGRADE_VERSION = 3;

/** The longest path, in bytes: the packet also has flags, and a NUL behind the path. */
const PATH_LIMIT = REQUEST_TEXT_LIMIT - 2;

/** How to upgrade the daemon. */
export interface UpgradeOptions {
  /** The absolute path of the new program. @default the file of the running program, which may be a new one */
  readonly program?: string;
  /** Only finds out whether the new program could take over. @default false */
  readonly checkOnly?: boolean;
}

/**
 * Lets another program take over. Returns the reason if that is refused; `undefined`: it is done. Rejects with
 * `ControlError`, of the kind `too-old-daemon` if the daemon cannot be upgraded at all, with `RangeError` for a path
 * that is too long, and with `TypeError` for one that is not absolute or has a NUL.
 */
export async function requestUpgrade(
  client: ControlClient,
  { program, checkOnly = false }: UpgradeOptions,
): Promise<string | undefined> {
  if (program !== undefined) checkPath(program);
  if (await client.extensions() < UPGRADE_VERSION) {
    throw new ControlError("too-old-daemon", "The daemon cannot be upgraded while it runs");
  }
  const reply = await client.request({
    type: Request.UPGRADE,
    flags: checkOnly ? UPGRADE_CHECK : 0,
    programs: program === undefined ? [] : [program],
  });
  if (reply.type === Reply.ACK) return undefined;
  if (reply.type === Reply.UPGRADE_REFUSED) return reply.reason;
  throw unexpectedReply(reply);
}

function checkPath(path: string): void {
  const shown = JSON.stringify(path.slice(0, 100));
  if (!path.startsWith("/")) throw new TypeError(`The path of the program is not absolute: ${shown}`);
  if (path.includes("\0")) throw new TypeError(`The path of the program contains a NUL: ${shown}`);
  if (encodeBytes(path).length > PATH_LIMIT) {
    throw new RangeError(`The path of the program is longer than ${PATH_LIMIT} bytes: ${shown}...`);
  }
}
