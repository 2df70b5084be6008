/** A service whose process asks this tool for its permissions, for a while. */

import type { ControlClient } from "../../client/mod.ts";
import { missingGrantText } from "../../model/grants.ts";
import { parseDuration } from "../../description/text/units.ts";
import { ctlFailure } from "../shared/failure.ts";
import { type Decide, PermissionBroker, type RecordedRequest } from "./permission_broker.ts";

/** The longest timer of the runtime, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Signals that end a session in order. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The service of a session. */
export interface SessionService {
  readonly client: ControlClient;
  readonly name: string;
  readonly handle: number;
}

/**
 * Replaces the process of the service by one that asks this tool, and by an ordinary one at the end. Returns the
 * requests. Throws `ToolFailure`.
 *
 * @param decide answers the requests
 * @param use uses the service; when it returns, the session ends. It must return soon after an interruption
 */
export async function permissionSession(
  { client, name, handle }: SessionService,
  decide: Decide,
  use: (interruption: AbortSignal) => Promise<unknown>,
): Promise<RecordedRequest[]> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const signal of ENDING) Deno.addSignalListener(signal, interrupt);
  const broker = listen(await brokerPath(client), decide);
  try {
    if (!await ask(client, `record-begin ${handle}`)) {
      throw ctlFailure(`the service '${name}' is not up, or is not of the type process: start it first`);
    }
    try {
      await use(interruption.signal);
    } finally {
      // Otherwise the process would end at its next request.
      await ask(client, `record-end ${handle}`);
    }
  } finally {
    broker.close();
    for (const signal of ENDING) Deno.removeSignalListener(signal, interrupt);
  }
  return [...broker.requests.values()];
}

/** Resolves after a duration such as `10m`, or at an interruption. @param duration @default only an interruption counts */
export async function untilOver(duration: string | undefined, interruption: AbortSignal): Promise<void> {
  const limit = duration === undefined ? LONGEST : Math.min(parseDuration(duration), LONGEST);
  const { promise, resolve } = Promise.withResolvers<void>();
  interruption.addEventListener("abort", () => resolve());
  if (interruption.aborted) resolve();
  const timer = setTimeout(resolve, limit);
  await promise;
  clearTimeout(timer);
}

async function ask(client: ControlClient, topic: string): Promise<boolean> {
  const answer = await client.query(topic);
  if (answer === undefined) {
    throw ctlFailure("this daemon cannot record permissions (dinit for Deno can, from this version on)");
  }
  return (answer as { began?: unknown }).began === true;
}

/** The socket is beside the control socket of the daemon. */
async function brokerPath(client: ControlClient): Promise<string> {
  const overview = await client.query("overview") as { daemon?: { socket?: unknown } } | undefined;
  const path = overview?.daemon?.socket;
  if (typeof path !== "string") throw ctlFailure("this daemon does not tell the path of its socket");
  return `${path}.broker`;
}

function listen(path: string, decide: Decide): PermissionBroker {
  try {
    return new PermissionBroker(path, decide);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTaken = error instanceof Deno.errors.AddrInUse;
    const reason = isTaken
      ? `another recording runs; if it was killed, remove ${path}`
      : error instanceof Deno.errors.NotCapable
      ? missingGrantText(error)
      : error.message;
    throw ctlFailure(`cannot listen at ${path}: ${reason}`);
  }
}
