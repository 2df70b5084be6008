import { assert, assertEquals } from "@std/assert";
import type { Overview, ServiceOverview, ServiceStatus } from "../../src/model/mod.ts";
import { durationText } from "../../src/cli/shared/duration_text.ts";
import { renderOverview } from "../../src/cli/ctl/overview_text.ts";
import { Request } from "../../src/control/wire/protocol.ts";
import { ctl, ctlAlone, failure, StandIn, status, success } from "./_stand_in.ts";

const NOW = 1_700_000_000_000;

/** A service that has been in its state for some seconds. */
function service(name: string, seconds: number, facts: Partial<ServiceOverview>): ServiceOverview {
  const since = NOW - seconds * 1000;
  return { ...status() as ServiceStatus, name, type: 1, since, waitingFor: [], restarts: 0, ...facts };
}

const FACTS: Overview = {
  daemon: {
    version: "0.1.0",
    compatibleWith: "0.22.1",
    pid: 1,
    uptime: 273_600_000,
    socket: "/run/dinitctl",
    shuttingDown: false,
  },
  services: [
    service("boot", 1, { state: 1, target: 2, explicit: true, waitingFor: ["web", "worker"] }),
    service("store", 192, { state: 2, target: 2, pid: 4312, restarts: 2 }),
    service("web", 12, { state: 1, target: 2, pid: 4400, waitingFor: ["console"] }),
    service("flaky", 3600, { reason: 6, exit: { code: 1, status: 3 }, restarts: 1 }),
    service("broken", 0.4, { reason: 4, launchStage: 18, launchErrno: 2 }),
    service("old", 90_000, { reason: 6, exit: { code: 1, status: 0 } }),
    service("never", 59, {}),
    service("getty@tty1", 60, { state: 3, target: 2, pid: 99, holdingConsole: true }),
    service("prompt", 60, { state: 2, target: 0, skipped: true, waitingForConsole: true }),
  ],
};

const PLAIN = `dinit 0.1.0  pid 1  up 3d 4h  socket /run/dinitctl  compatible with dinit 0.22.1
9 services  2 started  2 starting  1 stopping  2 failed  2 stopped

STATE     SERVICE      PID   SINCE
starting  boot           -      1s  waits for web, worker
started   store       4312  3m 12s  restarted 2 times
starting  web         4400     12s  waits for console
failed    flaky          -   1h 0m  terminated; exited - status 3, restarted once
failed    broken         -      0s  could not be launched: executing command: No such file or directory
stopped   old            -   1d 1h  terminated
stopped   never          -     59s
stopping  getty@tty1    99   1m 0s  has console, will start again
started   prompt         -   1m 0s  startup skipped, waits for console, will stop
`;

Deno.test("the overview says how the keeper of logs is", () => {
  const style = { now: NOW };
  const said = (keeper: Partial<Overview["daemon"]>) =>
    /keeper of logs.*/.exec(renderOverview({ ...FACTS, daemon: { pid: 1, ...keeper } }, style))?.[0];
  assertEquals(said({}), undefined);
  assertEquals(said({ logKeeper: 7 }), "keeper of logs pid 7"); // an earlier release tells no more
  assertEquals(said({ logKeeper: 7, logKeeperState: "works" }), "keeper of logs pid 7");
  assertEquals(
    said({ logKeeper: 7, logKeeperState: "works", silentLogKeepers: 2 }),
    "keeper of logs pid 7, 2 before did not answer",
  );
  assertEquals(said({ logKeeper: 7, logKeeperState: "silent" }), "keeper of logs pid 7 does not answer");
  assertEquals(said({ logKeeperState: "missing" }), "keeper of logs does not run");
  assertEquals(said({ logKeeperState: "works" }), undefined); // the first one is being started
});

Deno.test("the overview in a pipe is plain text in columns", () => {
  assertEquals(renderOverview(FACTS, { now: NOW }), PLAIN);
});

Deno.test("the overview on a terminal has symbols and colours and fits the width", () => {
  const facts = { ...FACTS, services: FACTS.services.slice(0, 5) };
  const g = "\x1b[32m", y = "\x1b[33m", r = "\x1b[31m", f = "\x1b[2m", b = "\x1b[1m", n = "\x1b[0m";
  assertEquals(
    renderOverview(facts, { now: NOW, columns: 72, symbols: true, colour: true }),
    `${b}dinit 0.1.0${n}  pid 1  up 3d 4h  socket /run/dinitctl  ${f}compatible with din…${n}
5 services  ${g}1 started${n}  ${y}2 starting${n}  ${r}2 failed${n}

   ${f}STATE${n}     ${f}SERVICE${n}   ${f}PID${n}   ${f}SINCE${n}
${y}◐${n}  ${y}starting${n}  boot        -      1s  ${f}waits for web, worker${n}
${g}●${n}  ${g}started${n}   store    4312  3m 12s  ${f}restarted 2 times${n}
${y}◐${n}  ${y}starting${n}  web      4400     12s  ${f}waits for console${n}
${r}×${n}  ${r}failed${n}    flaky       -   1h 0m  ${r}terminated; exited - status 3, rest…${n}
${r}×${n}  ${r}failed${n}    broken      -      0s  ${r}could not be launched: executing co…${n}
`,
  );
});

