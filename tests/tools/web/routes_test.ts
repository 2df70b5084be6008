/** What programs get and can do. */

import { assert, assertEquals } from "@std/assert";
import { DEFAULT_STATUS, service } from "./_services.ts";
import { scene, type WebScene } from "./_web.ts";
import { ROUTES } from "../../../src/tools/web/routes.ts";
import { LoadError, StopReason } from "../../../src/model/mod.ts";

scene("services are told in words, with their failure, health and cause", async ({ manager, get }) => {
  manager.overview = [
    service("web", { state: 2, target: 2, pid: 77, restarts: 2 }),
    service("db", {
      reason: StopReason.TERMINATED,
      exit: { code: 1, status: 3 },
      cause: "restart-limit",
      failure: { time: 1000, output: ["oh"], limit: { restarts: 3, interval: 10_000 } },
    }),
  ];
  const { daemon, services } = await get("/api/v1/services") as {
    daemon: { pid: number };
    services: Record<string, unknown>[];
  };
  assertEquals(daemon.pid, 42);
  const [web, db] = services;
  assertEquals([web.name, web.state, web.target, web.pid, web.restarts, web.type], [
    "web",
    "started",
    "started",
    77,
    2,
    "process",
  ]);
  assertEquals([db.failed, db.reason, db.cause, db.exit], [true, "terminated", "restart-limit", {
    how: "exited",
    status: 3,
  }]);
  assertEquals(db.why, "it reached its restart limit, given up after 3 restarts in 10 s");
  assertEquals(await get("/api/v1/services/db"), db);
});

scene("a scheduled service is told with its schedule and its next run", async ({ manager, get }) => {
  const timer = { name: "backup", armed: true, schedule: "0 3 * * *", next: 1_000 };
  manager.overview = [service("backup", { timer }), service("unplanned", {})];
  const { services } = await get("/api/v1/services") as { services: Record<string, unknown>[] };
  assertEquals(services.map(({ schedule, nextRun }) => [schedule, nextRun]), [
    ["0 3 * * *", "1970-01-01T00:00:01.000Z"],
    [undefined, undefined],
  ]);
});

scene("the figures of services come with them, or alone", async ({ manager, get }) => {
  manager.overview = [service("web", { pid: 77 }), service("db", {})];
  const figures = { cpuSeconds: 2.5, memory: 6_000_000, processes: 2 };
  assertEquals(await get("/api/v1/figures"), { services: { web: figures } });
  assertEquals((await get("/api/v1/services/web?figures=1")).figures, figures);
  assertEquals((await get("/api/v1/services/web?figures=0")).figures, undefined);
  assertEquals((await get("/api/v1/services/db?figures=1")).figures, undefined);
});

scene("a name that is not UTF-8 can be asked for", async ({ manager, get }) => {
  manager.overview = [service("a\udcffb c/d?", {}), service("ü", {})];
  assertEquals((await get("/api/v1/services/a%FFb%20c%2Fd%3F")).name, "a\udcffb c/d?");
  assertEquals((await get("/api/v1/services/%C3%BC")).name, "ü");
});

/** Gives a command; the status, the code and the message of the answer. */
async function command({ ask }: WebScene, path: string): Promise<unknown[]> {
  const response = await ask(`/api/v1/services/${path}`, { method: "POST" });
  const { error, name } = await response.json();
  return response.ok ? [response.status, name] : [response.status, error.code, error.message];
}

scene("commands reach the daemon, with their options", async (all) => {
  const { manager } = all;
  manager.add("web", DEFAULT_STATUS);
  manager.overview = [service("web", {})];
  for (
    const path of ["web/start", "web/stop?force=1", "web/restart?pin=1", "web/stop?force=0", "web/trigger"]
  ) {
    assertEquals(await command(all, path), [200, "web"], path);
  }
  assertEquals(
    manager.calls.filter((call) => !/^(load|find|bufferedLog)/.test(call)).map((call) => call.split(" ")[0]),
    [
      "start",
      "stop",
      "restart",
      "stop",
      "trigger",
    ],
  );
});

scene("a refusal has a code, and the text of dinitctl", async (all) => {
  const { manager } = all;
  const [web, db] = ["web", "db"].map((name) => manager.add(name, DEFAULT_STATUS));
  manager.script = {
    start: () => "shutting-down",
    stop: () => ({ dependents: [web] }),
    restart: () => "not-started",
    trigger: () => false,
    load(name: string) {
      if (name === "none") {
        throw new LoadError("not-found", "could not find service description.", { service: name });
      }
      if (name === "bad") throw new LoadError("description", "there is a mistake", { service: name });
      return db;
    },
  } as typeof manager.script;
  assertEquals(await command(all, "db/start"), [
    409,
    "shutting-down",
    "cannot start/restart/wake service, shutdown is in progress.",
  ]);
  assertEquals(await command(all, "db/stop"), [
    409,
    "dependents",
    "cannot stop service 'db' due to the following dependents: web",
  ]);
  assertEquals(await command(all, "db/restart"), [
    409,
    "not-started",
    "cannot restart service; service not started.",
  ]);
  assertEquals(await command(all, "db/trigger"), [
    409,
    "not-triggered",
    "cannot trigger a service that is not of 'triggered' type.",
  ]);
  assertEquals((await command(all, "none/start")).slice(0, 2), [404, "not-found"]);
  assertEquals((await command(all, "bad/start")).slice(0, 2), [409, "bad-description"]);
  assertEquals((await command(all, ".../start")).slice(0, 2), [400, "bad-name"]);
});

