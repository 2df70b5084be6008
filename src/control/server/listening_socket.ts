/** The file of the control socket: creates it, watches it and removes it (daemon and init 3.3). */

import { Errno, errnoName, errnoOf, errnoText } from "../../model/mod.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import type { OwnListener, OwnSockets } from "./own_sockets.ts";
import { isSocketPath, missingGrantText, requireSocketGrants } from "../wire/socket_address.ts";

/** The control socket could not be opened. `message` is the line for the log. */
export class ControlSocketError extends Error {
  override readonly name = "ControlSocketError";
  readonly path: string;
  /** The error number, for example 30 (EROFS); `undefined` if it was no error of the system. */
  readonly errno: number | undefined;

  constructor(message: string, path: string, facts: { errno?: number; cause?: unknown } = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.path = path;
    this.errno = facts.errno;
  }
}

/** Only the owner of the daemon may connect. There is no other check. */
const SOCKET_MODE = 0o600;

/** Whether a daemon accepts connections at `path`. */
async function answers(path: string): Promise<boolean> {
  if (!isSocketPath(path)) return false;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (cause) {
    throwMissingGrant(cause, path);
    // A daemon that is too busy to accept is alive.
    return errnoName(errnoOf(cause)) === "EAGAIN";
  }
}

/** Throws `ControlSocketError` if a daemon accepts connections at `path`. */
export async function refuseActiveSocket(path: string): Promise<void> {
  if (!await answers(path)) return;
  throw new ControlSocketError("Control socket is already active (another instance already running?)", path);
}

/** A listening socket at a path. */
export class ListeningSocket {
  readonly path: string;
  readonly #listener: OwnListener | Deno.Listener<Deno.UnixConn>;
  readonly #identity: string | undefined;
  #closed = false;

  private constructor(path: string, listener: OwnListener | Deno.Listener<Deno.UnixConn>) {
    this.path = path;
    this.#listener = listener;
    this.#identity = fileIdentity(path);
  }

  /** Continues with the socket of another program. */
  static take(path: string, listener: OwnListener): ListeningSocket {
    return new ListeningSocket(path, listener);
  }

  /**
   * Creates a socket at `path` and replaces any file there, unless a daemon listens on it. Throws `ControlSocketError`.
   *
   * @param sockets makes it; without them, the runtime does
   */
  static async open(path: string, sockets?: OwnSockets): Promise<ListeningSocket> {
    try {
      requireSocketGrants(path);
    } catch (cause) {
      throwMissingGrant(cause, path);
      throw cause;
    }
    for (;;) {
      const file = fileIdentity(path);
      await refuseActiveSocket(path);
      // Another daemon may have created its socket there meanwhile, so this checks again.
      if (fileIdentity(path) !== file) continue;
      removeFile(path);
      return new ListeningSocket(path, listen(path, sockets));
    }
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the file no longer exists at the path. A different file counts as missing. */
  get vanished(): boolean {
    try {
      Deno.statSync(this.path);
      return false;
    } catch (error) {
      return error instanceof Deno.errors.NotFound;
    }
  }

  /** The number of the descriptor, if it can outlive the program. */
  get descriptor(): number | undefined {
    return "descriptor" in this.#listener ? this.#listener.descriptor : undefined;
  }

  /** The next connection. Throws the system's error; after `close` as well. */
  accept(): Promise<ByteStream> {
    return this.#listener.accept();
  }

  /**
   * Stops listening and removes the file, at once. Returns whether the listener is closed. When the last `accept` has
   * been rejected, the runtime removes the file at its path again, even if another program has created it. So if the
   * file is not ours any more, a listener of the runtime stays open: nobody can reach it, and it does no harm.
   */
  close(): boolean {
    this.#closed = true;
    const file = fileIdentity(this.path);
    if (file === this.#identity) removeFile(this.path);
    else if (file !== undefined && "unref" in this.#listener) {
      this.#listener.unref();
      return false;
    }
    this.#listener.close();
    return true;
  }
}

/** `unlink`: after an error, either the path is free, or `bind` reports the error. */
function removeFile(path: string): void {
  try {
    // The runtime's function would also remove empty directories.
    if (!Deno.lstatSync(path).isDirectory) Deno.removeSync(path);
  } catch {
    // See above.
  }
}

function listen(path: string, sockets: OwnSockets | undefined): OwnListener | Deno.Listener<Deno.UnixConn> {
  if (!isSocketPath(path)) throw bindError(path, Errno.EINVAL);
  // `bind` gives the file all permissions except those in the umask. Changing the umask needs an unscoped --allow-sys.
  // Without it, the mode is changed directly afterwards. In between, a program of another user could connect if the
  // umask lets others write.
  const umaskGranted = mayChangeUmask();
  const umask = umaskGranted ? Deno.umask(0o777 & ~SOCKET_MODE) : 0;
  let listener;
  try {
    listener = sockets?.listen(path) ?? Deno.listen({ transport: "unix", path });
  } catch (cause) {
    throwMissingGrant(cause, path);
    throw bindError(path, errnoOf(cause), cause);
  } finally {
    if (umaskGranted) Deno.umask(umask);
  }
  if (!umaskGranted) restrictMode(listener, path);
  return listener;
}

/** Ask first: an attempt without the grant would prompt at the terminal. */
function mayChangeUmask(): boolean {
  return Deno.permissions.querySync({ name: "sys" }).state === "granted";
}

function restrictMode(listener: { close(): void }, path: string): void {
  try {
    Deno.chmodSync(path, SOCKET_MODE);
  } catch (cause) {
    listener.close();
    const errno = errnoOf(cause);
    throw new ControlSocketError(`Error setting control socket permissions: ${errnoText(errno)}`, path, {
      errno,
      cause,
    });
  }
}

function bindError(path: string, errno: number, cause?: unknown): ControlSocketError {
  return new ControlSocketError(`Error binding control socket: ${errnoText(errno)}`, path, { errno, cause });
}

function throwMissingGrant(cause: unknown, path: string): void {
  const grant = missingGrantText(cause, path);
  if (grant !== undefined) throw new ControlSocketError(grant, path, { cause });
}

/** Identifies the file at a path among earlier and later files; `undefined` if there is none. */
function fileIdentity(path: string): string | undefined {
  try {
    const { dev, ino, mtime } = Deno.lstatSync(path);
    return `${dev}:${ino}:${mtime?.getTime()}`;
  } catch {
    return undefined;
  }
}
