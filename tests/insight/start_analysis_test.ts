/** Why a start took so long, from what the daemon records. */

import { assert, assertEquals } from "@std/assert";
import {
  analyseStart,
  chartRows,
  type PhaseStep,
  phaseStep,
  startChart,
  usualTarget,
} from "../../src/insight/mod.ts";
import type { ServiceTimes } from "../../src/model/mod.ts";

/** The times of a service; what is left out was not reached. */
function times(name: string, facts: Partial<ServiceTimes>): ServiceTimes {
  return {
    name,
    asked: 0,
    unblocked: undefined,
    decidedBy: undefined,
    launched: undefined,
    ready: undefined,
    stopAsked: undefined,
    ended: undefined,
    ...facts,
  };
}

const steps = (service: string, ...all: readonly [string, number][]): PhaseStep[] =>
  all.map(([to, at]) => ({ service, to, at }));

/** The parts of the only link. */
function parts(facts: Partial<ServiceTimes>, phases: PhaseStep[], isChecked = false): string {
  const checked = new Set(isChecked ? ["a"] : []);
  const analysis = analyseStart({ times: [times("a", facts)], phases, checked }, "a", 1000);
  const [link] = analysis?.chain ?? [];
  return link.segments.map(({ kind, begin, end }) => `${kind} ${begin}-${end}`).join(", ");
}

Deno.test("waits for the console, delays, failed attempts and checks are separate parts", () => {
  const facts = { unblocked: 10, launched: 60, ready: 100 };
  assertEquals(
    parts(
      facts,
      steps("a", ["waiting-for-console", 10], ["launching", 60], ["awaiting-readiness", 70], ["up", 100]),
    ),
    "console 10-60, launch 60-70, start-up 70-100",
  );
  assertEquals(
    parts(
      facts,
      steps(
        "a",
        ["launching", 10],
        ["awaiting-readiness", 20],
        ["interrupting", 30],
        ["restart-delay", 40],
        ["launching", 60],
        ["awaiting-readiness", 65],
      ),
      true,
    ),
    "failed-start 10-40, restart-delay 40-60, launch 60-65, check 65-100",
  );
});

Deno.test("a phase that follows late, because the daemon is busy, leaves no gap", () => {
  assertEquals(
    parts(
      { unblocked: 10, launched: 10, ready: 100 },
      steps("a", ["waiting-for-dependencies", 0], ["launching", 25], ["awaiting-readiness", 40], ["up", 100]),
    ),
    "launch 10-40, start-up 40-100",
  );
});

Deno.test("without the phases the times tell as much as they can", () => {
  const facts = { unblocked: 10, launched: 60, ready: 100 };
  assertEquals(parts(facts, []), "before-launch 10-60, start-up 60-100");
  assertEquals(parts({ ...facts, launched: 10 }, []), "start-up 10-100");
  assertEquals(parts({ ...facts, launched: undefined }, [], true), "check 10-100");
  // The daemon has forgotten the first phases.
  assertEquals(parts(facts, steps("a", ["awaiting-readiness", 70])), "before-launch 10-60, start-up 60-100");
});

Deno.test("a service that has failed decides until its failure, and one that is starting until now", () => {
  const all = [
    times("boot", { unblocked: 50, decidedBy: "a", ready: 50 }),
    times("a", { unblocked: 0, launched: 0, ended: 50 }),
  ];
  const failed = analyseStart({ times: all }, "boot", 1000);
  assertEquals(failed?.chain.map(({ service, outcome, length }) => [service, outcome, length]), [
    ["a", "failed", 50],
    ["boot", "started", 0],
  ]);
  const running = analyseStart({ times: [times("boot", { unblocked: 20 })] }, "boot", 120);
  assertEquals([running?.end, running?.total, running?.chain[0].outcome], [undefined, 120, "running"]);
  assertEquals(analyseStart({ times: [] }, "boot", 0), undefined);
});

Deno.test("a service that was started again later is named, and its new times are not mixed in", () => {
  const all = [
    times("boot", { unblocked: 50, decidedBy: "a", ready: 50 }),
    times("a", { asked: 400, unblocked: 400, ready: 900 }),
  ];
  const analysis = analyseStart({ times: all }, "boot", 1000);
  assertEquals([analysis?.lost, analysis?.total, analysis?.chain.length], ["a", 50, 1]);
});

Deno.test("records that contradict each other end the chain", () => {
  const circle = [
    times("a", { unblocked: 5, decidedBy: "b", ready: 6 }),
    times("b", { unblocked: 5, decidedBy: "a", ready: 5 }),
  ];
  assertEquals(
    analyseStart(
      { times: circle, edges: [{ from: "a", to: "b", kind: 0 }, { from: "b", to: "a", kind: 0 }] },
      "a",
      9,
    )
      ?.chain.length,
    2,
  );
});

Deno.test("the usual target is boot, or the first service", () => {
  assertEquals(usualTarget([times("a", {}), times("boot", {})]), "boot");
  assertEquals(usualTarget([times("a", {}), times("b", {})]), "a");
  assertEquals(usualTarget([]), undefined);
});

Deno.test("only phases are phases", () => {
  const fact = { kind: "phase", service: "a", to: "up", at: "1970-01-01T00:00:01.000Z" };
  assertEquals(phaseStep(fact), { service: "a", to: "up", at: 1000 });
  for (const other of [{ kind: "started" }, { to: 7 }, { service: undefined }]) {
    assertEquals(phaseStep({ ...fact, ...other }), undefined);
  }
});

Deno.test("the chart has a row with a title for each of 1,000 services, in light and dark", () => {
  const all = Array.from(
    { length: 1000 },
    (_, index) => times(`service-<${index}>&"`, { unblocked: index, launched: index, ready: index + 5 }),
  );
  const records = {
    times: [times("boot", { unblocked: 1004, decidedBy: all[999].name, ready: 1004 }), ...all],
  };
  const analysis = analyseStart(records, "boot", 2000)!;
  const chart = startChart(analysis, chartRows(analysis, records.times, 2000));
  assertEquals(chart.match(/<g[ >]/g)?.length, 1001);
  assertEquals(chart.match(/<title>/g)?.length, 1001);
  assertEquals(chart.match(/class="decides"/g)?.length, 2);
  assert(chart.includes("prefers-color-scheme:dark"));
  assert(chart.includes("service-&lt;7&gt;&amp;&quot;"));
  assert(!/NaN|Infinity|undefined/.test(chart));
  const heights = [...chart.matchAll(/<text [^>]*y="(\d+)" text-anchor="end"/g)].map(([, y]) => Number(y));
  assert(heights.every((y, index) => index === 0 || y - heights[index - 1] >= 12), "names overlap");
  assert(!startChart(analysis, [], { bare: true }).includes("<style>"));
});
