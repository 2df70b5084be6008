/** `wait`: waits until services are in a state, for whatever reason. */

import type { ControlClient } from "../../client/mod.ts";
import { HandleEvents } from "../../client/steps.ts";
import { ServiceEvent, ServiceState } from "../../model/states.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";
import { forEachService, type Outcome } from "./several.ts";
import { type EventQueue, failedStart, nextEvent, waitingShown } from "./wait.ts";

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
  const events = new HandleEvents(client);
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

/** Other events report a changed command, which may change again. */
async function awaitEvent(context: CommandContext, queue: EventQueue, name: string): Promise<Outcome> {
  const { waitFor } = context.options;
  const wanted = waitFor === "started" ? ServiceEvent.STARTED : ServiceEvent.STOPPED;
  for (;;) {
    const packet = await nextEvent(queue);
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

/** The longest timer of the runtime, in milliseconds: 24 days. */
const TIMER_LIMIT = 2 ** 31 - 1;

/** The time limit of all services together. */
class TimeLimit {
  readonly reached: Promise<void>;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** Seconds; `undefined` means no limit. */
  constructor(seconds: number | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.reached = promise;
    if (seconds !== undefined) this.#timer = setTimeout(resolve, Math.min(seconds * 1000, TIMER_LIMIT));
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
