import { assert, assertEquals } from "@std/assert";
import type { Board, Row } from "../../../src/cli/up/board.ts";
import { resultOf, secondsText, summaryLines } from "../../../src/cli/up/summary.ts";
import { textWidth } from "../../../src/cli/shared/text_width.ts";

const row = (name: string, look: Row["look"], more: Partial<Row> = {}): Row => ({
  name,
  look,
  restarts: 0,
  ports: [],
  ...more,
});
const TAKEN = "port 3000 is taken by node (pid 4411, in …/other): stop it, or set PORT";
const ROWS = [
  row("db", "ready", { took: 800, ports: [5432] }),
  row("api", "ready", { took: 1920, ports: [8080, 8081], restarts: 1 }),
  row("web", "failed", { detail: TAKEN }),
];
const BOARD: Board = { rows: ROWS, settled: true, took: 2000 };
const KEYS = "l logs  r restart  s stop  q quit";

Deno.test("the summary of up says what is ready since when, where it listens, and why something has failed", () => {
  const style = { symbols: true, columns: 200 };
  assertEquals(summaryLines(BOARD, { style, footer: KEYS }), [
    " ✓ db   ready       0.8 s  :5432",
    " ✓ api  ready       1.9 s  :8080 :8081  restarted once",
    ` ✗ web  ${TAKEN}`,
    `2 of 3 ready in 2.0 s   ${KEYS}`,
  ]);
});

Deno.test("no line of the summary is wider than the terminal, and only a terminal gets symbols and colours", () => {
  const long = row("a-service-with-a-very-long-name-indeed", "failed", { detail: "x".repeat(300) });
  const board = { ...BOARD, rows: [...ROWS, long] };
  for (const columns of [20, 80, 200]) {
    for (const question of [undefined, `restart: ${"y".repeat(300)}`]) {
      for (const line of summaryLines(board, { style: { symbols: true, columns }, footer: KEYS, question })) {
        assert(textWidth(line) <= columns, `${columns}: ${line}`);
      }
    }
  }
  const plain = summaryLines(board, { style: {} });
  assertEquals(plain[2], ` x ${"web".padEnd(long.name.length)}  ${TAKEN}`);
  // deno-lint-ignore no-control-regex
  assertEquals(plain.filter((line) => /[\x1b✓✗]/.test(line)), []);
  const [coloured] = summaryLines(board, { style: { symbols: true, colour: true, columns: 80 } });
  assert(coloured.startsWith(" \x1b[32m✓\x1b[0m db"), coloured);
});

Deno.test("the summary says whole why a service has failed: over several lines in a narrow terminal, on one in a pipe", () => {
  const detail = "cannot be executed (No such file or directory): install the program, or correct 'command'";
  const board = { ...BOARD, rows: [row("db", "ready"), row("web", "failed", { detail })] };
  assertEquals(summaryLines(board, { style: { columns: 60 } }), [
    " + db   ready",
    " x web  cannot be executed (No such file or directory):",
    "        install the program, or correct 'command'",
    "1 of 2 ready in 2.0 s",
  ]);
  assertEquals(summaryLines(board, { style: {} })[1], ` x web  ${detail}`);
  // Where there is no room for that, each service has one line.
  assertEquals(summaryLines(board, { style: { columns: 60 }, most: 2 }).slice(0, 2), [
    " + db   ready",
    " x web  cannot be executed (No such file or directory): ins…",
  ]);
  const endless = { ...board, rows: [row("web", "failed", { detail: "x ".repeat(500) })] };
  const lines = summaryLines(endless, { style: { columns: 60 } });
  assertEquals([lines.length, lines[2].at(-1)], [4, "…"]);
});

Deno.test("a pipe and a wide terminal show whole names", () => {
  const name = "a-service-with-a-very-long-name-indeed";
  const board = { ...BOARD, rows: [row(name, "ready")] };
  for (const style of [{}, { columns: 200 }]) {
    assert(summaryLines(board, { style })[0].startsWith(` + ${name}  ready`));
  }
  assert(summaryLines(board, { style: { columns: 80 } })[0].startsWith(" + a-service-with-a-very-l…  ready"));
});

Deno.test("a summary that is too long for the terminal shows first what is not ready", () => {
  const many = Array.from({ length: 50 }, (_, index) => row(`s${index}`, "ready", { took: 100 }));
  const rows = [...many, row("bad", "failed", { detail: "exit 1" }), row("slow", "starting")];
  const lines = summaryLines({ rows, settled: false, took: 0 }, { style: { symbols: true }, most: 3 });
  assertEquals(lines.map((line) => line.trim().split(/ +/)[1]), ["s0", "bad", "slow", "49", "of"]);
  assertEquals(lines.at(-1), "50 of 52 ready, 1 failed");
});

Deno.test("while something is typed, the last line of the summary shows its end", () => {
  const lines = summaryLines(BOARD, {
    style: { columns: 30 },
    question: "restart (name or pattern): web-frontend",
  });
  // One column stays free for the cursor.
  assertEquals(lines.at(-1), "ame or pattern): web-frontend");
});

Deno.test("two summaries have the same result if only times and ports differ", () => {
  const later = { ...BOARD, rows: ROWS.map((one) => ({ ...one, took: 9, ports: [1] })), took: 9 };
  assertEquals(resultOf(later), resultOf(BOARD));
  const other = { ...BOARD, rows: [row("db", "failed", { detail: "exit 1" }), ...ROWS.slice(1)] };
  assert(resultOf(other) !== resultOf(BOARD));
  assertEquals([secondsText(40), secondsText(59_940), secondsText(65_000)], ["0.0 s", "59.9 s", "1 min 5 s"]);
});
