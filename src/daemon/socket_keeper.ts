/** The control socket during the life of the daemon: opens it, opens it again when it is lost, and watches it (3.3). */

import { Errno } from "../model/mod.ts";
import type { MessageLog } from "../log/mod.ts";
import { FileWatch, LibcUnavailableError, openLibrary, SystemCallError } from "../host/mod.ts";
import { type ControlServer, ControlSocketError } from "../control/server/mod.ts";
import { Retries } from "../log/mod.ts";
import type { DaemonOptions } from "./options.ts";

const { EROFS } = Errno;

/** The options of the keeper. */
export interface SocketKeeperOptions extends Pick<DaemonOptions, "manager" | "system"> {
  /** Called when the socket may have been lost, before it is opened again. */
  lookAgain(): void;
}

/** Keeps the control socket open. */
export class SocketKeeper {
  readonly #server: ControlServer;
  readonly #path: string;
  readonly #options: SocketKeeperOptions;
  readonly #log: MessageLog;
  readonly #retries = new Retries(() => this.#tryAgain());
  #watch: FileWatch | undefined;
  /** The log has reported that the socket is not open. */
  #hasComplained = false;

  constructor(
    server: ControlServer,
    path: string,
    options: SocketKeeperOptions,
    log: MessageLog,
  ) {
    this.#server = server;
    this.#path = path;
    this.#options = options;
    this.#log = log;
  }

  /** Opens it for the first time. False: the daemon cannot work without it. */
  async open(): Promise<boolean> {
    const { manager, system } = this.#options;
    try {
      await this.#server.open(this.#path);
      return true;
    } catch (error) {
      if (!(error instanceof ControlSocketError)) throw error;
      if (!(system && error.errno === EROFS)) { // a service will make the file system writable
        this.#complain(error);
        if (!manager) return false; // without its init, a machine would stop
      }
      this.#retries.begin();
      return true;
    }
  }

  /**
   * Opens it again if its file no longer exists or it is closed. A failure is logged, and it tries again
   * later.
   */
  async openAgain(): Promise<void> {
    this.#options.lookAgain();
    try {
      await this.#server.reopen();
      this.#retries.end();
      this.#hasComplained = false;
      this.#watchFile();
    } catch (error) {
      if (!(error instanceof ControlSocketError)) throw error;
      this.#complain(error);
      this.#retries.begin();
    }
  }

  #complain(error: ControlSocketError): void {
    this.#log.message("error", error.message);
    this.#hasComplained = true;
  }

  /** From now on watches the file, if that is possible without a blocked thread: with the C library. */
  watch(): void {
    try {
      this.#watch = new FileWatch(openLibrary());
    } catch (error) {
      if (!(error instanceof LibcUnavailableError || error instanceof SystemCallError)) throw error;
      return; // SIGUSR1 is the only way then
    }
    this.#watchFile();
  }

  /** A watched file has changed. */
  wokenUp(): void {
    if (this.#watch?.happened() && this.#server.vanished) {
      this.#log.message("warn", `The control socket ${this.#path} was removed; making it again`);
      void this.openAgain();
    }
  }

  /** From now on it is not opened again automatically. */
  close(): void {
    this.#retries.end();
    this.#server.close();
  }

  async #tryAgain(): Promise<boolean> {
    try {
      await this.#server.reopen();
    } catch (error) {
      if (error instanceof ControlSocketError) return false;
      throw error;
    }
    this.#watchFile();
    if (this.#hasComplained) this.#log.message("warn", `The control socket ${this.#path} is open again`);
    this.#hasComplained = false;
    return true;
  }

  #watchFile(): void {
    if (this.#server.path === undefined) return;
    try {
      this.#watch?.add(this.#server.path);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error; // it is already gone
    }
  }
}
