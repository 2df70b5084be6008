/**
 * The holdings of a killed daemon. Its descriptors are closed, but its services still have the other ends: a pipe is
 * opened through the descriptor of a process, with what it contains, and the activation socket is copied from one.
 *
 * What is lost: the contents of log buffers, which were in the memory of the daemon, and all that a process writes while
 * its pipe has no reader: it gets SIGPIPE then, which ends most programs. Only another process that has the reading end
 * open prevents that.
 */

import { O, SystemCallError } from "../../system/mod.ts";
import type { WatchedLaunch } from "../launch/launch_watch.ts";
import { LogBuffer } from "../output/log_buffer.ts";
import type { Holdings, SavedLaunch } from "./inherited_holdings.ts";
import type { RestoreContext } from "./restore_context.ts";
import type { SavedDescriptor, SavedOutput, SavedPipe } from "./saved_host.ts";

const STANDARD = [0, 1, 2];
/** The number of the activation socket in its process. */
const ACTIVATION_SOCKET = 3;

export class AdoptedHoldings implements Holdings {
  readonly #context: RestoreContext;
  /** Paths of standard descriptors of all processes, by what they lead to. */
  #standard: ReadonlyMap<string, string> | undefined;

  constructor(context: RestoreContext) {
    this.#context = context;
  }

  launch(pid: number, { readiness, closing }: SavedLaunch): WatchedLaunch {
    const chain = undefined; // its messages went to the killed daemon; the end of the process tells the rest
    if (readiness === undefined || readiness.announced) return { chain, readiness: undefined, closing };
    const path = this.#descriptorOf(pid, readiness.inode);
    const fd = path === undefined ? undefined : this.#open(path, O.RDONLY);
    if (fd === undefined) return { chain, readiness: undefined, closing: true };
    return { chain, readiness: { fd, announced: false }, closing };
  }

  buffer({ size }: SavedOutput): LogBuffer {
    return new LogBuffer(size);
  }

  logPipe(_id: number, { inode }: SavedDescriptor): number | undefined {
    const path = this.#standardPath(inode);
    return path === undefined ? undefined : this.#open(path, O.RDONLY);
  }

  outputPipe(_read: number, { inode }: SavedPipe): { read: number; write: number } | undefined {
    const path = this.#standardPath(inode);
    const read = path === undefined ? undefined : this.#open(path, O.RDONLY);
    if (path === undefined || read === undefined) return undefined;
    const write = this.#open(path, O.WRONLY);
    if (write === undefined) {
      this.#context.files.close(read);
      return undefined;
    }
    const { files } = this.#context;
    for (const fd of [read, write]) files.setBlocking(fd, true); // the services share neither end with the daemon
    return { read, write };
  }

  control(): undefined {
    return undefined; // nobody else had it
  }

  notify(): undefined {
    return undefined; // nobody else had it
  }

  socket(id: number, { inode }: SavedDescriptor): number | undefined {
    const { table, handles, files } = this.#context;
    const process = table.inRole(id, "main");
    const handle = process === undefined ? undefined : handles.open(process.pid);
    if (handle === undefined) return undefined;
    try {
      const fd = handles.descriptor(handle, ACTIVATION_SOCKET);
      if (files.inodeOf(fd, "socket") === inode) return fd;
      files.close(fd);
      return undefined;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return undefined; // closed by the process, or it must not be traced
    } finally {
      files.close(handle);
    }
  }

  /** Opens a pipe of a process. */
  #open(path: string, mode: number): number | undefined {
    try {
      return this.#context.files.open(path, mode | O.NONBLOCK);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#context.warn(`cannot open ${path}, so output is lost: ${error.message}`);
      return undefined;
    }
  }

  #standardPath(inode: number): string | undefined {
    this.#standard ??= new Map(
      this.#context.table.all().flatMap(({ pid }) => {
        const paths = STANDARD.map((number) => `/proc/${pid}/fd/${number}`);
        return paths.map((path): [string, string] => [linkAt(path) ?? "", path]);
      }),
    );
    return this.#standard.get(`pipe:[${inode}]`);
  }

  #descriptorOf(pid: number, inode: number): string | undefined {
    const folder = `/proc/${pid}/fd`;
    try {
      const names = Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`);
      return names.find((path) => linkAt(path) === `pipe:[${inode}]`);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return undefined; // the process has ended, or belongs to somebody else
    }
  }
}

function linkAt(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}
