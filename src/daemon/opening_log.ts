/** Opens the main log: a file, or the system's log (daemon and init 5.3). */

import { reasonText } from "../model/mod.ts";
import {
  Datagrams,
  descriptorOfPath,
  grantedLink,
  LibcUnavailableError,
  openLibrary,
  SystemCallError,
} from "../host/mod.ts";
import {
  type ConsoleLogOptions,
  type DaemonLog,
  logFile,
  type LogLevel,
  MainLog,
  type MainLogTarget,
  type MessageLog,
  syslog,
  SYSLOG_SOCKET,
  type SyslogSocket,
} from "../log/mod.ts";
import type { DaemonOptions } from "./options.ts";

/** A main log that is not open yet. */
export function createMainLog(options: Pick<DaemonOptions, "logFile" | "logLevel">): MainLog {
  const target = options.logFile === undefined
    ? syslog(() => Promise.resolve(connectToLogger()))
    : standardDescriptor(options.logFile) ?? logFile(options.logFile);
  return new MainLog(target, options.logLevel);
}

/**
 * The main log on a standard output of the daemon, if the path names one: with a second open file, its lines would
 * overwrite others.
 */
function standardDescriptor(path: string): MainLogTarget | undefined {
  const fd = descriptorOfPath(path, "/", grantedLink);
  const stream = path.startsWith("/") ? [undefined, Deno.stdout, Deno.stderr][fd ?? 0] : undefined;
  if (stream === undefined) return undefined;
  // Without `close`, because the console also writes there.
  return { prefix: () => "", open: () => Promise.resolve({ write: (bytes) => stream.write(bytes) }) };
}

/**
 * Reports when the main log or the console fails, and when it works again. The report goes to the other log; the number
 * of lost lines also goes to the log that lost them. A stopped system logger is not worth a report.
 */
export function watchLogs(
  mainLog: MainLog,
  path: string | undefined,
  log: () => DaemonLog,
): ConsoleLogOptions {
  const show = (level: LogLevel, text: string) => path !== undefined && log().show(level, text);
  mainLog.watch({
    failed: (error) => show("error", `Writing ${path} failed: ${reasonText(error)}; trying again`),
    recovered: (lost) => {
      const text = `The main log works again; ${linesLost(lost)}`;
      show("warn", text);
      if (lost > 0) log().record("warn", text);
    },
  });
  return {
    failed: (error) =>
      log().record("error", `Writing to the console failed: ${reasonText(error)}; trying again`),
    recovered: (lost) => log().message("warn", `The console works again; ${linesLost(lost)}`),
  };
}

function linesLost(count: number): string {
  return count === 0 ? "no lines were lost" : count === 1 ? "1 line was lost" : `${count} lines were lost`;
}

/** Opens the log unless it is open. False: it could not be opened, which was logged. */
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
  if (path !== undefined) return `Opening log file failed: ${reasonText(error)}`;
  if (error instanceof LibcUnavailableError) return `Setting up log failed: ${error.message}`;
  return `Error creating log socket: ${reasonText(error)}`;
}

function connectToLogger(): SyslogSocket | undefined {
  const datagrams = new Datagrams(openLibrary());
  let fd: number;
  try {
    fd = datagrams.connect(SYSLOG_SOCKET);
  } catch (error) {
    if (error instanceof SystemCallError && error.call === "connect") return undefined; // no logger listens
    throw error;
  }
  return {
    send: (datagram) => datagrams.send(fd, datagram as Uint8Array<ArrayBuffer>),
    close: () => datagrams.close(fd),
  };
}
