/** `timers --test`: when an expression comes true, without a daemon. */

import { CronError, plainCron } from "../../model/cron_expression.ts";
import { typed } from "../../model/typed_module.ts";
import { durationText } from "../shared/duration_text.ts";
import { ctlFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";
import type { CommandContext } from "./context.ts";
import { dateText } from "./timer_text.ts";

/** How many times are shown. */
const SHOWN = 10;

/** Shows the next times of an expression. */
export async function testExpression(context: CommandContext, expression: string): Promise<number> {
  const { words: [zone, ...more], io } = context;
  if (more.length > 0) {
    throw ctlFailure("--test takes one expression and one time zone; write the expression in quotes");
  }
  const timezone = zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  checkZone(timezone);
  const plain = checked(expression);
  const { cronTimes } = await typed(import("../../schedule/cron_times.ts"));
  const times = cronTimes([plain], timezone);
  const now = io.now();
  const next: number[] = [];
  for (let time = times.after(now); time !== undefined && next.length < SHOWN; time = times.after(time)) {
    next.push(time);
  }
  context.record({
    test: { expression: plain, zone: timezone, next: next.map((time) => new Date(time).toISOString()) },
  });
  for (const time of next) {
    context.say(`${dateText(time, timezone)}  ${timezone}  in ${durationText(time - now)}`);
  }
  if (next.length === 0) throw ctlFailure(`'${printable(expression)}' never comes true`);
  return 0;
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw ctlFailure(`unknown time zone '${printable(zone)}': write a name such as Europe/Zurich or UTC`);
  }
}

function checked(expression: string): string {
  const fields = [...expression.matchAll(/\S+/g)];
  try {
    return plainCron(fields.map(([word]) => word));
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    const at = (fields[error.field]?.index ?? 0) + error.offset;
    throw ctlFailure(`${error.message}\n    ${printable(expression)}\n    ${" ".repeat(at)}^`);
  }
}
