/** The terminal of `dinit up`: keys as they are typed, its size, and the signals that end the view. */

/** Callbacks for what happens at the terminal. */
export interface TerminalListener {
  typed(text: string): void;
  /** Somebody wants to leave: Ctrl-C, TERM, or the terminal is closed. */
  stop(): void;
  resized(): void;
}

/** The rows of a terminal of unknown size. */
const DEFAULT_ROWS = 24;
const STOPS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The terminal of this process. */
export class Terminal {
  /** Whether keys can be typed. */
  readonly hasKeys: boolean = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  #listener: TerminalListener | undefined;
  #closed = false;
  readonly #stop = () => this.#listener?.stop();
  readonly #resize = () => this.#listener?.resized();

  /** Begins. Signals no longer end this process. */
  listen(listener: TerminalListener): void {
    this.#listener = listener;
    for (const signal of STOPS) Deno.addSignalListener(signal, this.#stop);
    Deno.addSignalListener("SIGWINCH", this.#resize);
    if (!this.hasKeys) return;
    Deno.stdin.setRaw(true, { cbreak: true }); // Ctrl-C stays a signal
    void this.#read(listener);
  }

  /** How many rows there are. */
  rows(): number {
    try {
      return Deno.consoleSize().rows || DEFAULT_ROWS;
    } catch {
      return DEFAULT_ROWS;
    }
  }

  /** Gives the terminal back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const signal of STOPS) Deno.removeSignalListener(signal, this.#stop);
    Deno.removeSignalListener("SIGWINCH", this.#resize);
    if (!this.hasKeys) return;
    try {
      Deno.stdin.setRaw(false);
    } catch (error) {
      if (!(error instanceof Error)) throw error; // the terminal is gone
    }
  }

  async #read(listener: TerminalListener): Promise<void> {
    const buffer = new Uint8Array(1024);
    const decoder = new TextDecoder();
    while (!this.#closed) {
      const count = await Deno.stdin.read(buffer).catch(() => null); // the terminal is gone
      if (count === null || this.#closed) return;
      listener.typed(decoder.decode(buffer.subarray(0, count), { stream: true }));
    }
  }
}