Deno.test("no line of the overview is wider than the terminal", () => {
  for (let columns = 1; columns <= 120; columns++) {
    const text = renderOverview(FACTS, { now: NOW, columns, symbols: true });
    for (const line of text.split("\n")) assert([...line].length <= columns, `${columns}: ${line}`);
  }
});

Deno.test("the overview works with the facts of an older daemon", () => {
  const services = [{ ...status({ state: 2, target: 2, pid: 7 }), name: "web" }, { ...status(), name: "db" }];
  assertEquals(
    renderOverview({ daemon: { socket: "/s" }, services }, { now: NOW }),
    "dinit  socket /s\n2 services  1 started  1 stopped\n\nSTATE    SERVICE  PID\n" +
      "started  web        7\nstopped  db         -\n",
  );
});

Deno.test("the overview of a daemon without services", () => {
  const daemon = { ...FACTS.daemon, shuttingDown: true };
  assertEquals(
    renderOverview({ daemon, services: [] }, { now: NOW }),
    "dinit 0.1.0  pid 1  up 3d 4h  socket /run/dinitctl  shutting down  compatible with dinit 0.22.1\n0 services\n",
  );
});

Deno.test("names cannot send control sequences to the terminal", () => {
  const daemon = { version: "1\x1b[2J" };
  const services = [service("a\x1b]0;x\x07\n\x9b\udcff", 0, { state: 1, waitingFor: ["b\x1b"] })];
  const text = renderOverview({ daemon, services }, { now: NOW });
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]/u.test(text), false, text);
  assert(text.includes("a?]0;x????  "), text);
});

Deno.test("durations are shown in their two largest units", () => {
  const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  const lengths: readonly (readonly [number, string])[] = [
    [-5, "0s"],
    [0, "0s"],
    [999, "0s"],
    [7 * second, "7s"],
    [59_999, "59s"],
    [minute, "1m 0s"],
    [3 * minute + 12 * second, "3m 12s"],
    [hour - 1, "59m 59s"],
    [hour, "1h 0m"],
    [day - 1, "23h 59m"],
    [3 * day + 4 * hour, "3d 4h"],
    [400 * day, "400d 0h"],
  ];
  for (const [length, text] of lengths) assertEquals(durationText(length), text);
});

Deno.test("ctl status without a service shows the daemon's overview", async () => {
  await using daemon = new StandIn({ overview: FACTS });
  assertEquals(await ctlAlone(["-p", daemon.path, "status"], { now: NOW }), success(PLAIN));
  // In one round trip: the query is part of the lookup that asks for extensions.
  assertEquals(daemon.received(Request.FINDSERVICE).map(({ name }) => name), [
    "\x01dinit-extensions\x01overview",
  ]);
  assertEquals(daemon.received(Request.QUERY).length, 0);
  assertEquals(daemon.received(Request.LISTSERVICES5).length, 0);
});

Deno.test("ctl status without a service falls back to the list of a daemon without extensions", async () => {
  for (const version of [1, 5, 6]) {
    await using daemon = new StandIn({ version, services: { web: status({ state: 2, target: 2, pid: 7 }) } });
    const text =
      `dinit  socket ${daemon.path}\n1 service  1 started\n\nSTATE    SERVICE  PID\nstarted  web        7\n`;
    assertEquals(await ctl(daemon, "status"), success(text));
    assertEquals(daemon.received(Request.QUERY).length, 0);
  }
});

Deno.test("ctl status in a terminal respects NO_COLOR and TERM=dumb", async () => {
  await using daemon = new StandIn({ overview: FACTS });
  const render = async (env: Record<string, string>) => {
    const { out } = await ctlAlone(["-p", daemon.path, "status"], { now: NOW, columns: 80, env });
    return { colour: out.includes("\x1b["), symbols: out.includes("●"), wide: out.includes("…") };
  };
  assertEquals(await render({}), { colour: true, symbols: true, wide: true });
  assertEquals(await render({ NO_COLOR: "" }), { colour: true, symbols: true, wide: true });
  assertEquals(await render({ NO_COLOR: "1" }), { colour: false, symbols: true, wide: true });
  assertEquals(await render({ TERM: "dumb" }), { colour: false, symbols: false, wide: true });
});

Deno.test("ctl status without a service refuses a document that is no overview", async () => {
  for (
    const overview of [null, 3, {}, { daemon: null, services: [] }, { daemon: {}, services: {} }, {
      daemon: {},
      services: [{}],
    }]
  ) {
    await using daemon = new StandIn({ overview });
    assertEquals(await ctl(daemon, "status"), failure("dinitctl: protocol error\n"));
  }
});
