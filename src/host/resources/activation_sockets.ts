/** Activation sockets: created before a service starts, kept while it restarts, closed when it is inactive. 8.17. */

import { Errno, errnoText, LaunchStage, type ServiceDescription } from "../../model/mod.ts";
import type { Plain, StatePart, StateStore } from "../../model/saving.ts";
import type { LaunchRefusal, ServiceRecord } from "../../engine/mod.ts";
import { type Files, type Sockets, SystemCallError } from "../../system/mod.ts";

const BACKLOG = 128;
const { ENOENT, EEXIST } = Errno;

/** The activation sockets of all services. Their documents are in the part `socket`, by the id of the service. */
export class ActivationSockets implements StatePart {
  readonly name = "socket";
  readonly #files: Files;
  readonly #sockets: Sockets;
  readonly #store: StateStore;
  readonly #open = new Map<number, number>();

  constructor(files: Files, sockets: Sockets, store: StateStore) {
    this.#store = store;
    this.#files = files;
    this.#sockets = sockets;
  }

  /** The socket of a service, if it is open. */
  get(id: number): number | undefined {
    return this.#open.get(id);
  }

  /** Opens the socket of a service unless it is open; returns a failure. */
  open(service: ServiceRecord): LaunchRefusal | undefined {
    if (this.#open.has(service.id)) return undefined;
    const { description } = service;
    const obstacle = this.#clear(description.socketPath);
    if (obstacle !== undefined) return obstacle;
    let fd: number | undefined;
    try {
      fd = this.#sockets.create();
      this.#setUp(fd, description);
      this.restore(service.id, fd);
      return undefined;
    } catch (error) {
      if (fd !== undefined) this.#files.close(fd);
      if (!(error instanceof SystemCallError)) throw error;
      const what = FAILURES[error.call] ?? "error creating activation socket";
      const found = refusal(error.errno, `${what}: ${errnoText(error.errno)}`);
      return error.call === "listen" ? { ...found, message: `: ${found.error}` } : found;
    }
  }

  /** Closes the socket of a service; its file stays. */
  close(id: number): void {
    const fd = this.#open.get(id);
    if (fd === undefined) return;
    this.#files.close(fd);
    this.#open.delete(id);
    this.#store.changed(this, id);
  }

  document(id: number): Plain | undefined {
    const fd = this.#open.get(id);
    return fd === undefined ? undefined : { fd, inode: this.#files.inodeOf(fd, "socket") ?? 0 };
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    return [...this.#open.values()];
  }

  /** Continues with an open socket. Takes ownership of it. */
  restore(id: number, fd: number): void {
    this.#open.set(id, fd);
    this.#store.changed(this, id);
  }

  /** Removes an old socket; returns the reason if the path is occupied. */
  #clear(path: string): LaunchRefusal | undefined {
    try {
      if (this.#files.kindAt(path) !== "socket") {
        return refusal(EEXIST, "activation socket file exists (and is not a socket)");
      }
      this.#files.remove(path);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      // If another file cannot be removed, binding the new socket reports it.
      if (error.call === "stat" && error.errno !== ENOENT) {
        return refusal(error.errno, `error checking activation socket: ${errnoText(error.errno)}`);
      }
    }
    return undefined;
  }

  #setUp(fd: number, description: ServiceDescription): void {
    const { socketPath: path, socketUid: uid, socketGid: gid } = description;
    this.#sockets.bind(fd, path);
    if (uid !== undefined || gid !== undefined) this.#files.setPathOwner(path, uid, gid);
    this.#files.setPathMode(path, description.socketPermissions);
    this.#sockets.listen(fd, BACKLOG);
  }
}

function refusal(errno: number, error: string): LaunchRefusal {
  return { stage: LaunchStage.ACTIVATION_SOCKET, errno, error };
}

/** The beginning of the message for each call that can fail (lifecycle 11). */
const FAILURES: Readonly<Record<string, string>> = {
  bind: "error binding activation socket",
  chown: "error setting activation socket owner/group",
  chmod: "Error setting activation socket permissions",
  listen: "error listening on activation socket",
};
