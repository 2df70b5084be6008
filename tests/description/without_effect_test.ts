import { assertEquals } from "@std/assert";
import { SETTINGS } from "../../src/description/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const HEAD = "type = process\ncommand = /bin/true\n";
const CHECKS = "'health-http', 'health-tcp' or 'health-command'";
const NO_CHECK = `there is no check: set ${CHECKS}, or remove this line`;
const NO_WATCH = "no file is watched: set 'watch', or remove this line";
const NO_KEEPER = "applies to 'log-type = kept' only: add that line, or remove this one";

/** A line without effect, the lines that take its effect away, the error, and lines that give it one. */
interface Row {
  readonly line: string;
  /** @default none */
  readonly beside?: string;
  readonly why: string;
  readonly remedy: string;
}

/** The settings whose lines are errors when they have no effect beside the other lines. */
const ROWS: readonly Row[] = [
  ...["interval = 3s", "timeout = 3s", "failures = 2", "start-interval = 1s", "start-period = 1s"].map((
    rest,
  ) => ({
    line: `health-${rest}`,
    why: NO_CHECK,
    remedy: "health-tcp = 5432\n",
  })),
  {
    line: "health-action = stop",
    why: "nothing says whether the service is healthy, so 'stop' never happens: " +
      `set ${CHECKS}, or 'ready-notification = notify'`,
    remedy: "ready-notification = notify\n",
  },
  {
    line: "watchdog-timeout = 3s",
    beside: "health-tcp = 5432\n",
    why: "the process cannot say that it is alive: set 'ready-notification = notify'",
    remedy: "ready-notification = notify\n",
  },
  ...["delay = 1s", "action = signal:HUP"].map((rest) => ({
    line: `watch-${rest}`,
    why: NO_WATCH,
    remedy: "watch = src\n",
  })),
  {
    line: "schedule-timezone = UTC",
    beside: "type = scheduled\nschedule-interval = 1h\n",
    why: "only 'schedule-cron' has a time zone: add such a line, or remove this one",
    remedy: "type = scheduled\nschedule-cron = @daily\n",
  },
  ...["timestamps = iso", "format = json", "rate-limit = 5"].map((rest) => ({
    line: `log-${rest}`,
    beside: "logfile = /x\n",
    why: NO_KEEPER,
    remedy: "logfile = /x\nlog-type = kept\n",
  })),
  {
    line: "sandbox-writable = /srv",
    why: "there is no sandbox: set 'sandbox', or remove this line",
    remedy: "sandbox = strict\n",
  },
];

Deno.test("a setting that has no effect without another one is an error with its line and the remedy", () => {
  for (const { line, beside = "", why, remedy } of ROWS) {
    const [setting] = line.split(" ");
    for (const front of ["", "@meta "]) {
      const expected = locatedSetting(setting, why, 3);
      assertEquals(failureOf(`${HEAD}${front}${line}\n${beside}`), expected, `${line}, ${beside}`);
    }
    describe(`${HEAD}${line}\n${remedy}`);
    describe(`${HEAD}${remedy}${line}\n`); // the order of the lines does not matter
  }
});

Deno.test("the table tests each setting whose line is an error when it has no effect", () => {
  const tested = new Set(ROWS.map(({ line }) => line.split(" ")[0]));
  const needed = SETTINGS.filter(({ combined, withoutEffect }) => combined && withoutEffect !== undefined);
  assertEquals(needed.map(({ name }) => name).filter((name) => !tested.has(name)), []);
});

Deno.test("a setting with a wrong type and without effect is one error", () => {
  const lines = [
    "watch-delay = 1s",
    "health-timeout = 1s",
    "sandbox-writable = /srv",
    "schedule-timezone = UTC",
  ];
  for (const line of lines) {
    const problems: string[] = [];
    describe(`${line}\n`, { problem: ({ message }) => problems.push(message) });
    assertEquals(problems.length, 1, `${line}: ${problems.join("; ")}`);
  }
});
