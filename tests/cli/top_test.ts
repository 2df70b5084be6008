/** `dinitctl top` and `--figures`: the state of the live screen, and the figures of real processes. */

import { assert, assertEquals } from "@std/assert";
import { keysOf } from "../../src/cli/ctl/top/keys.ts";
import { TopView } from "../../src/cli/ctl/top/view.ts";
import type { ProcessSample } from "../../src/insight/mod.ts";
import { ctl, failure, StandIn, status } from "./_stand_in.ts";

const SCREEN = { columns: 100, rows: 14 };

const sample = (pid: number, parent: number, program: string): ProcessSample => ({
  pid,
  parent,
  program,
  session: pid,
  startTicks: pid,
  cpuSeconds: 0,
  memory: 1024,
});

/** A screen with three services. */
function view(): TopView {
  const up = { state: 2, target: 2 } as const;
  return new TopView({
    services: [
      { ...status({ ...up, pid: 20 }), name: "db", since: 0 },
      { ...status({ ...up, pid: 30 }), name: "web", since: 0 },
      { ...status({ reason: 3 }), name: "down" },
    ],
    figures: {
      seen: 9,
      services: new Map([
        ["db", { cpuSeconds: 1, cpu: 0.5, memory: 1024 ** 2, processes: 9 }],
        ["web", { cpuSeconds: 1, cpu: 1.25, memory: 1024, processes: 2 }],
      ]),
      members: new Map([["web", [sample(30, 10, "sh"), sample(31, 30, "sleep")]]]),
    },
    uptime: 60_000,
  });
}

/** The names of the services from top to bottom. */
function order(view: TopView): string[] {
  return view.lines(SCREEN, 1000).slice(3).map((line) => line.split(" ")[0]).filter((name) =>
    ["db", "web", "down"].includes(name)
  );
}

const lines = (view: TopView) => view.lines(SCREEN, 1000).join("\n");

Deno.test("top sorts by processor time, memory or processes", () => {
  const shown = view();
  assertEquals(order(shown), ["web", "db", "down"]);
  shown.press("m");
  assertEquals(order(shown), ["db", "web", "down"]);
  shown.press("c");
  assertEquals(order(shown), ["web", "db", "down"]);
  shown.press("i");
  assertEquals(order(shown), ["db", "web", "down"]);
  assert(/web +125\.0% +1\.0K +2 +30 +1s +started/.test(lines(shown)), lines(shown));
});

Deno.test("top stops and restarts the chosen service, after a question", () => {
  const shown = view();
  assertEquals(shown.press("s"), undefined);
  assert(lines(shown).includes("stop web? (y/n)"));
  assertEquals(shown.press("n"), undefined);
  shown.press("down");
  shown.press("r");
  assertEquals(shown.press("y"), { kind: "restart", service: "db" });
  assertEquals(shown.press("y"), undefined);
  assertEquals(shown.press("l"), { kind: "logs", service: "db" });
  assertEquals(shown.press("q"), { kind: "quit" });
});

Deno.test("on 80 columns top shows all keys, and the question about a service with a long name", () => {
  const name = "n".repeat(200);
  const shown = new TopView({
    services: [{ ...status(), name }],
    figures: { seen: 1, services: new Map(), members: new Map() },
  });
  const last = () => shown.lines({ columns: 80, rows: 24 }, 0).at(-1) ?? "";
  assertEquals(last(), "s stop  r restart  l logs  t tree  / filter  c CPU  m memory  i procs  q quit");
  shown.press("r");
  assertEquals(last(), `restart ${"n".repeat(64)}…? (y/n)`);
});

Deno.test("top uses a wide terminal for long names, and for what is unusual about a service", () => {
  const health = {
    checked: true,
    failures: 3,
    limit: 3,
    count: 3,
    running: "up",
    verdict: "unhealthy",
  } as const;
  const up = { ...status({ state: 2, target: 2 }), since: 0 };
  const long = "a-long-name-of-a-service-that-somebody-has-generated";
  const services = [
    { ...up, name: long },
    { ...up, name: "ill", health: { ...health, name: "ill", last: "HTTP status 503" } },
    { ...status({ state: 1, target: 2 }), name: "delayed", retryAt: 8000 },
    { ...up, name: "daily", timer: { name: "daily", armed: true, schedule: "0 3 * * *", next: 61_000 } },
    { ...status({ state: 1, target: 2 }), name: "waiting", waitingFor: ["delayed"] },
  ];
  const shown = new TopView({ services, figures: { seen: 1, services: new Map(), members: new Map() } });
  const linesAt = (columns: number) => shown.lines({ columns, rows: 24 }, 1000);
  const wide = linesAt(200).join("\n");
  for (
    const text of [
      `${long} `,
      "started   unhealthy: HTTP status 503\n",
      "starting  starts again in 7s\n",
      "started   next run in 1m 0s\n",
      "starting  waits for delayed\n",
    ]
  ) assert(wide.includes(text), wide);
  assert(linesAt(80).some((line) => line.endsWith("  starting")), "a detail of one column is none");
  for (const columns of [40, 80, 120, 200]) {
    for (const line of linesAt(columns)) assert(line.length <= columns, line);
  }
});

