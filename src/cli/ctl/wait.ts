/** Waiting until a service has started or stopped (cli 3.4). */

import type { ControlClient, ServiceEventPacket } from "../../control/client.ts";
import { ServiceEvent, ServiceState } from "../../model/mod.ts";
import type { CommandContext } from "../context.ts";
import { protocolFailure } from "../failure.ts";
import { startFailureLines } from "../status_text.ts";

/** The events of one service, kept from the moment this is made until somebody asks for them. */
export class EventQueue {
  readonly #client: ControlClient;
  readonly #events: ServiceEventPacket[] = [];
  #arrival = Promise.withResolvers<void>();

  constructor(client: ControlClient, handle: number) {
    this.#client = client;
    client.onEvent = (event) => {
      if (event.handle !== handle) return;
      this.#events.push(event);
      this.#arrival.resolve();
    };
  }

  /** Forgets the events so far: what comes next belongs to the command. */
  clear(): void {
    this.#events.length = 0;
  }

  /** Whether an event waits that tells of a start that will not come. */
  get hasFailure(): boolean {
    return this.#events.some(({ event }) =>
      event === ServiceEvent.FAILEDSTART || event === ServiceEvent.STARTCANCELLED
    );
  }

  /** The next event. Throws `ToolFailure` if the daemon goes away first. */
  async next(): Promise<ServiceEventPacket> {
    while (this.#events.length === 0) {
      this.#arrival = Promise.withResolvers();
      const ended = await Promise.race([this.#arrival.promise, this.#client.closed.then(() => true)]);
      if (ended && this.#events.length === 0) throw protocolFailure();
    }
    return this.#events.shift()!;
  }
}

/** What is waited for: `restart` is a stop and then a start. */
export type Goal = "start" | "stop" | "restart";

/** Waits for the goal, or for an event that rules it out, and reports it. Returns the exit status. */
export async function waitForGoal(
  context: CommandContext,
  queue: EventQueue,
  name: string,
  goal: Goal,
): Promise<number> {
  const say = (text: string) => context.say(`Service '${name}' ${text}`);
  let stopExpected = goal === "restart";
  for (;;) {
    const { event, status } = await queue.next();
    if (goal === "stop") {
      if (event === ServiceEvent.STOPPED) return say("stopped."), 0;
      if (event === ServiceEvent.STOPCANCELLED) return say("stop cancelled."), 1;
      continue;
    }
    switch (event) {
      case ServiceEvent.STARTED:
        say("started.");
        return 0;
      case ServiceEvent.FAILEDSTART:
        say("failed to start.");
        for (const line of startFailureLines(status)) context.say(line);
        return 1;
      case ServiceEvent.STARTCANCELLED:
        say("start cancelled.");
        return 1;
      case ServiceEvent.STOPPED:
        if (stopExpected) say("stopped.");
        stopExpected = false;
        // Somebody else has stopped it for good: no other event tells that the start will not come.
        if (status?.target === ServiceState.STOPPED) {
          say("start cancelled.");
          return 1;
        }
    }
  }
}
