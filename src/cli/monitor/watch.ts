/** What `dinit-monitor` watches: services, or variables of the daemon's environment (cli 6.4, 6.5). */

import type { ControlClient, ServiceEventPacket } from "../../client/mod.ts";
import { LoadFailedError, loadRecord, type ServiceRecord } from "../../client/lookup.ts";
import { Arrivals, followVariables, readVariables, type Variable } from "../../client/steps.ts";
import { ServiceEvent, ServiceState } from "../../model/mod.ts";
import type { Occasion } from "./command.ts";
import { monitorFailure } from "./failure.ts";
import type { MonitorOptions, StatusWords } from "../../options/dinit_monitor.ts";

/** Whether to continue watching after this. */
type Notify = (occasion: Occasion) => Promise<boolean>;

/** The oldest protocol version that reports changes of the environment. */
export const ENVIRONMENT_PROTOCOL = 5;

const EVENT_WORDS: ReadonlyMap<number, keyof StatusWords> = new Map([
  [ServiceEvent.STARTED, "started"],
  [ServiceEvent.STOPPED, "stopped"],
  [ServiceEvent.FAILEDSTART, "failed"],
]);

const STATE_WORDS: ReadonlyMap<number, keyof StatusWords> = new Map([
  [ServiceState.STARTED, "started"],
  [ServiceState.STOPPED, "stopped"],
]);

/** Watches services until `notify` returns false. Throws `ToolFailure` or `ControlError`. */
export async function watchServices(
  client: ControlClient,
  { names, initial, words }: MonitorOptions,
  notify: Notify,
): Promise<void> {
  const events = new Arrivals<ServiceEventPacket>();
  client.onEvent = (event) => events.add(event);
  void client.closed.then(() => events.end());
  const watched = new Map<number, { readonly name: string; readonly state: number }>();
  for (const name of names) {
    const { handle, state } = await load(client, name);
    watched.set(handle, { name, state });
  }
  for (const { name, state } of initial ? watched.values() : []) {
    const word = STATE_WORDS.get(state);
    if (word !== undefined && !await notify({ name, status: words[word] })) return;
  }
  for (;;) {
    const event = await events.next();
    if (event === undefined) throw closedFailure();
    const word = EVENT_WORDS.get(event.event);
    const name = watched.get(event.handle)?.name;
    if (word === undefined || name === undefined) continue;
    if (!await notify({ name, status: words[word] })) return;
  }
}

/** Each name has its own handle, so that a repeated name is reported twice. */
async function load(client: ControlClient, name: string): Promise<ServiceRecord> {
  try {
    return await loadRecord(client, name);
  } catch (error) {
    if (!(error instanceof LoadFailedError)) throw error;
    const isAbsent = error.code === "not-found" || name === "";
    throw monitorFailure(isAbsent ? `cannot load service: ${name}` : "protocol error").about({
      kind: FACTS[error.code],
      name,
    });
  }
}

const FACTS = {
  "bad-name": "bad-name",
  "not-found": "unknown-service",
  "bad-description": "bad-description",
  "load-failed": "bad-description",
} as const;

/** Watches variables until `notify` returns false. Throws `ToolFailure` or `ControlError`. */
export async function watchEnvironment(
  client: ControlClient,
  { names, initial, words }: MonitorOptions,
  notify: Notify,
): Promise<void> {
  const changes = await followVariables(client);
  const isWanted = ({ name }: Occasion) => names.length === 0 || names.includes(name);
  if (initial) {
    const all = await readVariables(client);
    for (const occasion of all.map((variable) => occasionOf(variable, words)).filter(isWanted)) {
      if (!await notify(occasion)) return;
    }
  }
  for (;;) {
    const change = await changes.next();
    if (change === undefined) throw closedFailure();
    const occasion = occasionOf(change, words);
    if (isWanted(occasion) && !await notify(occasion)) return;
  }
}

function occasionOf({ name, value }: Variable, { set, unset }: StatusWords): Occasion {
  return value === undefined ? { name, status: unset } : { name, status: set, value };
}

function closedFailure() {
  return monitorFailure("connection closed by server").about({ kind: "conversation" });
}
