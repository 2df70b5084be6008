import type { Files } from "../../system/mod.ts";

interface OutputPipe {
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
 */
export class OutputPipes {
  readonly #files: Files;
  readonly #pipes = new Map<string, OutputPipe>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** The end for the writing service. Throws `SystemCallError`. */
  writeEnd(producer: string): number {
    const pipe = this.#open(producer);
    pipe.produced = true;
    return pipe.write;
  }

  /** The end for the consumer of a service. Throws `SystemCallError`. */
  readEnd(producer: string): number {
    const pipe = this.#open(producer);
    pipe.consumed = true;
    return pipe.read;
  }

  /** The writing service was unloaded, or writes elsewhere now. A loaded consumer keeps the pipe. */
  producerGone(producer: string, hasConsumer: boolean): void {
    this.#update(producer, (pipe) => {
      pipe.produced = false;
      pipe.consumed ||= hasConsumer;
    });
  }

  /** The reading service was unloaded. */
  consumerGone(producer: string): void {
    this.#update(producer, (pipe) => pipe.consumed = false);
  }

  #open(producer: string): OutputPipe {
    const existing = this.#pipes.get(producer);
    if (existing !== undefined) return existing;
    const pipe = { ...this.#files.pipe(), produced: false, consumed: false };
    this.#pipes.set(producer, pipe);
    return pipe;
  }

  #update(producer: string, change: (pipe: OutputPipe) => unknown): void {
    const pipe = this.#pipes.get(producer);
    if (pipe === undefined) return;
    change(pipe);
    if (pipe.produced || pipe.consumed) return;
    this.#files.close(pipe.read);
    this.#files.close(pipe.write);
    this.#pipes.delete(producer);
  }
}
