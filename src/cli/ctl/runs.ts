/** `runs`: the last runs of a scheduled service. The reference has nothing like it. */

import type { RunsDocument } from "../../model/schedule_status.ts";
import { durationText } from "../shared/duration_text.ts";
import { ctlFailure } from "../shared/failure.ts";
import { textStyle } from "../shared/style.ts";
import type { CommandContext } from "./context.ts";
import { findService, notLoaded } from "./services.ts";
import { table } from "./table.ts";
import { dateText, resultText, tookText } from "./timer_text.ts";

/** `dinitctl runs [--json] SERVICE` */
export async function runs(context: CommandContext): Promise<number> {
  const { words: [name], options, io } = context;
  const client = await context.connect();
  const found = await findService(client, name);
  if (found === undefined) throw notLoaded(name);
  const answer = await client.query(`runs ${found.handle}`) as RunsDocument | undefined; // the daemon's own document
  if (answer === undefined) throw ctlFailure(`service '${name}' has no schedule.`);
  const { runs, running } = answer;
  context.record({ service: answer.name, runs, ...(running === undefined ? {} : { running }) });
  const rows = [
    ...(running === undefined ? [] : [[dateText(running), durationText(io.now() - running), "runs", ""]]),
    ...runs.map((run) => [dateText(run.at), tookText(run.took), resultText(run), run.cause]),
  ];
  const { columns = Infinity } = textStyle(io, options.color);
  if (rows.length === 0) context.say(`Service '${name}' has not run yet.`);
  else context.print(table([["BEGAN", "TOOK", "RESULT", "WHY"], ...rows], columns));
  return 0;
}
