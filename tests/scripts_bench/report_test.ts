import { assertEquals, assertStringIncludes } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { atMost, type CaseReport, missed, reportLines } from "../../scripts/bench/harness/mod.ts";

const REPORT: CaseReport = {
  name: "start",
  load: 0.25,
  notes: ["nobody is there"],
  measurements: [
    {
      what: "start",
      unit: "ms",
      values: [300, 100, 200],
      limit: atMost(250),
      beside: [
        { with: "the floor", ratios: [1.5, 1.26, 1.1], limit: atMost(1.25) },
        { with: "a peer", ratios: [0.5, 0.5, 0.25] },
      ],
    },
    { what: "stop", unit: "ms", values: [12.34] },
  ],
};

/** The lines with every run of spaces as one. */
function lines(): string[] {
  return reportLines(REPORT).map((line) => line.replaceAll(/ +/g, " "));
}

Deno.test("the table has median and spread of each value and ratio, and says whether the limits are met", () => {
  assertEquals(lines(), [
    "== start (load 0.3)",
    "start, ms 200 100 to 300 at most 250: met",
    " beside the floor 1.26 x 1.10 to 1.50 at most 1.25: MISSED",
    " beside a peer 0.50 x 0.25 to 0.50",
    "stop, ms 12.3",
    "note: nobody is there",
  ]);
});

Deno.test("the values of a table are in one column", () => {
  const ends = reportLines(REPORT).slice(1, 4).map((line) => /(\d+(\.\d+)?( x)?) {2}/.exec(line)!)
    .map((found) => found.index + found[1].length);
  assertEquals(new Set(ends).size, 1);
});

Deno.test("limits that were missed are named with their case", () => {
  assertEquals(missed([REPORT]), ["start: start, beside the floor"]);
});

Deno.test("a value that misses its own limit is named, too", () => {
  const [start] = REPORT.measurements;
  const slow = { ...REPORT, measurements: [{ ...start, limit: atMost(199), beside: [] }] };
  assertEquals(missed([slow]), ["start: start"]);
});

/** How long a real case may take at most on a busy machine, in milliseconds. */
const REAL_RUN = 600_000;

Deno.test("the command has a help text with all cases, and shows the current case", async () => {
  const program = decodeURIComponent(new URL("../../scripts/bench/mod.ts", import.meta.url).pathname);
  const run = async (...words: string[]) => {
    const args = ["run", "--no-prompt", "--allow-all", program, ...words];
    const { code, stdout, stderr } = await outputOf(Deno.execPath(), { args }, REAL_RUN);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
  for (const { code, stdout } of await Promise.all(["--help", "-h"].map((word) => run(word)))) {
    assertEquals(code, 0);
    for (
      const part of [
        "--runs=N",
        "--json=FILE",
        "--chart=FILE",
        "--from=FILE",
        "--peers",
        "description   load 10,000 descriptions",
      ]
    ) {
      assertStringIncludes(stdout, part);
    }
  }
  const { stdout, stderr } = await run("description", "--runs=1");
  assertStringIncludes(stderr, "bench: case 1 of 1, description: load 10,000 descriptions …\n");
  assertStringIncludes(stdout, "== description");
});

Deno.test("the command names an unknown argument, and lists all cases", async () => {
  const program = decodeURIComponent(new URL("../../scripts/bench/mod.ts", import.meta.url).pathname);
  const run = async (...words: string[]) => {
    const args = ["run", "--no-prompt", "--allow-all", program, ...words];
    const { code, stderr } = await outputOf(Deno.execPath(), { args });
    return { code, stderr: new TextDecoder().decode(stderr) };
  };
  const words = ["nonsense", "--nonsense", "--runs=0", "--runs=many"];
  for (const [index, { code, stderr }] of (await Promise.all(words.map((word) => run(word)))).entries()) {
    const word = words[index];
    assertEquals(code, 1, word);
    assertStringIncludes(stderr, word);
    assertStringIncludes(stderr, "description, engine");
  }
});
