/** What is saved about the health of a service, in the part `health`, by its id. */

import {
  flag,
  number,
  object,
  oneOf,
  optional,
  or,
  type Plain,
  type Schema,
  text,
  toPlain,
} from "../model/saving.ts";
import type { CheckState } from "./checking.ts";

/** What another program continues with. Times are those of the clock since boot, in milliseconds. */
export interface SavedHealth {
  /** The process that all this is about. */
  readonly pid: number;
  readonly checked: CheckState;
  readonly said: { doing: string; status: string; errno: number | undefined };
  /** The limit between signs of life that the process has set itself. */
  readonly ownLimit: number | undefined;
  /** Until when a sign of life must come. */
  readonly deadline: number | undefined;
}

/** Checks a document. */
export const savedHealth: Schema<SavedHealth> = object<SavedHealth>({
  pid: number,
  checked: object({
    verdict: oneOf(["unknown", "healthy", "unhealthy"]),
    failures: or(number, 0),
    succeeded: or(flag, false),
    count: or(number, 0),
    words: or(text, ""),
    at: optional(number),
  }),
  said: object({ doing: or(text, ""), status: or(text, ""), errno: optional(number) }),
  ownLimit: optional(number),
  deadline: optional(number),
});

/** The document. */
export function healthDocument({ checked, said, ownLimit, deadline, ...rest }: SavedHealth): Plain {
  const { errno, ...words } = said;
  const { at, ...check } = checked;
  return toPlain({
    ...rest,
    checked: at === undefined ? check : { ...check, at },
    said: errno === undefined ? words : { ...words, errno },
    ...(ownLimit === undefined ? {} : { ownLimit }),
    ...(deadline === undefined ? {} : { deadline }),
  });
}
