/**
 * `shutdown`, `halt`, `poweroff`, `reboot` and `soft-reboot`: shut the machine down, directly or through the daemon
 * (daemon and init 7).
 */

import type { ByteStream } from "../../client/mod.ts";
import { Errno, errnoText, ShutdownType, typed } from "../../model/mod.ts";
import { failureText, ToolFailure } from "../shared/failure.ts";
import { processIo } from "../shared/io.ts";
import { endure, forever } from "./endurance.ts";
import { scanShutdownArguments, shutdownHelp } from "./options.ts";
import { type RequestIo, requestShutdown } from "./request.ts";

/** The surroundings of the program. */
export interface ShutdownIo extends RequestIo {
  /** Shuts the machine down directly. Returns the exit status, if it returns. */
  shutDown(type: ShutdownType): Promise<number>;
  /** Waits for the requested shutdown. Returns only in tests. */
  sleep(): Promise<void>;
}

const SOCKET = "/run/dinitctl";
const LARGEST_DESCRIPTOR = 2 ** 31 - 1;
const { EBADF } = Errno;

/**
 * Runs the program with the given arguments: `--called=NAME` if it was called by another name than `shutdown`, and its
 * own. Returns the exit status: 1 for every failure and for the help text. After success it does not return, except for
 * a soft reboot with `--system`.
 *
 * @param io the surroundings. @default those of this process
 */
export async function runShutdown(args: readonly string[], io: ShutdownIo = shutdownIo()): Promise<number> {
  try {
    const { name, help, type, system, usePassedFd } = scanShutdownArguments(args);
    if (help) {
      io.out(shutdownHelp(name));
      return 1;
    }
    if (system) return await io.shutDown(type);
    await requestShutdown(type, usePassedFd, io);
    await io.sleep();
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    if (error.fact?.kind === "text") error.hint = [error.fact.text];
    io.err(failureText(error, io));
  }
  return 1;
}

/** The surroundings of the real process. */
function shutdownIo(): ShutdownIo {
  const io = processIo();
  return {
    ...io,
    socketPath: SOCKET,
    connection,
    shutDown: (type) => shutDown(type, io.err),
    sleep: forever,
  };
}

async function connection(fd: number): Promise<ByteStream> {
  const { LibcUnavailableError, SystemCallError } = await typed(import("../../system/mod.ts"));
  const { Machine } = await typed(import("../../system/machine.ts"));
  try {
    if (fd < 0 || fd > LARGEST_DESCRIPTOR) throw new SystemCallError("fcntl", EBADF);
    return Machine.open().connection(fd);
  } catch (error) {
    if (error instanceof SystemCallError) {
      throw new ToolFailure(`shutdown: DINIT_CS_FD: ${errnoText(error.errno)}`);
    }
    if (error instanceof LibcUnavailableError) throw new ToolFailure(`shutdown: ${error.message}`);
    throw error;
  }
}

async function shutDown(type: ShutdownType, complain: (text: string) => void): Promise<number> {
  endure(complain);
  const { LibcUnavailableError } = await typed(import("../../system/mod.ts"));
  const { Machine } = await typed(import("../../system/machine.ts"));
  const direct = await typed(import("./direct.ts"));
  try {
    await direct.shutDown(type, Machine.open());
    if (type === ShutdownType.SOFTREBOOT) return 0;
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    complain(`shutdown: ${error.message}\n`);
    if (Deno.pid !== 1) return 1;
  }
  return await forever(); // the kernel panics if process 1 ends
}
