/** `events`: shows the events of the daemon. */

import { ControlError } from "../../client/mod.ts";
import { type ClientEvent, EventStream, Handles } from "../../client/event_steps.ts";
import type { CommandContext } from "./context.ts";
import { eventLine } from "./event_text.ts";
import { ctlFailure } from "../shared/failure.ts";
import { rethrowLoadFailure } from "./services.ts";

/** `dinitctl events [--since SEQ] [SERVICE...]`, until the connection ends or the reader of the output is gone. */
export async function events(context: CommandContext): Promise<number> {
  const { words, options } = context;
  const since = eventNumber(options.since);
  const client = await context.connect();
  await client.extensions(); // the extensions decide the source of the events
  const services = words.length === 0 ? undefined : [...new Set(words)];
  const stream = new EventStream(new Handles(client), { services, since, facts: true });
  await stream.ready.catch(rethrowLoadFailure);
  await show(stream, context);
  return 0;
}

/** Throws `ToolFailure` for anything else than a number. */
function eventNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw ctlFailure("--since should be followed by the number of an event")
    .about({ kind: "option-value", value: text, oneOf: [] });
}

async function show(stream: EventStream, { io, options }: CommandContext): Promise<void> {
  try {
    for await (const event of stream) {
      const line = options.json ? JSON.stringify(documentOf(event)) : eventLine(event, io.now());
      if (io.out(`${line}\n`) === false) return;
    }
  } catch (error) {
    // When the daemon exits, there are no more events.
    if (!(error instanceof ControlError && error.kind === "closed")) throw error;
  }
}

/** The daemon's document; dinit sends none. */
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
