/** `wait`: until services are in a state, whoever brings them there. */

import type { ControlClient } from "../../client/mod.ts";
import { ServiceEvent, ServiceState } from "../../model/mod.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";
import { forEachService, type Outcome } from "./several.ts";
import { type EventQueue, failedStart, ServiceEvents, waitingShown } from "./wait.ts";

/** `dinitctl wait [--for STATE] [--timeout SECONDS] SERVICE...` */
export async function awaitState(context: CommandContext): Promise<number> {
  const client = await context.connect();
  return await waitingShown(context, "Waiting", (shown, done) => awaitAll(shown, client, done));
}

async function awaitAll(
  context: CommandContext,
  client: ControlClient,
  done: (name: string) => void,
): Promise<number> {
  const events = new ServiceEvents(client);
  const limit = new TimeLimit(context.options.timeout);
  try {
    return await forEachService(context, context.words, async (name) => {
      const { handle, state } = await loadService(client, name);
      const goal = context.options.waitFor;
      if (state === (goal === "started" ? ServiceState.STARTED : ServiceState.STOPPED)) {
        done(name);
        return reached(context, name);
      }
      const queue = events.queue(handle);
      return () => awaitOne(context, queue, name, limit).finally(() => done(name));
    });
  } finally {
    limit.clear();
  }
}

async function awaitOne(
  context: CommandContext,
  queue: EventQueue,
  name: string,
  limit: TimeLimit,
): Promise<Outcome> {
  const { waitFor, timeout } = context.options;
  const outcome = await Promise.race([awaitEvent(context, queue, name), limit.reached]);
  if (outcome !== undefined) return outcome;
  throw ctlFailure(`service '${name}' is not ${waitFor} after ${timeout} seconds`);
}

/** Other events tell of somebody who changed their mind, and may change it again. */
async function awaitEvent(context: CommandContext, queue: EventQueue, name: string): Promise<Outcome> {
  const { waitFor } = context.options;
  const wanted = waitFor === "started" ? ServiceEvent.STARTED : ServiceEvent.STOPPED;
  for (;;) {
    const packet = await queue.nextEvent();
    const { event } = packet;
    if (event === wanted) return reached(context, name);
    if (event === ServiceEvent.FAILEDSTART && waitFor === "started") {
      return await failedStart(context, name, packet);
    }
  }
}

function reached({ options, say }: CommandContext, name: string): Outcome {
  say(`Service '${name}' ${options.waitFor}.`);
  return { result: options.waitFor, ok: true };
}

/** The most milliseconds that a timer of the runtime can take: 24 days. */
const TIMER_LIMIT = 2 ** 31 - 1;

/** The time that all have together. */
class TimeLimit {
  readonly reached: Promise<void>;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** Seconds; without a number there is no limit. */
  constructor(seconds: number | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.reached = promise;
    if (seconds !== undefined) this.#timer = setTimeout(resolve, Math.min(seconds * 1000, TIMER_LIMIT));
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
