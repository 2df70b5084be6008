import { ctlFailure } from "../../shared/failure.ts";
import type { CtlOptions } from "../../../options/ctl_values.ts";
import { typed } from "../../../model/typed_module.ts";

/** Which lines to select. */
export interface LineLimits {
  /** In milliseconds since 1970, as `until`. @default no limit */
  readonly since?: number | undefined;
  /** @default no limit */
  readonly until?: number | undefined;
  /** @default any text */
  readonly pattern?: RegExp | undefined;
}

/** Selects lines by their text and their time. */
export class LineFilter {
  /** In milliseconds since 1970. @default undefined, no limit */
  readonly since: number | undefined;
  readonly #until: number | undefined;
  readonly #pattern: RegExp | undefined;

  constructor({ since, until, pattern }: LineLimits = {}) {
    this.since = since;
    this.#until = until;
    this.#pattern = pattern;
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

/** The filter for options. Rejects with `ToolFailure` if a time or the expression is wrong. */
export async function lineFilter(
  { since, until, grep }: Pick<CtlOptions, "since" | "until" | "grep">,
  now: number,
): Promise<LineFilter> {
  const pattern = grep === undefined ? undefined : expression(grep);
  if (since === undefined && until === undefined) return new LineFilter({ pattern });
  const { momentOf } = await typed(import("./moments.ts"));
  const moment = (text: string | undefined, option: string) =>
    text === undefined ? undefined : momentOf(text, option, now);
  return new LineFilter({ since: moment(since, "--since"), until: moment(until, "--until"), pattern });
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw ctlFailure(`--grep should be followed by a regular expression: ${error.message}`);
  }
}
