import type { Plain, StatePart, StateStore } from "../../model/saving.ts";
import type { Files } from "../../system/mod.ts";

/** A pipe between two services. */
export interface OutputPipe {
  readonly read: number;
  readonly write: number;
  /** The service that writes to it is loaded. */
  produced: boolean;
  /** A service that reads from it is loaded. */
  consumed: boolean;
}

/**
 * The pipes between services with `log-type = pipe` and their consumers, by the full name of the writing service. A
 * pipe stays open while either service is loaded, so that unread output outlives every process (lifecycle 8.18, 8.19).
 *
 * Its documents are in the part `pipe`, by the descriptor of the reading end.
 */
export class OutputPipes implements StatePart {
  readonly name = "pipe";
  readonly #files: Files;
  readonly #store: StateStore;
  readonly #pipes = new Map<string, OutputPipe>();

  constructor(files: Files, store: StateStore) {
    this.#files = files;
    this.#store = store;
  }

  /** The end for the writing service. Throws `SystemCallError`. */
  writeEnd(producer: string): number {
    const pipe = this.#open(producer);
    this.#set(pipe, { produced: true });
    return pipe.write;
  }

  /** The end for the consumer of a service. Throws `SystemCallError`. */
  readEnd(producer: string): number {
    const pipe = this.#open(producer);
    this.#set(pipe, { consumed: true });
    return pipe.read;
  }

  /** The writing service was unloaded, or writes elsewhere now. A loaded consumer keeps the pipe. */
  producerGone(producer: string, hasConsumer: boolean): void {
    this.#update(producer, ({ consumed }) => ({ produced: false, consumed: consumed || hasConsumer }));
  }

  /** The reading service was unloaded. */
  consumerGone(producer: string): void {
    this.#update(producer, () => ({ consumed: false }));
  }

  // ---- State -------------------------------------------------------------------------------------------------

  document(read: number): Plain | undefined {
    for (const [producer, pipe] of this.#pipes) {
      if (pipe.read !== read) continue;
      const { write, produced, consumed } = pipe;
      return { producer, write, produced, consumed, inode: this.#files.inodeOf(read, "pipe") ?? 0 };
    }
    return undefined;
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    return [...this.#pipes.values()].flatMap(({ read, write }) => [read, write]);
  }

  /** Continues with a pipe from before. Takes ownership of it. */
  restore(producer: string, pipe: OutputPipe): void {
    this.#pipes.set(producer, pipe);
    this.#store.changed(this, pipe.read);
  }

  #open(producer: string): OutputPipe {
    const existing = this.#pipes.get(producer);
    if (existing !== undefined) return existing;
    const pipe = { ...this.#files.pipe(), produced: false, consumed: false };
    this.#pipes.set(producer, pipe);
    return pipe;
  }

  #update(producer: string, change: (pipe: OutputPipe) => Partial<OutputPipe>): void {
    const pipe = this.#pipes.get(producer);
    if (pipe === undefined) return;
    Object.assign(pipe, change(pipe));
    if (!pipe.produced && !pipe.consumed) {
      this.#files.close(pipe.read);
      this.#files.close(pipe.write);
      this.#pipes.delete(producer);
    }
    this.#store.changed(this, pipe.read);
  }

  #set(pipe: OutputPipe, change: Partial<OutputPipe>): void {
    Object.assign(pipe, change);
    this.#store.changed(this, pipe.read);
  }
}
