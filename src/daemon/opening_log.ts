/** The main log as the daemon wants it: a file, or the system's log (daemon and init 5.3). */

import { Datagrams, LibcUnavailableError, openLibrary, SystemCallError } from "../host/mod.ts";
import { logFile, MainLog, type MessageLog, syslog, SYSLOG_SOCKET, type SyslogSocket } from "../log/mod.ts";
import type { DaemonOptions } from "./options.ts";
import { systemText } from "./system_text.ts";

/** A main log that is not open yet. */
export function createMainLog(options: Pick<DaemonOptions, "logFile" | "logLevel">): MainLog {
  const target = options.logFile === undefined
    ? syslog(() => Promise.resolve(connectToLogger()))
    : logFile(options.logFile);
  return new MainLog(target, options.logLevel);
}

/** Opens the log unless it is open. False: it could not be opened, which has been logged. */
export async function openMainLog(
  mainLog: MainLog,
  options: Pick<DaemonOptions, "logFile">,
  log: MessageLog,
): Promise<boolean> {
  try {
    await mainLog.open();
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    log.message("error", openingFailure(error, options.logFile));
    return false;
  }
}

function openingFailure(error: Error, path: string | undefined): string {
  if (path !== undefined) return `Opening log file failed: ${systemText(error)}`;
  if (error instanceof LibcUnavailableError) return `Setting up log failed: ${error.message}`;
  return `Error creating log socket: ${systemText(error)}`;
}

function connectToLogger(): SyslogSocket | undefined {
  const datagrams = new Datagrams(openLibrary());
  let fd: number;
  try {
    fd = datagrams.connect(SYSLOG_SOCKET);
  } catch (error) {
    if (error instanceof SystemCallError && error.call === "connect") return undefined; // nobody listens
    throw error;
  }
  return {
    send: (datagram) => datagrams.send(fd, datagram as Uint8Array<ArrayBuffer>),
    close: () => datagrams.close(fd),
  };
}
