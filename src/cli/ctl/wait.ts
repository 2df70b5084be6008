/** Waiting until a service has started or stopped (cli 3.4). */

import type { ControlClient, ServiceEventPacket, WireStatus } from "../../client/mod.ts";
import { ServiceEvent, ServiceState, StopReason } from "../../model/mod.ts";
import { Arrivals } from "../shared/arrivals.ts";
import type { CommandContext } from "./context.ts";
import { protocolFailure } from "../shared/failure.ts";
import { startFailureLines } from "./status_text.ts";
import type { Outcome } from "./several.ts";

/**
 * The events of services, kept for each until somebody asks for them: the first one may come right behind the reply that
 * tells the handle.
 */
export class ServiceEvents {
  readonly #client: ControlClient;
  readonly #queues = new Map<number, EventQueue>();

  /** The client's events go here from now on. */
  constructor(client: ControlClient) {
    this.#client = client;
    client.onEvent = (event) => this.queue(event.handle).add(event);
  }

  /** The events of the service of a handle, from the moment the handle was made. */
  queue(handle: number): EventQueue {
    let queue = this.#queues.get(handle);
    if (queue === undefined) {
      queue = new EventQueue();
      this.#queues.set(handle, queue);
      void this.#client.closed.then(() => queue!.end());
    }
    return queue;
  }
}

/** The events of one service. */
export class EventQueue extends Arrivals<ServiceEventPacket> {
  /** The next event. Throws `ToolFailure` if the daemon goes away first. */
  async nextEvent(): Promise<ServiceEventPacket> {
    const event = await this.next();
    if (event === undefined) throw protocolFailure();
    return event;
  }

  /** Whether an event waits that tells of a start that will not come. */
  get hasFailure(): boolean {
    return this.waiting.some(({ event }) =>
      event === ServiceEvent.FAILEDSTART || event === ServiceEvent.STARTCANCELLED
    );
  }
}

/** What is waited for: `restart` is a stop and then a start. */
export type Goal = "start" | "stop" | "restart";

/**
 * Waits for the goal, or for an event that rules it out, and reports it. Throws `ToolFailure` if the daemon goes away
 * first.
 */
export async function waitForGoal(
  context: CommandContext,
  queue: EventQueue,
  name: string,
  goal: Goal,
): Promise<Outcome> {
  const ends = (text: string, outcome: Outcome): Outcome => {
    context.say(`Service '${name}' ${text}`);
    return outcome;
  };
  let stopExpected = goal === "restart";
  for (;;) {
    const packet = await queue.nextEvent();
    const { event, status } = packet;
    if (goal === "stop") {
      if (event === ServiceEvent.STOPPED) return ends("stopped.", STOPPED);
      if (event === ServiceEvent.STOPCANCELLED) return ends("stop cancelled.", CANCELLED);
      continue;
    }
    switch (event) {
      case ServiceEvent.STARTED:
        return ends("started.", STARTED);
      case ServiceEvent.FAILEDSTART:
        return await failedStart(context, name, packet);
      case ServiceEvent.STARTCANCELLED:
        return ends("start cancelled.", CANCELLED);
      case ServiceEvent.STOPPED:
        if (stopExpected) context.say(`Service '${name}' stopped.`);
        stopExpected = false;
        // Somebody else has stopped it for good: no other event tells that the start will not come.
        if (status?.target === ServiceState.STOPPED) return ends("start cancelled.", CANCELLED);
    }
  }
}

const STARTED: Outcome = { result: "started", ok: true };
const STOPPED: Outcome = { result: "stopped", ok: true };
const CANCELLED: Outcome = { result: "cancelled", ok: false };

/** Reports that a start has failed, and why. The event of the oldest daemons has no status. */
export async function failedStart(
  context: CommandContext,
  name: string,
  { handle, status }: ServiceEventPacket,
): Promise<Outcome> {
  const reason = startFailureLines(status && await fullStatus(context, handle, status));
  for (const line of [`Service '${name}' failed to start.`, ...reason]) context.say(line);
  return { result: "failed", ok: false, reason };
}

/** The status with what the daemon tells besides of a launch that failed; the code for that is loaded then. */
async function fullStatus(context: CommandContext, handle: number, status: WireStatus): Promise<WireStatus> {
  if (status.reason !== StopReason.EXECFAILED) return status;
  const { withLaunchText }: typeof import("./launch_text.ts") = await import("./launch_text.ts" as string);
  return await withLaunchText(await context.connect(), handle, status);
}

/**
 * Runs something that may have to wait. In a terminal a line shows meanwhile which services it waits for, all of the
 * command's until `done` is called for them; output must go through the context that `run` is given.
 *
 * @param verb what is done to the services, such as `Starting`
 */
export async function waitingShown(
  context: CommandContext,
  verb: string,
  run: (context: CommandContext, done: (name: string) => void) => Promise<number>,
): Promise<number> {
  const { options, io } = context;
  const silent = options.quiet || options.json || options.noWait || io.terminal() === undefined;
  if (silent || !(await context.style()).symbols) return await run(context, () => {});
  const { startProgress } = await import("./progress.ts");
  const progress = await startProgress(context, { verb });
  try {
    return await run(progress.context, (name) => progress.done(name));
  } finally {
    progress.close();
  }
}
