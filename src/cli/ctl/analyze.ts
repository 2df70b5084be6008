/** `analyze`: why a start took as long as it did. The reference has nothing like it. */

import type { ControlClient } from "../../client/mod.ts";
import { Client } from "../../client/library.ts";
import { readKnownSystem } from "../../client/steps.ts";
import {
  analyseStart,
  chartRows,
  keptPhases,
  kernelTime,
  readStartRecords,
  type StartAnalysis,
  startChart,
  type StartRecords,
  usualTarget,
} from "../../insight/mod.ts";
import { blameOf, blameText, chainText, chartText } from "./analyze_text.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { textStyle } from "../shared/style.ts";

const VIEWS = ["chain", "blame", "chart"] as const;
type View = (typeof VIEWS)[number];

/** The first version of the extensions with subscriptions. */
const SUBSCRIPTIONS = 2;

/** `dinitctl analyze [chain|blame|chart] [--terminal] [SERVICE]` */
export async function analyze(context: CommandContext): Promise<number> {
  const { io, options } = context;
  const { view, service } = chosen(context.words);
  const client = await context.connect();
  const records = await recordsOf(client);
  const target = service ?? usualTarget(records.times);
  const now = io.now();
  const start = target === undefined ? undefined : analyseStart(records, target, now);
  if (start === undefined) {
    throw ctlFailure(
      target === undefined ? "nothing was ever started." : `service '${target}' was never started.`,
    );
  }
  const kernel = kernelTime((await readKnownSystem(client)).daemon);
  const rows = chartRows(start, records.times, now);
  context.record({ start, ...(kernel === undefined ? {} : { kernel }), blame: blameOf(rows) });
  context.print(textOf(view));
  return 0;

  function textOf(view: View): string {
    const { columns } = textStyle(io, options.color);
    switch (view) {
      case "chain":
        return chainText(start as StartAnalysis, kernel); // it was checked above
      case "blame":
        return blameText(rows);
      case "chart":
        return options.terminal
          ? chartText(start as StartAnalysis, rows, columns)
          : startChart(start as StartAnalysis, rows);
    }
  }
}

/** What to show, and of which service: a word that is no view is a service. */
function chosen(words: readonly string[]): { readonly view: View; readonly service: string | undefined } {
  const [first, second] = words;
  const view = VIEWS.find((one) => one === first);
  if (view !== undefined) return { view, service: second };
  if (second !== undefined) {
    throw ctlFailure(`there is no view '${first}' (chain, blame or chart)`);
  }
  return { view: "chain", service: first };
}

async function recordsOf(client: ControlClient): Promise<StartRecords> {
  const version = await client.extensions(); // before the first query, whose answer would not tell it
  const records = await readStartRecords(client);
  if (records === undefined) {
    throw ctlFailure(
      "this daemon does not record the times of starts (dinit for Deno does, from this version on)",
    );
  }
  if (version < SUBSCRIPTIONS) return records;
  return { ...records, phases: await keptPhases(new Client(client)) };
}
