/** The library's facts about services. */

import { assertEquals, assertRejects } from "@std/assert";
import { connect, ControlError } from "../../src/client/library.ts";
import { serviceInfo } from "../../src/client/service_info.ts";
import { ServiceType, StopReason } from "../../src/model/mod.ts";
import { StandIn, status } from "../cli/_stand_in.ts";
import { OVERVIEW } from "../control/_overview.ts";

const STOPPED = status({ state: 0, target: 0 });

Deno.test("facts that the daemon does not provide are absent", () => {
  assertEquals(serviceInfo({ ...STOPPED, name: "web" }), {
    name: "web",
    state: "stopped",
    target: "stopped",
    explicit: false,
    skipped: false,
    failed: false,
    reason: "normal",
  });
});

Deno.test("facts of the daemon are in words", () => {
  const exit = { code: 2, status: 9 };
  const info = serviceInfo({
    ...STOPPED,
    name: "web",
    type: ServiceType.BGPROCESS,
    reason: StopReason.TERMINATED,
    exit,
    since: 1000,
    waitingFor: ["db"],
    restarts: 2,
    failure: { time: 2000, output: ["oh"] },
  });
  assertEquals([info.type, info.reason, info.failed], ["bgprocess", "terminated", true]);
  assertEquals(info.exit, { how: "signalled", status: 9 });
  assertEquals([info.since, info.failure?.time], [new Date(1000), new Date(2000)]);
  assertEquals([info.waitingFor, info.restarts], [["db"], 2]);
});

Deno.test("all services come from the overview, or from the list if the daemon has no overview", async () => {
  const service = { ...status({ state: 2, target: 2 }), name: "web", since: 5 };
  for (const overview of [{ daemon: {}, services: [service] }, undefined, { services: [{ name: 3 }] }]) {
    await using daemon = new StandIn({ services: { web: status({ state: 2, target: 2 }) }, overview });
    using client = await connect({ socketPath: daemon.path });
    const [{ name, state, since }, ...others] = await client.services();
    assertEquals([name, state, others], ["web", "started", []]);
    assertEquals(since, overview?.services[0].name === "web" ? new Date(5) : undefined);
  }
});

Deno.test("an overview has what the daemon tells of itself, which dinit does not", async () => {
  const { daemon } = OVERVIEW;
  for (const overview of [{ daemon, services: [] }, { daemon: { version: 3 }, services: [] }, undefined]) {
    await using standIn = new StandIn({ overview });
    using client = await connect({ socketPath: standIn.path });
    const expected = overview?.daemon === daemon ? { daemon, services: [] } : { services: [] };
    assertEquals(await client.overview(), expected);
  }
});

Deno.test("a failed connection gives the reason in fields", async () => {
  const absent = await assertRejects(() => connect({ socketPath: "/nonexistent" }), ControlError);
  assertEquals([absent.kind, absent.errno, absent.path], ["connect", 2, "/nonexistent"]);
  await using daemon = new StandIn({ minimum: 99 });
  assertEquals(
    (await assertRejects(() => connect({ socketPath: daemon.path }), ControlError)).kind,
    "too-old-client",
  );
  const enough = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => connect({ socketPath: daemon.path, signal: enough }), Error, "enough");
});
