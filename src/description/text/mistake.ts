/** A mistake in one line of a description, before it is known which service and file the line belongs to. */

/** How a `Mistake` is told (service description 1.4). */
export interface MistakeOptions {
  /** A short constant name for the kind of mistake. @default "bad-value" */
  code?: string;
  /**
   * Which setting the message names: that of the line, none, or another one.
   * @default "own"
   */
  setting?: "own" | "none" | { name: string };
  /** The service that the message names. @default the base name of the service being loaded */
  service?: string;
  /** Where the faulty text begins in the logical line. @default the beginning of the value */
  position?: number;
  /**
   * Puts the mistake so many lines above the one that holds `position`.
   * @default undefined: it is put on the line where the value begins
   */
  linesAbove?: number;
  /** What made it fail. @default undefined */
  cause?: unknown;
}

/** Thrown by whatever reads a line; the reader of the description turns it into a `LoadError`. */
export class Mistake extends Error {
  override readonly name = "Mistake";
  readonly options: MistakeOptions;

  constructor(message: string, options: MistakeOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.options = options;
  }
}
