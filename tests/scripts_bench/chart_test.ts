import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { chart, type Measurement, type Report } from "../../scripts/bench/harness/mod.ts";

function report(...measurements: Measurement[]): Report {
  return {
    machine: {
      cores: 2,
      memory: 1000,
      system: "linux 6.1 x86_64",
      deno: "2.9.6",
      v8: "14.0",
      dinit: "0.1.0",
      date: "2026-11-29T06:00:00.000Z",
      load: 3.5,
    },
    runs: 5,
    cases: [{ name: "peers", load: 3.5, notes: [], measurements }],
  };
}

function bar(group: string, name: string, ...values: number[]): Measurement {
  return { what: `${group} with ${name}`, unit: "ms", values, chart: { group, bar: name } };
}

/** The texts of a chart, in order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, content]) => content);
}

const SVG = chart(report(
  bar("Start", "s6", 3000, 2000, 2500),
  bar("Start", "dinit", 100, 300, 200),
  bar("Stop", "a <b> & c", 7),
  { what: "not shown", unit: "ms", values: [1] },
))!; // two groups have a place in it

Deno.test("a chart has a group of bars for each comparison, the shortest first, with median and unit", () => {
  assertEquals(texts(SVG).slice(0, -1), [
    "Start",
    "dinit",
    "200 ms",
    "s6",
    "2.50 s",
    "Stop",
    "a &lt;b&gt; &amp; c",
    "7.0 ms",
  ]);
});

Deno.test("the bars of a group are as long as their values are large, and fit the page", () => {
  const [dinit, s6] = [...SVG.matchAll(/<rect class="bar[^"]*" x="(\d+)" y="\d+" width="([\d.]+)"/g)]
    .map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
  assertEquals(Math.round(s6.width / dinit.width * 10), 125);
  const width = Number(/viewBox="0 0 (\d+)/.exec(SVG)![1]);
  assert(s6.x + s6.width < width);
});

Deno.test("a chart says on which machine and under which load it was measured", () => {
  assertStringIncludes(
    texts(SVG).at(-1)!,
    "2 processors, linux 6.1 x86_64, Deno 2.9.6, 2026-11-29, load 3.5",
  );
});

Deno.test("a chart has colours for light and for dark pages", () => {
  assertStringIncludes(SVG, "prefers-color-scheme: dark");
});

Deno.test("without a comparison there is no chart", () => {
  assertEquals(chart(report({ what: "alone", unit: "ms", values: [1] })), undefined);
});
