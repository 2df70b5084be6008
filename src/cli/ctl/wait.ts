/** Waits until a service has started or stopped (cli 3.4). */

import type { ServiceEventPacket, WireStatus } from "../../client/mod.ts";
import { type Arrivals, type Goal, GoalWatch } from "../../client/steps.ts";
import { ServiceEvent, StopReason } from "../../model/states.ts";
import { typed } from "../../model/typed_module.ts";
import type { CommandContext } from "./context.ts";
import { protocolFailure } from "../shared/failure.ts";
import { startFailureLines } from "./status_text.ts";
import type { Outcome } from "./several.ts";

/** The events of one service. */
export type EventQueue = Arrivals<ServiceEventPacket>;

/** The next event. Throws `ToolFailure` if the connection to the daemon ends first. */
export async function nextEvent(queue: EventQueue): Promise<ServiceEventPacket> {
  const event = await queue.next();
  if (event === undefined) throw protocolFailure();
  return event;
}

/** Whether the queue contains an event that reports a failed start. */
export function failureWaits(queue: EventQueue): boolean {
  return queue.waiting.some(({ event }) =>
    event === ServiceEvent.FAILEDSTART || event === ServiceEvent.STARTCANCELLED
  );
}

/**
 * Waits for the goal, or for an event that makes it impossible, and reports it. Throws `ToolFailure` if the connection
 * to the daemon ends first.
 */
export async function waitForGoal(
  context: CommandContext,
  queue: EventQueue,
  name: string,
  goal: Goal,
): Promise<Outcome> {
  const watch = new GoalWatch(goal);
  for (;;) {
    const packet = await nextEvent(queue);
    const { halfWay, end } = watch.see(packet);
    if (halfWay) context.say(`Service '${name}' stopped.`);
    switch (end) {
      case "failed":
        return await failedStart(context, name, packet);
      case "cancelled":
        context.say(`Service '${name}' ${goal === "stop" ? "stop" : "start"} cancelled.`);
        return { result: "cancelled", ok: false };
      case "started":
      case "stopped":
        context.say(`Service '${name}' ${end}.`);
        return { result: end, ok: true };
    }
  }
}

/** Reports a failed start, and its reason. The event of the oldest daemons has no status. */
export async function failedStart(
  context: CommandContext,
  name: string,
  { handle, status }: ServiceEventPacket,
): Promise<Outcome> {
  const reason = startFailureLines(status && await fullStatus(context, handle, status));
  for (const line of [`Service '${name}' failed to start.`, ...reason]) context.say(line);
  return { result: "failed", ok: false, reason };
}

/** The status, with the daemon's further facts about a failed launch; the code for that is loaded then. */
async function fullStatus(context: CommandContext, handle: number, status: WireStatus): Promise<WireStatus> {
  if (status.reason !== StopReason.EXECFAILED) return status;
  const { withLaunchText } = await typed(import("./launch_text.ts"));
  return await withLaunchText(await context.connect(), handle, status);
}

/**
 * Runs an action that may have to wait. Meanwhile a line on a terminal shows which services it waits for: all of the
 * command's, until `done` is called for them. Output must go through the context that `run` receives.
 *
 * @param verb the action, such as `Starting`
 */
export async function waitingShown(
  context: CommandContext,
  verb: string,
  run: (context: CommandContext, done: (name: string) => void) => Promise<number>,
): Promise<number> {
  const { options, io } = context;
  const silent = options.quiet || options.json || options.noWait || io.terminal() === undefined;
  if (silent || !(await context.style()).symbols) return await run(context, () => {});
  const { startProgress } = await typed(import("./progress.ts"));
  const progress = await startProgress(context, { verb });
  try {
    return await run(progress.context, (name) => progress.done(name));
  } finally {
    progress.close();
  }
}
