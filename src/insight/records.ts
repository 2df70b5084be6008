/** Asks the daemon for what an analysis needs. */

import type { ControlClient, Graph } from "../client/mod.ts";
import type { Client } from "../client/library.ts";
import type { HealthDocument, ServiceTimes } from "../model/mod.ts";
import type { StartRecords } from "./start_analysis.ts";
import type { PhaseStep } from "./start_segments.ts";

/** The records of the last starts without phases; `undefined` if the daemon has none, like dinit. Rejects with `ControlError`. */
export async function readStartRecords(client: ControlClient): Promise<StartRecords | undefined> {
  const [times, graph, health] = await Promise.all([
    client.query("times"),
    client.query("graph"),
    client.query("health"),
  ]);
  if (!Array.isArray(times)) return undefined;
  const edges = (graph as Partial<Graph> | undefined)?.edges;
  const checks = Array.isArray(health) ? health as HealthDocument[] : []; // the daemon's own document
  return {
    times: times as ServiceTimes[], // the daemon's own document
    checked: new Set(checks.filter(({ checked }) => checked).map(({ name }) => name)),
    ...(edges === undefined ? {} : { edges }),
  };
}

/** A fact of the daemon as a phase; `undefined` for other facts. */
export function phaseStep(document: Readonly<Record<string, unknown>>): PhaseStep | undefined {
  const { kind, service, to, at } = document;
  return kind === "phase" && typeof service === "string" && typeof to === "string" && typeof at === "string"
    ? { service, to, at: Date.parse(at) }
    : undefined;
}

/**
 * The phases among the last facts, which the daemon keeps. Rejects with `ControlError`.
 *
 * @param client a client of a daemon that numbers its facts
 */
export async function keptPhases(client: Client): Promise<PhaseStep[]> {
  const now = client.events();
  await now.ready;
  const { seq: last } = now.position;
  await now.close();
  const steps: PhaseStep[] = [];
  if (last === 0) return steps;
  for await (const event of client.events({ since: 0, facts: true })) {
    const step = event.kind === "fact" ? phaseStep(event.document) : undefined;
    if (step !== undefined) steps.push(step);
    if (event.seq >= last) break;
  }
  return steps;
}
