/** `timers`: when scheduled services run. The reference has nothing like it. */

import type { TimerDocument } from "../../model/schedule_status.ts";
import { typed } from "../../model/typed_module.ts";
import { ctlFailure } from "../shared/failure.ts";
import { durationText } from "../shared/duration_text.ts";
import { textStyle } from "../shared/style.ts";
import { printable } from "../shared/text_width.ts";
import type { CommandContext } from "./context.ts";
import { isPattern, nameSelector } from "./selection.ts";
import { table } from "./table.ts";
import { dateText, resultText } from "./timer_text.ts";

/** `dinitctl timers [--json] [SERVICE|PATTERN...]`, `dinitctl timers --test EXPRESSION [ZONE]` */
export async function timers(context: CommandContext): Promise<number> {
  const { words, options, io } = context;
  if (options.test !== undefined) {
    const { testExpression } = await typed(import("./timer_test.ts"));
    return await testExpression(context, options.test);
  }
  const client = await context.connect();
  const answer = await client.query("timers");
  if (!Array.isArray(answer)) {
    throw ctlFailure("this daemon has no schedules (dinit for Deno has, from this version on)");
  }
  const all = answer as TimerDocument[]; // the daemon's own document
  const fits = nameSelector(words.filter(isPattern));
  const shown = all.filter(({ name }) => words.length === 0 || words.includes(name) || fits(name));
  const missing = words.filter((word) => !isPattern(word) && !shown.some(({ name }) => name === word));
  context.record({ timers: shown, ...(missing.length === 0 ? {} : { missing }) });
  for (const name of missing) {
    io.err(`dinitctl: '${printable(name)}' is not loaded, or has no schedule.\n`);
  }
  const rows = shown.map((timer) => row(timer, io.now()));
  const { columns = Infinity } = textStyle(io, options.color);
  if (rows.length > 0) {
    context.print(table([["SERVICE", "NEXT RUN", "IN", "LAST RUN", "RESULT"], ...rows], columns));
  } else if (missing.length === 0) context.say("No loaded service has a schedule.");
  return missing.length === 0 ? 0 : 1;
}

function row({ name, armed, next, why, running, last }: TimerDocument, now: number): string[] {
  const pause = next === undefined ? "-" : durationText(next - now);
  return [
    printable(name),
    next === undefined ? (armed ? "-" : "not armed") : dateText(next),
    why === undefined ? pause : `${pause} (${why})`,
    running !== undefined ? dateText(running) : last === undefined ? "-" : dateText(last.at),
    running !== undefined
      ? `runs for ${durationText(now - running)}`
      : last === undefined
      ? "-"
      : resultText(last),
  ];
}
