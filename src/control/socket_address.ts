/** What both ends of a control socket must know about its path: the system's limits, and the grants that Deno asks for. */

import { encodeBytes } from "../model/mod.ts";

/** The longest path of a Unix socket on Linux, in bytes. */
const PATH_LIMIT = 107;

/** Whether a Unix socket can have this path at all. For any other path the system says EINVAL. */
export function isSocketPath(path: string): boolean {
  return path !== "" && !path.includes("\0") && encodeBytes(path).length <= PATH_LIMIT;
}

/**
 * The sentence for a permission that Deno denied, naming the grant that is missing; `undefined` if `error` is
 * anything else.
 */
export function missingGrantText(error: unknown, path: string): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  const kind = /Requires (\w+) access/.exec(error.message)?.[1] ?? "net";
  const missing = kind === "net" ? `--allow-net=unix:${path}` : `--allow-${kind}=${path}`;
  return `Cannot use control socket ${path}: ${missing} is not granted ` +
    `(it takes --allow-net=unix:${path} --allow-read=${path} --allow-write=${path})`;
}