Deno.test("the filter of top takes any key as text until enter or escape", () => {
  const shown = view();
  for (const key of ["/", "d", "q", "backspace"]) assertEquals(shown.press(key), undefined);
  assertEquals(order(shown), ["db", "down"]);
  shown.press("enter");
  assert(lines(shown).includes("filter d"));
  assertEquals(shown.press("l"), { kind: "logs", service: "db" });
  shown.press("/");
  shown.press("escape");
  assertEquals(order(shown), ["web", "db", "down"]);
  shown.press("/");
  assertEquals(shown.press("interrupt"), { kind: "quit" });
});

Deno.test("top shows the processes of services as trees", () => {
  const shown = view();
  shown.press("t");
  assert(lines(shown).includes("  30 sh 1.0K\n    31 sleep 1.0K\n"), lines(shown));
});

Deno.test("the screen of top always has as many lines as the terminal, and follows the chosen service", () => {
  const services = Array.from(
    { length: 50 },
    (_, index) => ({ ...status(), name: `s${String(index).padStart(2, "0")}` }),
  );
  const shown = new TopView({ services, figures: { seen: 1, services: new Map(), members: new Map() } });
  for (const rows of [6, 14, 80]) assertEquals(shown.lines({ columns: 40, rows }, 0).length, rows);
  for (let count = 0; count < 100; count++) shown.press("down");
  assert(lines(shown).includes("s49"));
  assertEquals(shown.press("l"), { kind: "logs", service: "s49" });
  for (let count = 0; count < 20; count++) shown.press("page-up");
  assert(lines(shown).includes("s00"));
  const empty = new TopView({ services: [], figures: { seen: 1, services: new Map(), members: new Map() } });
  for (const key of ["s", "y", "down", "l", "t"]) assertEquals(empty.press(key), undefined);
});

Deno.test("keys come alone, together and as sequences", () => {
  assertEquals(keysOf("s\x1b[A\x1bOB\x1b[5~\r\x7f\x03\x1b[15~ü\x1b"), [
    "s",
    "up",
    "down",
    "page-up",
    "enter",
    "backspace",
    "interrupt",
    "ü",
    "escape",
  ]);
});

/** A daemon whose service is the process that runs this test. */
function ownProcess(): StandIn {
  const own = status({ state: 2, target: 2, pid: Deno.pid });
  const facts = { type: 1, since: 0, waitingFor: [], restarts: 0 };
  return new StandIn({
    services: { own },
    overview: {
      daemon: { version: "0.1.0", pid: 1, uptime: 0, socket: "/s", shuttingDown: false },
      services: [{ ...own, ...facts, name: "own" }, { ...status(), ...facts, name: "idle" }],
    },
    topics: { "service 0": { ...own, ...facts, name: "own" } },
  });
}

Deno.test("status --figures and top --once show what the processes of a service cost", async () => {
  await using daemon = ownProcess();
  for (const words of [["status", "--figures"], ["top", "--once"], ["top", "--once", "o*", "i*"]]) {
    const { out, status } = await ctl(daemon, ...words);
    assertEquals(status, 0);
    assert(/ CPU +MEMORY +PROCS/.test(out), out);
    assert(new RegExp(`own +${Deno.pid} +\\S+( \\S+)? +\\d+\\.\\d% +\\d+(\\.\\d)?M +\\d+`).test(out), out);
    assert(/idle +- .* - +- +-/.test(out), out);
  }
  const one = await ctl(daemon, "status", "--figures", "own");
  assert(/^ {4}Figures: CPU \d+\.\d%, memory \d+(\.\d)?M, \d+ process/m.test(one.out), one.out);
  const { services } = JSON.parse((await ctl(daemon, "--json", "top")).out);
  assertEquals([services[0].name, services[0].figures.processes >= 1, services[1].figures], [
    "own",
    true,
    undefined,
  ]);
});

Deno.test("top without a terminal says what to use, and a pattern that fits nothing is an error", async () => {
  await using daemon = ownProcess();
  assertEquals(
    await ctl(daemon, "top"),
    failure("dinitctl: top needs a terminal; use top --once for the figures of this moment\n"),
  );
  assertEquals((await ctl(daemon, "top", "x*")).status, 1);
});
