/** Streams of events from a daemon that numbers its facts. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ClientEvent,
  connect,
  ControlError,
  type EventStream,
  LoadFailedError,
} from "../../src/client/library.ts";
import { LoadError } from "../../src/model/mod.ts";
import { Facts } from "../control/_facts.ts";
import { FakeManager } from "../control/_fake_manager.ts";
import { withServer } from "../control/_server.ts";
import { type LibraryScene, soon, until } from "./_library.ts";

interface FactScene extends LibraryScene {
  readonly facts: Facts;
}

/** A test against a server that has facts; the connection must survive it. */
function scene(name: string, test: (scene: FactScene) => Promise<void>, facts = new Facts()): void {
  Deno.test(name, () =>
    withServer(
      async (all) => {
        using library = await connect({ socketPath: all.path });
        await test({ ...all, library, facts });
        await soon(library.services(), "a reply after the test");
      },
      new FakeManager(),
      facts.source,
    ));
}

async function next(events: EventStream): Promise<ClientEvent | undefined> {
  return (await soon(events.next(), "an event")).value;
}

async function brief(events: EventStream): Promise<string> {
  const event = await next(events);
  if (event?.kind === "service") return `${event.seq} ${event.service} ${event.event}`;
  if (event?.kind === "fact") return `${event.seq} ${event.service ?? "-"} ${event.fact}`;
  return `${event?.kind} ${event?.seq}`;
}

scene("changes of all services have the daemon's numbers, times and reasons", async ({ library, facts }) => {
  facts.started("before");
  await using events = library.events();
  await events.ready;
  facts.started("web", 42);
  facts.starting("db");
  facts.failed("db");
  const { document, ...started } = await next(events) as ClientEvent & { document: { text: string } };
  assertEquals(document.text, "service web started.");
  assertEquals(started, {
    kind: "service",
    seq: 2,
    service: "web",
    event: "started",
    reason: "normal",
    pid: 42,
    at: new Date(1_700_000_000_000),
  });
  const failed = await next(events);
  if (failed?.kind !== "service") throw new Error("no change");
  const { seq, event, reason, exit } = failed;
  assertEquals({ seq, event, reason, exit }, {
    seq: 4,
    event: "start-failed",
    reason: "failed",
    exit: { how: "exited", status: 3 },
  });
});

scene("steps and facts without a service are in a stream that asks for them", async ({ library, facts }) => {
  await using events = library.events({ facts: true });
  await events.ready;
  facts.starting("web");
  facts.others(1);
  facts.started("web");
  assertEquals([await brief(events), await brief(events), await brief(events)], [
    "1 web phase",
    "2 - unknown-service",
    "3 web started",
  ]);
});

scene("a later connection goes on where an earlier stream was left", async ({ library, facts, path }) => {
  const events = library.events();
  await events.ready;
  facts.started("web");
  facts.starting("db");
  facts.started("db");
  assertEquals(await brief(events), "1 web started");
  const { position } = events;
  await events.close();
  facts.started("mail");
  using again = await connect({ socketPath: path });
  for (const since of [position, position.seq]) {
    await using later = again.events({ since });
    assertEquals([await brief(later), await brief(later)], ["3 db started", "4 mail started"]);
    assertEquals(later.position, { origin: position.origin, seq: 4 });
  }
});

scene("a position is how far the program has read, or else where the stream began", async (all) => {
  const { library, facts } = all;
  facts.others(3);
  await using events = library.events();
  await events.ready;
  const { origin } = facts.source;
  assertEquals(events.position, { origin, seq: 3 });
  facts.started("web");
  facts.started("db");
  facts.starting("mail");
  await library.services();
  assertEquals(events.position, { origin, seq: 3 });
  await next(events);
  assertEquals(events.position, { origin, seq: 4 });
  await next(events);
  assertEquals(events.position, { origin, seq: 6 }); // what is none of its business is read, too
});

scene("events that are not kept any more are a gap", async ({ library, facts }) => {
  facts.others(8);
  facts.started("web");
  await using events = library.events({ since: 2 });
  assertEquals([await brief(events), await brief(events)], ["gap 6", "9 web started"]);
}, new Facts(3));

scene("a daemon that was started again is a gap, whatever its numbers are", async ({ library, facts }) => {
  facts.started("web");
  facts.started("db");
  const since = { origin: facts.source.origin - 1, seq: 1 };
  await using events = library.events({ since });
  assertEquals([await brief(events), await brief(events), await brief(events)], [
    "gap 0",
    "1 web started",
    "2 db started",
  ]);
});

scene("a stream has its services alone, and holds none of them", async ({ library, facts, manager }) => {
  await using events = library.events({ services: ["web"] });
  await events.ready;
  assertEquals(manager.calls, ["load web"]);
  await until(() => manager.listenerCount === 0, "the handle to be closed");
  facts.started("db");
  facts.started("web");
  assertEquals(await brief(events), "2 web started");
});

scene("more services than fit into a request are told apart by the client", async ({ library, facts }) => {
  const services = Array.from({ length: 200 }, (_, index) => `service-${index}`);
  await using events = library.events({ services });
  await events.ready;
  facts.started("service-200");
  facts.started("service-199");
  assertEquals(await brief(events), "2 service-199 started");
  await using none = library.events({ services: [] });
  await none.ready;
  facts.started("web");
  facts.started("service-0");
  assertEquals(await brief(events), "4 service-0 started");
  await library.services();
  await none.close();
  assertEquals((await none.next()).done, true);
});

scene("a stream begins when it is made, before the loop", async ({ library, manager, facts }) => {
  manager.add("web");
  manager.script.start = () => {
    facts.started("web");
    return "already";
  };
  const events = library.service("web").events();
  await library.service("web").start();
  for await (const event of events) {
    assertEquals(event.kind === "service" && event.event, "started");
    break;
  }
  await until(() => facts.followers === 0, "the end of the subscription");
});

scene(
  "a service that cannot be loaded ends the stream with the reason",
  async ({ library, manager, facts }) => {
    manager.script.load = () => {
      throw new LoadError("not-found", "why", { service: "web" });
    };
    for (const name of ["web", "", ".x", "a\0b"]) {
      const events = library.events({ services: [name] });
      await assertRejects(() => soon(events.ready, "the failure"), LoadFailedError);
      await assertRejects(() => soon(events.next(), "the failure"), LoadFailedError);
    }
    await until(() => facts.followers === 0, "the end of the subscriptions");
  },
);

scene("a stream that is closed at once leaves no subscription behind", async ({ library, facts }) => {
  const events = library.events();
  await events.close();
  await library.services(); // the subscription has begun by now
  await until(() => facts.followers === 0, "the end of the subscription");
});

scene("numbers that no event can have are a mistake of the program", ({ library }) => {
  for (const since of [-1, 0.5, NaN, 2 ** 60]) {
    assertThrows(() => library.events({ since }), RangeError, "whole number");
  }
  return Promise.resolve();
});

for (const document of ["null", "{}", '{"kind":"started","seq":1}', "{"]) {
  const facts = new Facts();
  facts.source.document = () => document;
  scene(`an event that cannot be understood ends the stream: ${document}`, async ({ library }) => {
    const events = library.events();
    await events.ready;
    facts.others(1);
    const error = await assertRejects(() => soon(events.next(), "the failure"), ControlError);
    assertEquals(error.kind, "protocol");
  }, facts);
}
