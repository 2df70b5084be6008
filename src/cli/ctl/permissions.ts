/** `permissions --record`: which permissions of Deno a service needs. The reference has nothing like it. */

import type { ControlClient } from "../../client/mod.ts";
import { missingGrantText } from "../../model/grants.ts";
import { parseDuration } from "../../description/text/units.ts";
import { ctlFailure } from "../shared/failure.ts";
import type { CommandContext } from "./context.ts";
import { PermissionBroker, type RecordedRequest } from "./permission_broker.ts";
import { permissionLine, permissionWords } from "./permission_line.ts";
import { findService, notLoaded } from "./services.ts";

/** Requests within this time after the first one belong to the start, in milliseconds. */
const START_UP = 5000;
/** The longest timer of the runtime, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** `dinitctl permissions SERVICE --record [--for=DURATION] [--deny=PERMISSION]...` */
export async function permissions(context: CommandContext): Promise<number> {
  const { words: [name], options } = context;
  if (!options.record) throw ctlFailure("permissions: say what to do: --record");
  const client = await context.connect();
  const found = await findService(client, name);
  if (found === undefined) throw notLoaded(name);
  const broker = listen(await brokerPath(client), options.deny);
  try {
    if (!await ask(client, `record-begin ${found.handle}`)) {
      throw ctlFailure(`the service '${name}' is not up, or no process service: start it first`);
    }
    const limit = options.during === undefined ? undefined : Math.min(parseDuration(options.during), LONGEST);
    const end = limit === undefined ? "Ctrl-C ends the recording" : `for ${options.during}`;
    context.say(`Recording the permissions of '${name}' (${end}) ...`);
    await recorded(limit);
    // Otherwise the process would end at its next request.
    await ask(client, `record-end ${found.handle}`);
  } finally {
    broker.close();
  }
  report(context, [...broker.requests.values()]);
  return 0;
}

/** Resolves at the end of the time, or at an interruption. */
async function recorded(limit: number | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, resolve);
  const timer = setTimeout(resolve, limit ?? LONGEST);
  await promise;
  clearTimeout(timer);
  for (const signal of signals) Deno.removeSignalListener(signal, resolve);
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

function listen(path: string, denied: readonly string[]): PermissionBroker {
  try {
    return new PermissionBroker(path, denied);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTaken = error instanceof Deno.errors.AddrInUse;
    const reason = isTaken
      ? `somebody records already, or was killed: otherwise remove ${path}`
      : error instanceof Deno.errors.NotCapable
      ? missingGrantText(error)
      : error.message;
    throw ctlFailure(`cannot listen at ${path}: ${reason}`);
  }
}

function report(context: CommandContext, requests: readonly RecordedRequest[]): void {
  const granted = requests.filter(({ denied }) => !denied);
  const early = permissionWords(granted.filter(({ after }) => after <= START_UP));
  const late = permissionWords(granted.filter(({ after }) => after > START_UP));
  const denied = permissionWords(requests.filter((request) => request.denied));
  const line = permissionLine(permissionWords(granted));
  context.record({ line, startUp: early, later: late, denied });
  if (requests.length === 0) {
    context.say("It asked for nothing: it needs no permission, or Deno does not run it.");
    return;
  }
  if (early.length > 0) context.say(`At the start: ${early.join(" ")}`);
  if (late.length > 0) context.say(`Later:        ${late.join(" ")}`);
  if (denied.length > 0) context.say(`Denied:       ${denied.join(" ")}`);
  context.print(`${line}\n`);
}
