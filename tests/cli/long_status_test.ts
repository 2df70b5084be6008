/** `ctl status` of single services, with the facts that the reference does not show. */

import { assertEquals } from "@std/assert";
import { Request } from "../../src/control/wire/protocol.ts";
import { ctl, ctlAlone, failure, StandIn, status, success } from "./_stand_in.ts";

const NOW = 1_700_000_000_000;
const web = status({ state: 2, target: 2, explicit: true, pid: 7 });
const overview = {
  ...web,
  name: "web",
  type: 1,
  since: NOW - 62_000,
  waitingFor: [],
  restarts: 2,
};
const text = Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`).join("") + "\x1b[31mcut";

const SHORT = `Service: web
    State: STARTED
    Activation: explicitly started
    Process ID: 7
`;
const MORE = `    Since: 2023-11-14 22:12:18 UTC (1m 2s ago)
    Restarts: 2
    Output:
        line 4
        line 5
        line 6
        line 7
        line 8
        line 9
        line 10
        line 11
        line 12
        ?[31mcut
`;

function daemonWith(topics: Record<string, unknown>): StandIn {
  return new StandIn({ services: { web }, topics });
}

Deno.test("ctl status in a pipe is exactly the text of the reference", async () => {
  await using daemon = daemonWith({
    "service 0": overview,
    "log 0": { generation: 0, start: 0, end: 1, text },
  });
  assertEquals(await ctl(daemon, "status", "web"), success(SHORT));
  assertEquals(daemon.received(Request.QUERY).length, 0);
});

Deno.test("ctl status --long adds since when, restarts and the last lines of output", async () => {
  await using daemon = daemonWith({
    "service 0": overview,
    "log 0": { generation: 0, start: 0, end: 1, text },
  });
  const args = ["-p", daemon.path, "status", "--long", "web"];
  assertEquals(await ctlAlone(args, { now: NOW }), success(SHORT + MORE));
});

Deno.test("ctl status in a terminal adds the same, in colour and cut to the width", async () => {
  await using daemon = daemonWith({ "service 0": { ...overview, waitingFor: ["ｄｂ", "log"] } });
  const { out } = await ctlAlone(["-p", daemon.path, "status", "web"], { now: NOW, columns: 23 });
  assertEquals(
    out,
    SHORT.replace("STARTED", "\x1b[32mSTARTED\x1b[0m") +
      "    Since: 2023-11-14 …\n    Waits for: ｄｂ, l…\n    Restarts: 2\n",
  );
});

Deno.test("ctl status --long shows what a daemon without extensions provides", async () => {
  await using daemon = new StandIn({ services: { web } });
  assertEquals(await ctl(daemon, "status", "--long", "web"), success(SHORT));
});

Deno.test("ctl status --long shows how the last process ended, unless the state shows it", async () => {
  const exit = { code: 1, status: 3 };
  for (
    const [facts, said] of [
      [{ state: 1, target: 2, exit }, true],
      [{ reason: 6, exit }, false],
      [{ exit }, true],
      [{ state: 2, target: 2, pid: 7, exit }, false],
    ] as const
  ) {
    const service = status(facts);
    await using daemon = new StandIn({
      services: { s: service },
      topics: { "service 0": { ...overview, ...service, name: "s" } },
    });
    const { out } = await ctl(daemon, "status", "--long", "s");
    assertEquals(out.includes("\n    Last exit: exited - status 3\n"), said, out);
  }
});

Deno.test("ctl status of several services shows one after the other", async () => {
  await using daemon = new StandIn({ services: { a: status(), b: status() } });
  assertEquals(await ctl(daemon, "status", "a", "x", "b"), {
    out: "Service: a\n    State: STOPPED\n\nService: b\n    State: STOPPED\n",
    err: "dinitctl: x: service not loaded.\n",
    status: 1,
  });
});

Deno.test("ctl status --long without names shows every service in full, and limits choose among them", async () => {
  await using daemon = new StandIn({ services: { web, worker: status(), db: web } });
  const shown = async (...words: string[]) => {
    const { out, err, status } = await ctl(daemon, "status", "--long", ...words);
    assertEquals([err, status], ["", 0]);
    return Array.from(out.matchAll(/^Service: (.*)\n {4}State: /gm), ([, name]) => name);
  };
  assertEquals(await shown(), ["web", "worker", "db"]);
  assertEquals(await shown("w*"), ["web", "worker"]);
  assertEquals(await shown("--state=started"), ["web", "db"]);
  assertEquals(await shown("--state=started", "w*"), ["web"]);
  assertEquals(await shown("w*", "db"), ["web", "worker", "db"]);
  assertEquals(await ctl(daemon, "status", "--long", "x*"), failure("dinitctl: service not loaded.\n"));
});
