/** `events`: what happens in the daemon, as it happens. */

import { ControlError } from "../../client/mod.ts";
import { type ClientEvent, EventStream, Handles } from "../../client/event_steps.ts";
import type { CommandContext } from "./context.ts";
import { eventLine } from "./event_text.ts";
import { rethrowLoadFailure } from "./services.ts";

/** `dinitctl events [--since SEQ] [SERVICE...]`, until the connection ends or nobody reads any more. */
export async function events(context: CommandContext): Promise<number> {
  const client = await context.connect();
  await client.extensions(); // they decide where the events come from
  const { words, options } = context;
  const services = words.length === 0 ? undefined : [...new Set(words)];
  const stream = new EventStream(new Handles(client), { services, since: options.since, facts: true });
  await stream.ready.catch(rethrowLoadFailure);
  await show(stream, context);
  return 0;
}

async function show(stream: EventStream, { io, options }: CommandContext): Promise<void> {
  try {
    for await (const event of stream) {
      const line = options.json ? JSON.stringify(documentOf(event)) : eventLine(event, io.now());
      if (io.out(`${line}\n`) === false) return;
    }
  } catch (error) {
    // The end of the daemon is the end of what happens in it.
    if (!(error instanceof ControlError && error.kind === "closed")) throw error;
  }
}

/** The document that the daemon sent; dinit sends none. */
function documentOf(event: ClientEvent): unknown {
  switch (event.kind) {
    case "gap":
      return { kind: "gap", first: event.seq + 1 };
    case "fact":
      return event.document;
    case "service": {
      const { seq, service, event: kind, reason, pid, exit } = event;
      return event.document ?? { seq, service, kind, reason, pid, exit };
    }
  }
}
