/**
 * The times of cron expressions. The package `croner` computes them; its own scheduler is not used. It is loaded with
 * the first expression.
 */

import { Cron } from "croner";
import type { Times } from "./times.ts";

/**
 * The times at which one of the expressions comes true.
 *
 * @param expressions in their plain form
 * @param timezone an IANA name; empty: that of the machine
 */
export function cronTimes(expressions: readonly string[], timezone: string): Times {
  const zone = timezone === "" ? {} : { timezone };
  return {
    after(time) {
      const from = new Date(time);
      // A parsed expression takes 80 kB, for a table of years. So it is parsed each time, which takes 0.1 ms.
      const next = expressions.flatMap((expression) =>
        new Cron(expression, { ...zone, paused: true, mode: "5-part" }).nextRun(from)?.getTime() ?? []
      );
      return next.length === 0 ? undefined : Math.min(...next);
    },
  };
}
