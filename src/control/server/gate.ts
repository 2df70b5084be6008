/** Lets work pass, or holds it back while another program takes over. */
export class Gate {
  #opening: PromiseWithResolvers<void> | undefined;

  /** Resolves when the gate opens; `undefined`: it is open. */
  get opening(): Promise<void> | undefined {
    return this.#opening?.promise;
  }

  close(): void {
    this.#opening ??= Promise.withResolvers();
  }

  open(): void {
    this.#opening?.resolve();
    this.#opening = undefined;
  }
}
