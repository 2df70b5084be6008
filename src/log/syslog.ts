/** The system's log as the main log: one datagram per line, sent to the socket `/dev/log` (daemon and init 5.1). */

import { errnoName, errnoText } from "../model/mod.ts";
import type { LogLevel } from "./levels.ts";
import type { LineSink } from "./line_writer.ts";
import type { MainLogTarget } from "./main_log.ts";

/** The socket of the system's logger. */
export const SYSLOG_SOCKET = "/dev/log";

/** The facility `daemon` and a severity. */
const PRIORITIES: Readonly<Record<LogLevel, string>> = {
  debug: "<31>",
  info: "<29>",
  warn: "<28>",
  error: "<27>",
};

/** A socket that is connected to the system's logger. */
export interface SyslogSocket {
  /** Sends a datagram. Returns the error number, or 0; never blocks. */
  send(datagram: Uint8Array): number;
  close(): void;
}

/** The system's log. `connect` returns `undefined` if no logger listens, and throws other errors. */
export function syslog(connect: () => Promise<SyslogSocket | undefined>): MainLogTarget {
  return {
    prefix: (level) => PRIORITIES[level],
    open: async () => {
      const socket = await connect();
      return socket === undefined ? undefined : sink(socket);
    },
  };
}

function sink(socket: SyslogSocket): LineSink {
  return {
    write: (line) => {
      const errno = socket.send(line);
      return errno === 0 ? Promise.resolve(line.length) : Promise.reject(sendError(errno));
    },
    close: () => socket.close(),
  };
}

function sendError(errno: number): Error {
  const text = `${errnoText(errno)} (os error ${errno})`;
  switch (errnoName(errno)) {
    case "EAGAIN":
    case "ENOBUFS":
      return new Deno.errors.WouldBlock(text);
    case "EINTR":
      return new Deno.errors.Interrupted(text);
    default:
      return new Error(text);
  }
}
