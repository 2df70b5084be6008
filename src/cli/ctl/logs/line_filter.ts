import { ctlFailure } from "../../shared/failure.ts";
import type { CtlOptions } from "../../../options/ctl_values.ts";
import { momentOf } from "./times.ts";

/** Selects lines by their text and their time. */
export class LineFilter {
  /** In milliseconds since 1970. @default undefined, no limit */
  readonly since: number | undefined;
  readonly #until: number | undefined;
  readonly #pattern: RegExp | undefined;

  /** Throws `ToolFailure` if a time or the expression is wrong. */
  constructor({ since, until, grep }: Pick<CtlOptions, "since" | "until" | "grep">, now: number) {
    this.since = since === undefined ? undefined : momentOf(since, "--since", now);
    this.#until = until === undefined ? undefined : momentOf(until, "--until", now);
    this.#pattern = grep === undefined ? undefined : expression(grep);
  }

  /** Whether all lines are selected. */
  get isOpen(): boolean {
    return this.since === undefined && this.#until === undefined && this.#pattern === undefined;
  }

  /** Whether a line is selected. One without a time is, as far as the time decides. */
  has(text: string, time: number | undefined): boolean {
    if (time !== undefined && (time < (this.since ?? -Infinity) || time > (this.#until ?? Infinity))) {
      return false;
    }
    return this.#pattern?.test(text) ?? true;
  }
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw ctlFailure(`--grep should be followed by a regular expression: ${error.message}`);
  }
}
