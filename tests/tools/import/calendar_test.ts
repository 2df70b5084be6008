/** Timers that are imported run at the times of systemd. */

import { assert, assertEquals } from "@std/assert";
import { cronOf } from "../../../src/tools/import/systemd/calendar.ts";
import { plainCron } from "../../../src/model/cron_expression.ts";
import { cronTimes } from "../../../src/schedule/cron_times.ts";
import { needing, programPath } from "../../_needs.ts";
import { outputOf } from "../../_processes.ts";

/** The moment from which the times of the table count. */
const BASE = "2026-03-01 00:00:00 UTC";

/** The expressions of the table, and their times. */
const TABLE = Deno.readTextFileSync(new URL("calendars.txt", import.meta.url)).split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("|").map((part) => part.trim()))
  .map(([expression, times]) => ({ expression, times: times.split(" ").filter((time) => time !== "") }));

/** The next times of an imported expression, as the table has them; none if somebody must decide. */
function imported(expression: string, count: number): string[] {
  const result = cronOf(expression);
  if ("fault" in result) return [];
  const times = cronTimes([plainCron(result.cron.split(" "))], result.zone ?? "UTC");
  const found: string[] = [];
  for (let time = Date.parse(BASE.replace(" UTC", "Z").replace(" ", "T")); found.length < count;) {
    const next = times.after(time);
    if (next === undefined) throw new Error(`no time of ${expression}`);
    found.push(new Date(next).toISOString().slice(0, 16));
    time = next;
  }
  return found;
}

Deno.test("imported timers run at the recorded times of systemd, and what it refuses needs a decision", () => {
  assert(TABLE.length >= 100);
  for (const { expression, times } of TABLE) {
    assertEquals(imported(expression, times.length), times, expression);
    if (times.length === 0) assert("fault" in cronOf(expression), expression);
  }
});

Deno.test({
  ...needing(
    "the recorded times are those of the installed systemd-analyze",
    "systemd-analyze",
    programPath("systemd-analyze") !== undefined,
  ),
  fn: async () => {
    const expressions = TABLE.filter(({ times }) => times.length > 0);
    const { success, stdout } = await outputOf("systemd-analyze", {
      args: [
        "calendar",
        `--base-time=${BASE}`,
        "--iterations=4",
        ...expressions.map(({ expression }) => expression),
      ],
      env: { TZ: "UTC", LC_ALL: "C" },
    });
    const text = new TextDecoder().decode(stdout);
    assert(success, text);
    const line = /(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w+ (\S+) (\d\d:\d\d):00 UTC/g;
    const found = Array.from(text.matchAll(line), ([, date, time]) => `${date}T${time}`);
    assertEquals(found, expressions.flatMap(({ times }) => times));
  },
});
