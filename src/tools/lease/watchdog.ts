/** Messages to the daemon that has started this program, if it asks for them: readiness, and signs of life. */

import { encodeBytes } from "../../model/mod.ts";
import { LibcUnavailableError, openLibrary, SystemCallError } from "../../system/mod.ts";
import { Datagrams } from "../../system/datagram.ts";

/** A sender of messages. */
export class Watchdog {
  readonly #send: (text: string) => void;

  /** @param path the socket, from `NOTIFY_SOCKET`; `undefined`: nobody asks */
  constructor(path: string | undefined) {
    this.#send = path === undefined ? () => {} : sender(path);
  }

  /** The program works. */
  ready(): void {
    this.#send("READY=1");
  }

  /** The program is alive. */
  alive(): void {
    this.#send("WATCHDOG=1");
  }
}

function sender(path: string): (text: string) => void {
  try {
    const datagrams = new Datagrams(openLibrary());
    const fd = datagrams.connect(path);
    return (text) => void datagrams.send(fd, encodeBytes(text));
  } catch (error) {
    if (!(error instanceof LibcUnavailableError || error instanceof SystemCallError)) throw error;
    return () => {};
  }
}
