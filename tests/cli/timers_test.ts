/** `dinitctl timers --test`, which needs no daemon, and how runs are worded. */

import { assert, assertEquals } from "@std/assert";
import type { RunDocument } from "../../src/model/schedule_status.ts";
import { resultText } from "../../src/cli/ctl/timer_text.ts";
import { ctlAlone } from "./_stand_in.ts";

Deno.test("timers --test shows the next ten times of an expression in a time zone", async () => {
  const { out, err, status } = await ctlAlone(["timers", "--test", "30 2 * jan mon", "Asia/Tokyo"]);
  assertEquals([err, status], ["", 0]);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.length, 10);
  for (const line of lines) {
    assert(/^\d{4}-01-\d\d 02:30:00 {2}Asia\/Tokyo {2}in \d+d \d+h$/.test(line), line);
  }
  const { out: json } = await ctlAlone(["--json", "timers", "--test=@daily", "UTC"]);
  const { test } = JSON.parse(json);
  assertEquals([test.expression, test.zone, test.next.length], ["0 0 * * *", "UTC", 10]);
  assert(test.next.every((time: string) => time.endsWith("T00:00:00.000Z")), json);
});

for (
  const [expression, zone, message] of [
    [
      "0 3  * foo *",
      "UTC",
      "month 'foo': write numbers from 1 to 12, or a name such as feb, and not 'foo'\n" +
      "    0 3  * foo *\n           ^",
    ],
    [
      "0 0 31 2 *",
      "UTC",
      "it never comes true: no such month (2) has such a day (31)\n    0 0 31 2 *\n        ^",
    ],
    ["* * * * *", "Mars", "unknown time zone 'Mars': write a name such as Europe/Zurich or UTC"],
  ]
) {
  Deno.test(`timers --test '${expression}' ${zone} says what is wrong, and where`, async () => {
    const { out, err, status } = await ctlAlone(["timers", "--test", expression, zone]);
    assertEquals({ out, err, status }, { out: "", err: `dinitctl: ${message}\n`, status: 1 });
  });
}

Deno.test("the result of a run names the exit status or the signal", () => {
  const run = { at: 0, took: 0, cause: "schedule" };
  const texts = ([
    { result: "success", status: 0 },
    { result: "failed", status: 3 },
    { result: "failed", signal: 9 },
    { result: "overdue", signal: 15 },
    { result: "not-executed" },
    { result: "stopped", signal: 15 },
    { result: "unknown" },
  ] satisfies Partial<RunDocument>[]).map((end) => resultText({ ...run, ...end }));
  assertEquals(texts, [
    "success",
    "status 3",
    "signal SIGKILL",
    "took too long (signal SIGTERM)",
    "could not be executed",
    "was stopped",
    "ended unseen",
  ]);
});