scene("what is not loaded, never started or no number is an error with a code", async ({ ask, manager }) => {
  manager.overview = [service("web", {})];
  for (
    const [path, wanted] of [
      ["/api/v1/services/none", "404 not-loaded"],
      ["/api/v1/logs?service=none", "404 not-loaded"],
      ["/api/v1/logs?n=-1", "400 bad-parameter"],
      ["/api/v1/logs?n=many", "400 bad-parameter"],
      ["/api/v1/times?service=none", "404 never-started"],
      ["/api/v1/chart.svg", "404 never-started"],
      ["/api/v1/health", "501 not-supported"],
    ]
  ) {
    const response = await ask(path);
    assertEquals(`${response.status} ${(await response.json()).error.code}`, wanted, path);
  }
});

scene("the last lines of a log file come from its end", async ({ manager, get }) => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-web-" });
  try {
    const logFile = `${directory}/log`;
    Deno.writeTextFileSync(logFile, Array.from({ length: 3000 }, (_, index) => `line ${index}\n`).join(""));
    manager.overview = [service("web", { logFile }), service("gone", { logFile: `${directory}/none` })];
    assertEquals(await get("/api/v1/logs?service=web&n=2"), {
      logs: [{ service: "web", file: logFile, lines: ["line 2998", "line 2999"] }],
    });
    const { logs } = await get("/api/v1/logs?n=1") as { logs: { lines: string[]; problem?: string }[] };
    assertEquals(logs.map(({ lines }) => lines), [["line 2999"], []]);
    assert(logs[1].problem?.includes("No such file"), logs[1].problem);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

scene("the times of a start come with what decided it, and as a drawing", async ({ manager, ask, get }) => {
  const steps = { launched: undefined, stopAsked: undefined, ended: undefined, decidedBy: undefined };
  manager.activations = [
    { ...steps, name: "boot", asked: 0, unblocked: 30, decidedBy: "db", ready: 30 },
    { ...steps, name: "db", asked: 0, unblocked: 0, launched: 10, ready: 30 },
  ];
  const { start } = await get("/api/v1/times") as { start: { total: number; chain: { service: string }[] } };
  assertEquals([start.total, start.chain.map(({ service }) => service)], [30, ["db", "boot"]]);
  const drawing = await ask("/api/v1/chart.svg");
  assertEquals(drawing.headers.get("content-type"), "image/svg+xml; charset=utf-8");
  assert((await drawing.text()).includes("<title>db: started in 30 ms; it decides"));
});

scene("/healthz names what is starting and what is unhealthy", async ({ manager, ask }) => {
  const health = { name: "db", checked: true, failures: 3, limit: 3, count: 3 } as const;
  manager.overview = [
    service("web", { state: 1, target: 2 }),
    service("db", { state: 2, target: 2, health: { ...health, verdict: "unhealthy", running: "up" } }),
    service("button", { state: 1, target: 2, waitingFor: ["trigger"] }),
    service("idle", {}),
  ];
  const bad = await ask("/healthz");
  assertEquals([bad.status, await bad.json()], [503, {
    ok: false,
    starting: ["web"],
    unhealthy: ["db"],
    failed: [],
  }]);
  manager.overview = [
    service("web", { state: 2, target: 2 }),
    service("aside", { reason: StopReason.FAILED }),
  ];
  const good = await ask("/healthz");
  assertEquals([good.status, (await good.json()).failed], [200, ["aside"]]);
  manager.overview = [service("boot", { reason: StopReason.DEPFAILED })];
  assertEquals((await ask("/healthz")).status, 503);
});

scene("openapi.json describes every path with its parameters", async ({ get }) => {
  const { paths } = await get("/api/v1/openapi.json") as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assertEquals(described.sort(), ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId)
  );
  assertEquals(new Set(ids).size, ROUTES.length);
});

scene("requests at the same time share the questions to the daemon", async ({ manager, get }) => {
  manager.overview = [service("web", {})];
  const answers = await Promise.all(Array.from({ length: 50 }, () => get("/api/v1/services")));
  assertEquals(answers.map(({ services }) => (services as unknown[]).length), Array(50).fill(1));
});
