/** Streams of events. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  type ClientEvent,
  connect,
  ControlError,
  type EventStream,
  LoadFailedError,
} from "../../src/client/library.ts";
import { LoadError, ServiceEvent } from "../../src/model/mod.ts";
import { withServer } from "../control/_server.ts";
import { scene, soon, STARTED, started, stopped, until } from "./_library.ts";

async function next(events: EventStream): Promise<ClientEvent | undefined> {
  return (await soon(events.next(), "an event")).value;
}

/** An event without its number and status. */
function brief(event: ClientEvent | undefined): string {
  return event?.kind === "service" ? `${event.service} ${event.event}` : String(event?.kind);
}

scene(
  "events of all loaded services come in order, with numbers and statuses",
  async ({ library, manager }) => {
    manager.add("web");
    manager.add("db");
    await using events = library.events();
    await events.ready;
    started(manager, "db");
    manager.emit("web", ServiceEvent.FAILEDSTART, { reason: 5 });
    stopped(manager, "db");
    const seen = [await next(events), await next(events), await next(events)];
    assertEquals(seen.map(brief), ["db started", "web start-failed", "db stopped"]);
    assertEquals(seen.map((event) => event?.seq), [1, 2, 3]);
    assertEquals(seen.map((event) => event?.kind === "service" && event.status?.reason), [
      "normal",
      "timed-out",
      "normal",
    ]);
  },
);

scene("a stream begins when it is made, before the loop", async ({ library, manager }) => {
  manager.add("web");
  manager.script.start = () => {
    started(manager, "web");
    return "accepted";
  };
  const events = library.service("web").events();
  await library.service("web").start();
  const loop = (async () => {
    for await (const event of events) return brief(event);
  })();
  assertEquals(await soon(loop, "an event"), "web started");
  await until(() => manager.listenerCount === 0, "the handles to be closed");
});

scene("a stream that cannot resume begins with a gap", async ({ library, manager }) => {
  manager.add("web");
  await using events = library.events({ since: 41 });
  await events.ready;
  started(manager, "web");
  const seen = [await next(events), await next(events)];
  assertEquals(seen.map(brief), ["gap", "web started"]);
  assertEquals(seen.map((event) => event?.seq), [42, 43]);
});

scene(
  "a reload over the same connection is a gap, and the stream continues",
  async ({ library, manager }) => {
    manager.add("web", STARTED);
    await using events = library.events({ services: ["web"] });
    await events.ready;
    await library.service("web").reload();
    assertEquals(brief(await next(events)), "gap");
    await until(() => manager.listenerCount === 1, "the stream to watch again");
    stopped(manager, "web");
    assertEquals(brief(await next(events)), "web stopped");
  },
);

scene("a reader that is too slow gets a gap for dropped events", async ({ library, manager }) => {
  manager.add("web");
  await using events = library.events();
  await events.ready;
  for (let count = 0; count < 10_500; count++) {
    started(manager, "web");
    if (count % 100 === 0) await library.services();
  }
  await library.services();
  const first = await next(events);
  assertEquals([first?.kind, first?.seq], ["gap", 10_000]);
  assertEquals((await next(events))?.seq, 10_001);
});

scene("a service that cannot be loaded ends the stream with the reason", async ({ library, manager }) => {
  manager.script.load = () => {
    throw new LoadError("not-found", "why", { service: "web" });
  };
  const events = library.events({ services: ["web"] });
  await assertRejects(() => soon(events.ready, "the failure"), LoadFailedError);
  await assertRejects(() => soon(events.next(), "the failure"), LoadFailedError);
});

scene("a signal ends a stream with its reason", async ({ library, manager }) => {
  manager.add("web");
  const enough = new AbortController();
  const events = library.events({ signal: enough.signal });
  await events.ready;
  const waiting = events.next();
  enough.abort(new Error("enough"));
  await assertRejects(() => soon(waiting, "the end"), Error, "enough");
  await until(() => manager.listenerCount === 0, "the handles to be closed");
});

scene("a closed stream ends its loop", async ({ library, manager }) => {
  manager.add("web");
  const events = library.events();
  await events.ready;
  const waiting = events.next();
  await events.close();
  assertEquals((await soon(waiting, "the end")).done, true);
});

Deno.test("the end of the connection is an error of the loop", async () => {
  await withServer(async ({ manager, server, path }) => {
    using library = await connect({ socketPath: path });
    manager.add("web");
    const events = library.events();
    await events.ready;
    const waiting = events.next();
    server.disconnectAll();
    await assertRejects(() => soon(waiting, "the end"), ControlError);
  });
});
