/** The settings of schedules: their values, where mistakes are, and what fits together. */

import { assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { NO_SCHEDULE, ServiceType } from "../../src/model/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const JOB = "type = scheduled\ncommand = /bin/true\n";

function scheduleOf(lines: string) {
  return describe(JOB + lines).schedule;
}

Deno.test("all settings of schedules are read, in both spellings, and printed again", () => {
  const lines = [
    "schedule-cron = 0 3 * * mon-FRI",
    "schedule-timezone = Europe/Zurich",
    "schedule-jitter = 10m",
    "schedule-catch-up = 5m",
    "schedule-overlap = queue",
    "schedule-limit = 1h",
  ];
  const expected = {
    ...NO_SCHEDULE,
    cron: ["0 3 * * 1-5"],
    timezone: "Europe/Zurich",
    jitter: 600_000,
    catchUp: 300_000,
    overlap: "queue",
    limit: 3_600_000,
  };
  assertEquals<unknown>(scheduleOf(lines.join("\n") + "\n"), expected);
  const portable = `type = internal\n@meta type = scheduled\ncommand = /bin/true\n${
    lines.map((line) => `@meta ${line}\n`).join("")
  }`;
  assertEquals<unknown>(describe(portable).schedule, expected);
  const printed = printDescription(describe(portable));
  assertEquals<unknown>(describe(printed).schedule, expected);
  assertEquals(scheduleOf("schedule-interval = 15m\n").interval, 900_000);
  assertEquals(describe("type = process\ncommand = /bin/true\n").schedule === NO_SCHEDULE, true);
});

Deno.test("further lines add cron expressions, with either operator", () => {
  const lines = "schedule-cron = @daily\nschedule-cron += 0 12 * * *\nschedule-cron = 30 1 L * *\n";
  assertEquals(scheduleOf(lines).cron, ["0 0 * * *", "0 12 * * *", "30 1 L * *"]);
});

for (
  const [expression, plain] of [
    ["*/5 * * * *", "*/5 * * * *"],
    ["0,30 8-18/2 * jan,JUL-sep *", "0,30 8-18/2 * 1,7-9 *"],
    ["0 0 * * fri-sun", "0 0 * * 5-7"],
    ["0 0 * * 0,7", "0 0 * * 0,7"],
    ["0 0 * * FRI#2,mon#L", "0 0 * * 5#2,1#L"],
    ["0 0 * * 5L", "0 0 * * 5#L"],
    ["0 0 15,l * *", "0 0 15,L * *"],
    ["@WEEKLY", "0 0 * * 0"],
    ['"0 3 * * *"', "0 3 * * *"],
    ["0 0 29 2 *", "0 0 29 2 *"],
    ["0 0 31 2 mon", "0 0 31 2 1"],
    ["0 0 31 2,3 *", "0 0 31 2,3 *"],
  ]
) {
  Deno.test(`the cron expression ${expression} is read`, () => {
    assertEquals(scheduleOf(`schedule-cron = ${expression}\n`).cron, [plain]);
  });
}

const BEFORE = "schedule-cron = ".length;

for (
  const [expression, column, message] of [
    ["0 25 * * *", 3, "hour '25': write numbers from 0 to 23, and not '25'"],
    ["0 3 * foo *", 7, "month 'foo': write numbers from 1 to 12, or a name such as feb, and not 'foo'"],
    ["1,2,61 * * * *", 5, "minute '1,2,61': write numbers from 0 to 59, and not '61'"],
    ["0 3 * * 8", 9, "day of the week '8': write numbers from 0 to 7, or a name such as mon, and not '8'"],
    ["0 3 0 * *", 5, "day of the month '0': write numbers from 1 to 31, and not '0'"],
    ["5/10 * * * *", 1, "minute '5/10': a step needs a range: write 5-59/10, or */10"],
    ["*/0 * * * *", 1, "minute '*/0': the step must be a number from 1 to 60"],
    ["*/2/3 * * * *", 1, "minute '*/2/3': there are two steps"],
    ["* * * * */8", 9, "day of the week '*/8': the step must be a number from 1 to 7"],
    ["0 18-6 * * *", 3, "hour '18-6': the range 18-6 ends before it begins: write two ranges, with a comma"],
    ["1-2-3 * * * *", 1, "minute '1-2-3': '1-2-3' is no range"],
    ["0 0 * * fri#6", 9, "day of the week 'fri#6': write #1 to #5, or #L for the last one"],
    [",5 * * * *", 1, "minute ',5': write numbers from 0 to 59, and not ''"],
    [
      "0 3 * *",
      7,
      "a cron expression has five fields (minute, hour, day of the month, month, day of the week), not 4",
    ],
    [
      "0 0 3 * * *",
      11,
      "a cron expression has five fields (minute, hour, day of the month, month, day of the week), not 6",
    ],
    [
      "@often",
      1,
      "'@often' is not one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly",
    ],
    [
      "@reboot",
      1,
      "'@reboot' is not one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly; a process or " +
      "scripted service runs at each start",
    ],
    ["@daily 5", 8, "nothing may follow @daily"],
    ["0 0 31 2 *", 5, "it never comes true: no such month (2) has such a day (31)"],
    ["0 0 30-31 feb *", 5, "it never comes true: no such month (feb) has such a day (30-31)"],
    ["0 0 31 4,6,9,11 *", 5, "it never comes true: no such month (4,6,9,11) has such a day (31)"],
  ] as const
) {
  Deno.test(`the cron expression ${expression} is refused, with the place`, () => {
    assertEquals(
      failureOf(`${JOB}schedule-cron = ${expression}\n`),
      locatedSetting("schedule-cron", message, 3),
    );
    assertEquals(columnOf(`${JOB}schedule-cron = ${expression}\n`), BEFORE + column);
  });
}

function columnOf(text: string): number | undefined {
  try {
    describe(text);
    return undefined;
  } catch (error) {
    return (error as { location?: { column: number } }).location?.column; // a LoadError
  }
}

for (
  const [lines, setting, message, line] of [
    [
      "schedule-interval = 15m\nschedule-cron = @daily\n",
      "schedule-interval",
      "there is already 'schedule-cron': keep one of the two",
      3,
    ],
    [
      "schedule-interval = 15m\nschedule-timezone = UTC\n",
      "schedule-timezone",
      "only 'schedule-cron' has a time zone: add such a line, or remove this one",
      4,
    ],
    ["schedule-interval = 0\n", "schedule-interval", "schedule-interval must be between 1s and 3650d", 3],
    [
      "schedule-timezone = Mars/Base\n",
      "schedule-timezone",
      "unknown time zone 'Mars/Base': write a name such as Europe/Zurich or UTC",
      3,
    ],
    ["schedule-jitter = 8d\n", "schedule-jitter", "schedule-jitter must be between 0 and 7d", 3],
    [
      "schedule-overlap = both\n",
      "schedule-overlap",
      'schedule-overlap must be one of: "skip", "queue" or "stop"',
      3,
    ],
  ] as const
) {
  Deno.test(`refused in a scheduled service: ${lines.trim().replace("\n", ", ")}`, () => {
    assertEquals(failureOf(JOB + lines), locatedSetting(setting, message, line));
  });
}

Deno.test("a scheduled service needs times, and no other service may have any", () => {
  assertEquals(
    failureOf(JOB),
    "s: error loading: 'type = scheduled' needs times: add 'schedule-cron = EXPRESSION' or " +
      "'schedule-interval = DURATION'.",
  );
  assertEquals(
    failureOf("type = process\ncommand = /bin/true\nschedule-cron = @daily\n"),
    locatedSetting(
      "schedule-cron",
      "only a scheduled service runs at certain times: write 'type = scheduled', or remove this line",
      3,
    ),
  );
});

Deno.test("a scheduled service does not repeat its runs, unless a line says so", () => {
  const { type, restart } = describe(`${JOB}schedule-cron = @daily\n`);
  assertEquals([type, restart], [ServiceType.SCHEDULED, "never"]);
  assertEquals(describe(`${JOB}schedule-cron = @daily\nrestart = yes\n`).restart, "always");
});
