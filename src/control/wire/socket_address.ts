/**
 * Rules for the path of a control socket that both ends need: the system's limits and Deno's grants. Also opens the
 * client's end.
 */

import { encodeBytes } from "../../model/bytes.ts";
import { Errno, errnoOf, errnoText } from "../../model/errno.ts";
import type { ByteStream } from "./byte_stream.ts";
import { ControlError } from "./control_error.ts";

/** The longest path of a Unix socket on Linux, in bytes. */
const PATH_LIMIT = 107;

/** Whether a Unix socket can have this path. For other paths the system returns EINVAL. */
export function isSocketPath(path: string): boolean {
  return path !== "" && !path.includes("\0") && encodeBytes(path).length <= PATH_LIMIT;
}

/** A sentence that names the missing grant, if Deno denied a permission; `undefined` for any other `error`. */
export function missingGrantText(error: unknown, path: string): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  const kind = /Requires (\w+) access/.exec(error.message)?.[1] ?? "net";
  const missing = kind === "net" ? `--allow-net=unix:${path}` : `--allow-${kind}=${path}`;
  return `Cannot use control socket ${path}: ${missing} is not granted ` +
    `(it takes --allow-net=unix:${path} --allow-read=${path} --allow-write=${path})`;
}

/**
 * Throws `Deno.errors.NotCapable` if a grant for the socket at `path` is missing. Otherwise the runtime would prompt
 * for it at a terminal, and everything would wait for the answer.
 */
export function requireSocketGrants(path: string): void {
  if (Deno.build.standalone || !Deno.stdin.isTerminal()) return;
  for (const name of ["read", "write"] as const) {
    if (Deno.permissions.querySync({ name, path }).state !== "granted") throw notCapable(name, path);
  }
  if (!mayUseSocket(path)) throw notCapable("net", `unix:${path}`);
}

function notCapable(kind: string, what: string): Error {
  return new Deno.errors.NotCapable(
    `Requires ${kind} access to "${what}", run again with the --allow-${kind} flag`,
  );
}

/** Deno before 2.9 needs no such grant, and rejects the query. The path in it must be absolute. */
function mayUseSocket(path: string): boolean {
  const isLocal = !path.startsWith("/");
  if (isLocal && Deno.permissions.querySync({ name: "read", path: "." }).state !== "granted") return true;
  try {
    const host = `unix:${isLocal ? `${Deno.cwd()}/` : ""}${path}`;
    return Deno.permissions.querySync({ name: "net", host }).state === "granted";
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return true;
    throw error;
  }
}

/** Opens a stream to the socket at a path. Its errors have an error number (see `errnoOf`) or are a `ControlError`. */
export type OpenStream = (path: string) => Promise<ByteStream>;

/** Opens a stream with the sockets of Deno. */
export async function openSocket(path: string): Promise<ByteStream> {
  try {
    requireSocketGrants(path);
    return await Deno.connect({ transport: "unix", path });
  } catch (cause) {
    const grant = missingGrantText(cause, path);
    throw grant === undefined ? cause : new ControlError("connect", grant, { path, cause });
  }
}

/** How long a client waits for a place in the queue of the socket, in milliseconds. */
const QUEUE_LIMIT = 60_000;
const QUEUE_PAUSE = 20;

/**
 * A stream to the daemon at a path. Throws `ControlError` of kind `connect`. If the daemon accepts connections more
 * slowly than clients come, the system refuses more with EAGAIN, as the sockets of the runtime do not block: then it tries
 * again for up to a minute, where a blocking `connect` would wait.
 */
export async function connectStream(path: string, open: OpenStream): Promise<ByteStream> {
  if (!isSocketPath(path)) throw connectError(path, Errno.EINVAL);
  const end = performance.now() + QUEUE_LIMIT;
  for (;;) {
    try {
      return await open(path);
    } catch (cause) {
      if (cause instanceof ControlError) throw cause;
      const errno = errnoOf(cause);
      if (errno !== Errno.EAGAIN || performance.now() > end) throw connectError(path, errno, cause);
    }
    await new Promise((resolve) => setTimeout(resolve, QUEUE_PAUSE));
  }
}

function connectError(path: string, errno: number, cause?: unknown): ControlError {
  const message = `Cannot connect to control socket ${path}: ${errnoText(errno)}`;
  return new ControlError("connect", message, { errno, path, cause });
}
