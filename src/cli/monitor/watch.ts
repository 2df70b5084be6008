/** What `dinit-monitor` watches: services, or variables of the daemon's environment (cli 6.4, 6.5). */

import { type ControlClient, Reply, Request, type ServiceEventPacket } from "../../client/mod.ts";
import { Arrivals, LoadFailedError, loadRecord, type ServiceRecord } from "../../client/steps.ts";
import { ServiceEvent, ServiceState } from "../../model/mod.ts";
import type { Occasion } from "./command.ts";
import { monitorFailure } from "./failure.ts";
import type { MonitorOptions, StatusWords } from "../../options/dinit_monitor.ts";

/** Whether to go on watching after this. */
type Notify = (occasion: Occasion) => Promise<boolean>;

/** The oldest protocol version that tells of changes of the environment. */
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

/** Watches services until `notify` has enough. Throws `ToolFailure` or `ControlError`. */
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

/** Each name has a handle of its own, so that one that is given twice is reported twice. */
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

/** Watches variables until `notify` has enough. Throws `ToolFailure` or `ControlError`. */
export async function watchEnvironment(
  client: ControlClient,
  { names, initial, words }: MonitorOptions,
  notify: Notify,
): Promise<void> {
  const entries = new Arrivals<string>();
  client.onEnvironment = ({ entry }) => entries.add(entry);
  void client.closed.then(() => entries.end());
  const accepted = await client.request({ type: Request.LISTENENV });
  if (accepted.type !== Reply.ACK) throw monitorFailure("protocol error");
  const isWanted = ({ name }: Occasion) => names.length === 0 || names.includes(name);
  if (initial) {
    const all = await client.request({ type: Request.GETALLENV, reserved: 0 });
    if (all.type !== Reply.ALLENV) throw monitorFailure("protocol error");
    for (const occasion of all.entries.map((entry) => variable(entry, words)).filter(isWanted)) {
      if (!await notify(occasion)) return;
    }
  }
  for (;;) {
    const entry = await entries.next();
    if (entry === undefined) throw closedFailure();
    const occasion = variable(entry, words);
    if (isWanted(occasion) && !await notify(occasion)) return;
  }
}

/** `NAME=VALUE` is a variable that was set, `NAME` one that was removed. */
function variable(entry: string, { set, unset }: StatusWords): Occasion {
  const equals = entry.indexOf("=");
  if (equals === -1) return { name: entry, status: unset };
  return { name: entry.slice(0, equals), status: set, value: entry.slice(equals + 1) };
}

function closedFailure() {
  return monitorFailure("connection closed by server").about({ kind: "conversation" });
}
