/** `analyze`: why a start took as long as it did. The reference has nothing like it. */

import type { ControlClient } from "../../client/mod.ts";
import { Client } from "../../client/library.ts";
import { readKnownSystem } from "../../client/steps.ts";
import { typed } from "../../model/typed_module.ts";
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
import type { RecordedStart } from "./earlier_boots.ts";
import { ctlFailure } from "../shared/failure.ts";
import { textStyle } from "../shared/style.ts";
import { table } from "./table.ts";

const VIEWS = ["chain", "blame", "chart"] as const;
type View = (typeof VIEWS)[number];

/** The first version of the extensions with subscriptions. */
const SUBSCRIPTIONS = 2;

/** `dinitctl analyze [chain|blame|chart] [--terminal] [--boot=N | --boots] [SERVICE]` */
export async function analyze(context: CommandContext): Promise<number> {
  const { io, options, words } = context;
  const { view, service } = chosen(words);
  const client = await context.connect();
  if (options.boots) return await listBoots(context, client);
  const { boot, records, now, kernel } = options.boot === 0
    ? await presentStart(client, io.now())
    : (await earlier()).earlierStart((await readKnownSystem(client)).daemon, options.boot);
  const target = service ?? usualTarget(records.times);
  const start = target === undefined ? undefined : analyseStart(records, target, now);
  if (start === undefined) {
    throw ctlFailure(
      target === undefined ? "nothing was ever started." : `service '${target}' was never started.`,
    );
  }
  const rows = chartRows(start, records.times, now);
  context.record({ boot, start, ...(kernel === undefined ? {} : { kernel }), blame: blameOf(rows) });
  context.print(textOf(start));
  return 0;

  function textOf(start: StartAnalysis): string {
    const { columns } = textStyle(io, options.color);
    switch (view) {
      case "chain":
        return chainText(start, kernel);
      case "blame":
        return blameText(rows);
      case "chart":
        return options.terminal ? chartText(start, rows, columns) : startChart(start, rows);
    }
  }
}

/** `dinitctl analyze --boots` */
async function listBoots(context: CommandContext, client: ControlClient): Promise<number> {
  const { io, options, words } = context;
  if (words.length > 0) throw ctlFailure("--boots lists all starts: omit the other words, or use --boot=N");
  const { bootDocuments, bootRows } = await earlier();
  const present = await presentStart(client, io.now());
  const boots = bootDocuments((await readKnownSystem(client)).daemon, present);
  context.record({ boots });
  context.print(table(bootRows(boots), textStyle(io, options.color).columns ?? Infinity));
  return 0;
}

function earlier() {
  return typed(import("./earlier_boots.ts"));
}

async function presentStart(client: ControlClient, now: number): Promise<RecordedStart> {
  const records = await recordsOf(client);
  return { boot: 0, records, now, kernel: kernelTime((await readKnownSystem(client)).daemon) };
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
