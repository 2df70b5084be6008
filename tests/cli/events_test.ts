/** `ctl events`: what happens in the daemon, in words and as JSON. */

import { assertEquals, assertMatch } from "@std/assert";
import { Reply, Request } from "../../src/control/mod.ts";
import { runCtl } from "../../src/cli/ctl/main.ts";
import { LoadError } from "../../src/model/mod.ts";
import { Facts } from "../control/_facts.ts";
import { FakeManager } from "../control/_fake_manager.ts";
import { type Scene, soon, until, withServer } from "../control/_server.ts";
import { ctl, ctlAlone, event, FakeIo, StandIn, status, success } from "./_stand_in.ts";

const AT = "2023-11-14T22:13:20.000Z";

interface EventScene extends Scene {
  readonly facts: Facts;
}

function scene(name: string, test: (scene: EventScene) => Promise<void>, facts = new Facts()): void {
  Deno.test(name, () => withServer((all) => test({ ...all, facts }), new FakeManager(), facts.source));
}

/** A run of `ctl events` that goes on. */
class Run {
  readonly io = new FakeIo();
  readonly status: Promise<number>;

  constructor(path: string, ...args: string[]) {
    this.status = runCtl(["-p", path, "events", ...args], this.io);
  }

  get lines(): string[] {
    return this.io.output.split("\n").slice(0, -1);
  }

  async printed(count: number): Promise<string[]> {
    await until(() => this.lines.length >= count, `${count} lines`);
    return this.lines;
  }

  /** The tool ends when the daemon does. */
  async end({ server }: Scene): Promise<[number, string]> {
    server.disconnectAll();
    return [await soon(this.status, "the end of the tool"), this.io.errors];
  }
}

scene("ctl events has a line for each fact, until the daemon ends", async (all) => {
  const { facts, path } = all;
  facts.others(1);
  const run = new Run(path);
  await until(() => facts.followers === 1, "the subscription");
  facts.starting("web");
  facts.started("web", 42);
  facts.failed("db");
  facts.notLoaded("ma\nil");
  assertEquals(await run.printed(4), [
    `${AT} 2 web: starts after its dependencies`,
    `${AT} 3 web: started (process 42)`,
    `${AT} 4 db: failed to start (process ended before it was ready with status 3)`,
    `${AT} 5 Could not load service ma?il: could not find service description.`,
  ]);
  assertEquals(await run.end(all), [0, ""]);
});

scene("ctl events --since begins behind a number, and says what is missing", async (all) => {
  all.facts.others(6);
  const run = new Run(all.path, "--since=2");
  const text = "internal error: event for a service that is not loaded";
  assertEquals(await run.printed(4), [
    "(events before number 4 are missing)",
    `${AT} 4 ${text} (3)`,
    `${AT} 5 ${text} (4)`,
    `${AT} 6 ${text} (5)`,
  ]);
  assertEquals(await run.end(all), [0, ""]);
}, new Facts(3));

scene("ctl events --json writes the documents of the daemon, and nothing behind them", async (all) => {
  all.facts.others(6);
  all.facts.started("web");
  const run = new Run(all.path, "--json", "--since", "2");
  const documents = (await run.printed(3)).map((line) => JSON.parse(line));
  assertEquals(documents.map(({ kind, first, seq }) => [kind, first ?? seq]), [
    ["gap", 6],
    ["unknown-service", 6],
    ["started", 7],
  ]);
  assertEquals(documents[2], {
    at: AT,
    level: "info",
    seq: 7,
    time: 5,
    service: "web",
    id: 0,
    kind: "started",
    reason: "NORMAL",
    startFailed: false,
    viaDependency: false,
    text: "service web started.",
  });
  assertEquals(await run.end(all), [0, ""]);
  assertEquals(run.lines.length, 3);
}, new Facts(2));

scene("ctl events of some services has their facts alone", async (all) => {
  const { facts } = all;
  const run = new Run(all.path, "web", "db", "web");
  await until(() => facts.followers === 1, "the subscription");
  facts.started("mail");
  facts.started("db");
  facts.started("web");
  assertEquals(await run.printed(2), [`${AT} 2 db: started`, `${AT} 3 web: started`]);
  assertEquals(await run.end(all), [0, ""]);
});

scene("ctl events ends when nobody reads what it writes", async ({ facts, path }) => {
  facts.others(3);
  const io = new FakeIo();
  let writes = 0;
  io.out = () => ++writes < 2 ? undefined : false;
  assertEquals(await soon(runCtl(["-p", path, "events", "--since=0"], io), "the end of the tool"), 0);
  assertEquals([writes, io.errors], [2, ""]);
  await until(() => facts.followers === 0, "the end of the connection");
});

scene("ctl events of a service that is not there", async ({ manager, path }) => {
  manager.script.load = () => {
    throw new LoadError("not-found", "why", { service: "wbe" });
  };
  const { status, out, err } = await ctlAlone(["-p", path, "events", "wbe"]);
  assertEquals([status, out], [1, ""]);
  assertMatch(err, /^dinitctl: failed to find service description\.\n/);
  const document = JSON.parse((await ctlAlone(["-p", path, "events", "--json", "wbe"])).out);
  assertEquals([document.command, document.ok], ["events", false]);
});

Deno.test("ctl events with a daemon that numbers no facts tells of changes, as they come", async () => {
  for (const topics of [{}, { any: 1 }]) { // dinit, and this daemon before it had subscriptions
    await using daemon = new StandIn({
      services: { web: status() },
      topics,
      on: {
        [Request.LOADSERVICE]: [
          { type: Reply.SERVICERECORD, state: 0, handle: 0, target: 0 },
          ...event(0, 0, { state: 2, target: 2, pid: 42 }),
          ...event(0, 1, { reason: 6, exit: { code: 2, status: 9 } }),
          "close",
        ],
      },
    });
    const args = ["-p", daemon.path, "events", "--since=7", "web"];
    assertEquals(
      await ctlAlone(args, { now: Date.parse(AT) }),
      success(
        "(events before number 9 are missing)\n" +
          `${AT} 9 web: started (process 42)\n` +
          `${AT} 10 web: stopped (process ended by signal 9)\n`,
      ),
    );
    const { out } = await ctlAlone([...args, "--json"]);
    assertEquals(out.split("\n").slice(0, 2), [
      '{"kind":"gap","first":9}',
      '{"seq":9,"service":"web","kind":"started","reason":"normal","pid":42}',
    ]);
    assertEquals(daemon.received(Request.SUBSCRIBE), []);
  }
});

Deno.test("a bad --since names what is wanted", async () => {
  await using daemon = new StandIn();
  for (const value of ["x", "-1", "1.5", ""]) {
    const { status, err } = await ctl(daemon, "events", `--since=${value}`);
    assertEquals([status, err.split("\n")[0]], [
      1,
      "dinitctl: --since should be followed by the number of an event",
    ]);
  }
  assertEquals((await ctl(daemon, "list", "--since=1")).status, 1);
});
