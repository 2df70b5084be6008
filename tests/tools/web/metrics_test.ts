/** Metrics for Prometheus. */

import { needing, programPath } from "../../_needs.ts";
import { outputOf } from "../../_processes.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Family, METRIC_FORMATS, metricsText } from "../../../src/tools/web/metric_families.ts";
import { StopReason } from "../../../src/model/mod.ts";
import { readOpenMetrics } from "./_openmetrics.ts";
import { service } from "./_services.ts";
import { scene, type WebScene } from "./_web.ts";

/** A daemon whose services show every family. */
async function prepare({ manager, facts, heard }: WebScene): Promise<void> {
  const health = { name: "web", checked: true, failures: 0, limit: 3, count: 3 } as const;
  manager.overview = [
    service('w"e\\b\n', {
      state: 2,
      target: 2,
      pid: 77,
      restarts: 3,
      health: { ...health, verdict: "healthy", running: "up" },
      exit: { code: 2, status: 9 },
      timer: {
        name: "web",
        armed: true,
        schedule: "every 900 s",
        next: 9000,
        last: { at: 5000, took: 500, cause: "schedule", result: "failed" },
        lastSuccess: 4500,
      },
    }),
    service("db\udcff", { reason: StopReason.FAILED, exit: { code: 1, status: 3 } }),
  ];
  const steps = { launched: undefined, stopAsked: undefined, ended: undefined, decidedBy: undefined };
  manager.activations = [{ ...steps, name: "db\udcff", asked: 0, unblocked: 500, ready: 2000 }];
  facts.started("web");
  facts.started("db");
  facts.failed("db");
  await heard(3);
}

scene("the metrics are OpenMetrics, and tell everything about each service", async (all) => {
  await prepare(all);
  const response = await all.ask("/metrics");
  assertEquals(response.headers.get("content-type"), METRIC_FORMATS.openmetrics);
  const families = readOpenMetrics(await response.text());
  const web = 'service="w\\"e\\\\b\\n"', db = 'service="db\\\\xff"';
  const value = (family: string, labels = "") => families.get(family)?.samples.get(labels);
  assertEquals(value("dinit_up"), 1);
  assertEquals(value("dinit_daemon", 'version="0.1.0",compatible_with="0.22.1"'), 1);
  assertEquals(value("dinit_daemon_uptime_seconds"), 1);
  const states = ["stopped", "starting", "started", "stopping", "failed"];
  assertEquals(states.map((state) => value("dinit_service_state", `${web},state="${state}"`)), [
    0,
    0,
    1,
    0,
    0,
  ]);
  assertEquals(states.map((state) => value("dinit_service_state", `${db},state="${state}"`)), [
    1,
    0,
    0,
    0,
    1,
  ]);
  assertEquals([value("dinit_service_wanted", web), value("dinit_service_wanted", db)], [1, 0]);
  assertEquals(value("dinit_service_restarts", web), 3);
  assertEquals(value("dinit_service_start_seconds", db), 1.5);
  assertEquals([value("dinit_service_healthy", web), value("dinit_service_healthy", db)], [1, undefined]);
  assertEquals(value("dinit_service_last_exit_signal", web), 9);
  assertEquals(value("dinit_service_last_exit_status", db), 3);
  assertEquals(value("dinit_events", 'kind="started"'), 2);
  assertEquals(value("dinit_service_memory_bytes", web), 6_000_000);
  assertEquals(value("dinit_service_cpu_seconds", web), 2.5);
  assertEquals(value("dinit_service_processes", web), 2);
  const ofSchedule = (what: string) => value(`dinit_schedule_${what}_timestamp_seconds`, web);
  assertEquals(["last_success", "last_run", "next_run"].map(ofSchedule), [4.5, 5.5, 9]);
  assertEquals(value("dinit_schedule_last_success_timestamp_seconds", db), undefined);
  for (const [name, { help, samples }] of families) {
    assert(/\.$/.test(help), name);
    assert(![...samples.keys()].some((labels) => labels.includes("pid")), name);
  }
});

scene("a client that only accepts plain text gets the older format", async (all) => {
  await prepare(all);
  const response = await all.ask("/metrics", {
    headers: { accept: "text/plain;version=0.0.4;q=0.5,*/*;q=0.1" },
  });
  assertEquals(response.headers.get("content-type"), METRIC_FORMATS.prometheus);
  const text = await response.text();
  assert(text.includes("# TYPE dinit_service_restarts_total counter\n"));
  assert(text.includes("# TYPE dinit_daemon_info gauge\n"));
  assert(!text.includes("# EOF") && !text.includes("# UNIT"));
  const both = { accept: "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3" };
  assertEquals(
    (await all.ask("/metrics", { headers: both })).headers.get("content-type"),
    METRIC_FORMATS.openmetrics,
  );
});

Deno.test("the reader of these tests refuses what is no OpenMetrics", () => {
  for (
    const text of [
      "a 1\n# EOF\n",
      "# TYPE a gauge\na 1\n",
      "# TYPE a counter\na 1\n# EOF\n",
      "# TYPE a gauge\na 1\na 2\n# EOF\n",
      '# TYPE a gauge\na{b="\n"} 1\n# EOF\n',
      "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na 2\n# EOF\n",
      "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
    ]
  ) assertThrows(() => readOpenMetrics(text), Error, "", text);
});

Deno.test("any name of a service is a label that can be read again", () => {
  const names = ["", "a b", '"', "\\", "\n", "ü€😀", "\udcff", "\ud800", "a\\n", "{}=,"];
  const samples = names.map((name) => ({ labels: { service: name }, value: 1e21 }));
  const family: Family = { name: "a", type: "gauge", help: "Help.", samples };
  assertEquals(readOpenMetrics(metricsText([family], "openmetrics")).get("a")?.samples.size, names.length);
});

const PROMTOOL = programPath("promtool");
const condition = needing(
  "promtool finds nothing wrong with the metrics",
  "promtool",
  PROMTOOL !== undefined,
);

if (PROMTOOL === undefined) Deno.test({ ...condition, fn() {} });
else {
  scene(condition.name, async (all) => {
    await prepare(all);
    const file = Deno.makeTempFileSync({ prefix: "dinit-metrics-" });
    try {
      const response = await all.ask("/metrics", { headers: { accept: "text/plain" } });
      Deno.writeTextFileSync(file, await response.text());
      const args = ["-c", 'exec "$0" check metrics <"$1" 2>&1', PROMTOOL, file];
      const { code, stdout } = await outputOf("/bin/sh", { args });
      assertEquals([new TextDecoder().decode(stdout), code], ["", 0]);
    } finally {
      Deno.removeSync(file);
    }
  });
}
