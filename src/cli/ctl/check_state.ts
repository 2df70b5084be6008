/** `is-started` and `is-failed` (cli 3.6). */

import type { WireStatus } from "../../client/mod.ts";
import { ServiceState, StopReason } from "../../model/states.ts";
import type { CommandContext } from "./context.ts";
import { stateName } from "./status_text.ts";
import { findService, notLoaded, serviceStatus } from "./services.ts";

/** `dinitctl is-started SERVICE...` */
export async function isStarted(context: CommandContext): Promise<number> {
  return await check(context, ({ state }) => state === ServiceState.STARTED);
}

/** `dinitctl is-failed SERVICE...` */
export async function isFailed(context: CommandContext): Promise<number> {
  return await check(
    context,
    ({ state, reason }) => state === ServiceState.STOPPED && START_FAILURES.has(reason),
  );
}

/** The reference prints nothing about a service that is not loaded; on a terminal that would look like a mistake. */
async function hintAtMissing({ io, explain }: CommandContext, name: string): Promise<void> {
  if (!io.errorTerminal()) return;
  const { hint } = await explain(notLoaded(name));
  io.err(hint.map((line) => `dinitctl: ${line}\n`).join(""));
}

const START_FAILURES: ReadonlySet<number> = new Set([
  StopReason.DEPFAILED,
  StopReason.FAILED,
  StopReason.EXECFAILED,
  StopReason.TIMEDOUT,
]);

/** Prints the states, and returns 0 if all services are in the wanted one. */
async function check(context: CommandContext, passes: (status: WireStatus) => boolean): Promise<number> {
  const client = await context.connect();
  const services = [];
  for (const name of context.words) {
    const service = await findService(client, name);
    const found = service && await serviceStatus(client, service.handle);
    if (found === undefined) await hintAtMissing(context, name);
    if (found !== undefined) context.say(stateName(found.state));
    services.push({
      name,
      state: found === undefined ? null : stateName(found.state),
      passed: found !== undefined && passes(found),
    });
  }
  context.record({ services });
  return services.every(({ passed }) => passed) ? 0 : 1;
}
