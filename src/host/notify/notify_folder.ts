/** The places of notification sockets: a folder for each service, which only its user can use, unless that is root. */

import { Errno } from "../../model/mod.ts";
import { type Files, SystemCallError } from "../../system/mod.ts";
import type { NotifySockets } from "../../system/watching_health.ts";

const { EACCES, ENOENT } = Errno;
/** Other users pass the common folder, and see nothing in it. */
const COMMON_MODE = 0o711;
const OWN_MODE = 0o700;
/** A program that starts as root may say that it is ready after it has taken another user: dbus-daemon does. */
const ROOT_MODE = 0o711;
/** The folder of its service decides who can send. */
const SOCKET_MODE = 0o666;

/** A user and a group by numbers. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Makes and removes the folders and sockets. Methods throw `SystemCallError`. */
export class NotifyFolder {
  readonly #files: Files;
  readonly #sockets: NotifySockets;
  readonly #self: Ids;
  readonly #path: () => string;

  /** @param path the common folder, which no other program uses */
  constructor(files: Files, sockets: NotifySockets, self: Ids, path: () => string) {
    this.#files = files;
    this.#sockets = sockets;
    this.#self = self;
    this.#path = path;
  }

  /** The path of the socket of a service, by its id. */
  pathOf(id: number): string {
    return `${this.#path()}/${id}/socket`;
  }

  /**
   * Makes the socket of a service for its user, in place of an earlier one. While it is made, the folder belongs to the
   * daemon: the user must not put a link in its place.
   */
  bind(id: number, owner: Ids): number {
    const folder = `${this.#path()}/${id}`;
    this.#own(this.#path(), COMMON_MODE);
    this.#own(folder, owner.uid === 0 ? ROOT_MODE : OWN_MODE);
    const path = this.pathOf(id);
    this.#remove(path);
    const fd = this.#sockets.bind(path);
    try {
      this.#files.setPathMode(path, SOCKET_MODE);
      if (owner.uid !== this.#self.uid) {
        this.#files.setPathOwner(path, owner.uid, owner.gid);
        this.#files.setPathOwner(folder, owner.uid, owner.gid);
      }
    } catch (error) {
      this.#files.close(fd);
      throw error;
    }
    return fd;
  }

  /** Removes the socket of a service, and the common folder with the last one. What cannot be removed stays. */
  remove(id: number): void {
    const folder = `${this.#path()}/${id}`;
    try {
      this.#remove(this.pathOf(id));
      this.#sockets.removeFolder(folder);
      this.#sockets.removeFolder(this.#path());
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error; // other services have sockets, or a user has files there
    }
  }

  /** Makes a folder, or takes one that an earlier daemon has left. */
  #own(path: string, mode: number): void {
    const files = this.#files;
    const isNew = this.#sockets.makeFolder(path, mode);
    if (!isNew && files.statusOf(path).kind !== "directory") throw new SystemCallError("mkdir", EACCES);
    if (!isNew && files.factsAt(path).uid !== this.#self.uid) {
      if (path === this.#path()) throw new SystemCallError("mkdir", EACCES); // another user's
      files.setPathOwner(path, this.#self.uid, this.#self.gid);
    }
    files.setPathMode(path, mode); // the umask of the daemon may have changed it
  }

  #remove(path: string): void {
    try {
      this.#files.remove(path);
    } catch (error) {
      if (!(error instanceof SystemCallError && error.errno === ENOENT)) throw error;
    }
  }
}
