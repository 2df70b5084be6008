/** A mistake in one line of a description, before its service and file are known. */

/** How to report a `Mistake` (service description 1.4). */
export interface MistakeOptions {
  /** A short constant name for the kind of mistake. @default "bad-value" */
  code?: string;
  /**
   * The setting that the message names: that of the line, none, or another one.
   * @default "own"
   */
  setting?: "own" | "none" | { name: string };
  /** The service that the message names. @default the base name of the service being loaded */
  service?: string;
  /** Where the faulty text begins in the logical line. @default the beginning of the value */
  position?: number;
  /**
   * Reports the mistake this many lines above the line of `position`.
   * @default undefined: the line where the value begins
   */
  linesAbove?: number;
  /** The cause of the failure. @default undefined */
  cause?: unknown;
}

/** Thrown by all code that reads a line; the reader of the description turns it into a `LoadError`. */
export class Mistake extends Error {
  override readonly name = "Mistake";
  readonly options: MistakeOptions;

  constructor(message: string, options: MistakeOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.options = options;
  }
}
