import type { MemoryFiles } from "../../system/mod.ts";
import type { WatchedLaunch } from "../launch/launch_watch.ts";
import { BufferFile } from "../output/buffer_storage.ts";
import { LogBuffer } from "../output/log_buffer.ts";
import type { RestoreContext } from "./restore_context.ts";
import type { SavedDescriptor, SavedOutput, SavedPipe, SavedProcess } from "./saved_host.ts";

/** What a launch has left. */
export type SavedLaunch = Pick<SavedProcess, "chain" | "readiness" | "closing">;

/** How a restoration gets what an earlier program has held. A descriptor is `undefined` if it is lost. */
export interface Holdings {
  /** The launch of a process that is there. */
  launch(pid: number, saved: SavedLaunch): WatchedLaunch;
  /** The daemon's end of a control connection that a process was given. */
  control(saved: SavedDescriptor): number | undefined;
  /** The log buffer of a service, empty if it is lost. */
  buffer(saved: SavedOutput): LogBuffer;
  /** The reading end of a pipe to the log buffer of a service. */
  logPipe(id: number, saved: SavedDescriptor): number | undefined;
  /** A pipe between two services. */
  outputPipe(read: number, saved: SavedPipe): { readonly read: number; readonly write: number } | undefined;
  /** A notification socket. */
  notify(saved: SavedDescriptor): number | undefined;
  /** The activation socket of a service. */
  socket(id: number, saved: SavedDescriptor): number | undefined;
}

/** The holdings of an earlier program in the same process: its descriptors are open. */
export class InheritedHoldings implements Holdings {
  readonly #context: RestoreContext;

  constructor(context: RestoreContext) {
    this.#context = context;
  }

  launch(_pid: number, { chain, readiness, closing }: SavedLaunch): WatchedLaunch {
    const fd = this.#take("pipe", chain);
    const ready = this.#take("pipe", readiness);
    return {
      chain: chain === undefined || fd === undefined
        ? undefined
        : { fd, links: chain.links, ...(chain.said === undefined ? {} : { said: chain.said }) },
      readiness: readiness === undefined || ready === undefined
        ? undefined
        : { fd: ready, announced: readiness.announced },
      closing,
    };
  }

  buffer({ file, size, cleared }: SavedOutput): LogBuffer {
    const { files, descriptors, memory } = this.#context;
    if (file === undefined || files.inodeOf(file, "file") === undefined) return new LogBuffer(size);
    const found = bufferIn(memory, file, size, cleared);
    if (found === undefined) return new LogBuffer(size); // another file, which is not ours to close
    descriptors.setPassesExec(file, false);
    return found;
  }

  logPipe(_id: number, saved: SavedDescriptor): number | undefined {
    return this.#take("pipe", saved);
  }

  outputPipe(read: number, { write, inode }: SavedPipe): { read: number; write: number } | undefined {
    const { files } = this.#context;
    const complete = files.inodeOf(read, "pipe") === inode && files.inodeOf(write, "pipe") === inode;
    if (!complete) return undefined;
    for (const fd of [read, write]) this.#take("pipe", { fd, inode });
    return { read, write };
  }

  control(saved: SavedDescriptor): number | undefined {
    return this.#take("socket", saved);
  }

  socket(_id: number, saved: SavedDescriptor): number | undefined {
    return this.#take("socket", saved);
  }

  notify(saved: SavedDescriptor): number | undefined {
    return this.#take("socket", saved);
  }

  /** A descriptor, if it still leads to the same thing. */
  #take(kind: "pipe" | "socket", saved: SavedDescriptor | undefined): number | undefined {
    if (saved === undefined) return undefined;
    const { files, descriptors } = this.#context;
    if (files.inodeOf(saved.fd, kind) !== saved.inode) return undefined;
    descriptors.setPassesExec(saved.fd, false);
    return saved.fd;
  }
}

function bufferIn(memory: MemoryFiles, fd: number, size: number, cleared?: number): LogBuffer | undefined {
  const storage = new BufferFile(memory, fd, size);
  const marks = storage.marks();
  return marks === undefined ? undefined : new LogBuffer(size, storage, marks, cleared);
}
