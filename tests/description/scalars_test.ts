import { assertEquals } from "@std/assert";
import { PATIENCE } from "../_patience.ts";
import { describe, failureOf, located, locatedSetting } from "./_support.ts";

const BAD_NUMBER = "specified value contains invalid numeric characters or is outside allowed range.";

/** A value as it must be written for the loader to see exactly these characters. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

const COUNTS: [string, number | undefined][] = [
  ["0", 0],
  ["00", 0],
  ["7", 7],
  ["+7", 7],
  ["-0", 0],
  ["010", 8],
  ["0x1f", 31],
  ["0X1F", 31],
  [" \t7", 7],
  ["2147483647", 2147483647],
  ["2147483648", undefined],
  ["-1", undefined],
  ["-18446744073709551615", 1],
  ["18446744073709551615", undefined],
  ["18446744073709551616", undefined],
  ["99999999999999999999999999999999", undefined],
  ["08", undefined],
  ["0x", undefined],
  ["0xg", undefined],
  ["1k", undefined],
  ["1.5", undefined],
  ["1 ", undefined],
  ["", undefined],
  ["-", undefined],
  ["+-1", undefined],
  ["\u00a07", undefined],
  ["٣", undefined],
  ["7\0", undefined],
];

for (const [value, expected] of COUNTS) {
  Deno.test("limits of log files are sizes and durations with units, and the smallest are named", () => {
    const { logMaxSize, logMaxAge, logKeep, logKeepSize, logCompress } = describe(
      "log-max-size = 10M\n@meta log-max-age: 1d\nlog-keep = 3\nlog-keep-size: 1G\nlog-compress = no\n",
    );
    assertEquals([logMaxSize, logMaxAge, logKeep, logKeepSize, logCompress], [
      10 * 1024 ** 2,
      86_400_000,
      3,
      1024 ** 3,
      false,
    ]);
    for (
      const [line, message] of [
        ["log-max-size = 10000", "log-max-size is too small: write at least 16K, or 0 for no limit"],
        [
          "log-max-size = ten",
          "bad size 'ten': write a number of bytes, or a number with a unit: 512K, 10M, 1G",
        ],
        ["log-max-age = 59s", "log-max-age is too short: write at least 1m, or 0 for no limit"],
        ["log-compress = bzip2", 'log compression must be one of: "gzip" or "no"'],
      ]
    ) {
      const [setting] = line.split(" ");
      assertEquals(failureOf(`${line}\n`), locatedSetting(setting, message, 1));
    }
  });

  Deno.test(`unsigned number ${JSON.stringify(value)}`, () => {
    for (const setting of ["restart-limit-count", "log-buffer-size"] as const) {
      const text = `${setting} = ${quoted(value)}\n`;
      if (expected === undefined) {
        assertEquals(failureOf(text), located(BAD_NUMBER, 1));
      } else {
        const description = describe(text);
        const field = setting === "log-buffer-size" ? "logBufferSize" : "restartLimitCount";
        assertEquals(description[field], expected);
      }
    }
  });
}

const NICE: [string, number | undefined][] = [
  ["-20", -20],
  ["+5", 5],
  ["-010", -8],
  ["-0x10", -16],
  ["-1073741824", -1073741824],
  ["1073741823", 1073741823],
  ["-1073741825", undefined],
  ["1073741824", undefined],
  ["-9223372036854775809", undefined],
  ["x", undefined],
];

for (const [value, expected] of NICE) {
  Deno.test(`nice = ${value}`, () => {
    if (expected === undefined) assertEquals(failureOf(`nice = ${value}\n`), located(BAD_NUMBER, 1));
    else assertEquals(describe(`nice = ${value}\n`).nice, expected);
  });
}

Deno.test("oom-score-adj lies between -1000 and 1000", () => {
  assertEquals(describe("oom-score-adj = -1000\n").oomScoreAdjust, -1000);
  assertEquals(describe("oom-score-adj = 1000\n").oomScoreAdjust, 1000);
  assertEquals(failureOf("oom-score-adj = 1001\n"), located(BAD_NUMBER, 1));
  assertEquals(failureOf("oom-score-adj = -1001\n"), located(BAD_NUMBER, 1));
});

const TIMES: [string, number][] = [
  ["0", 0],
  ["5.", 5000],
  ["5,", 5000],
  [",", 0],
  ["0000000000000000000000005", 5000],
  ["0.000000001", 0.000001],
  ["0.0000000019", 0.000001],
  ["3600", 3_600_000],
  ["9223372036854775799", 9223372036854775799 * 1000],
];

for (const [value, expected] of TIMES) {
  Deno.test(`a time of '${value}' seconds`, () => {
    for (
      const [setting, field] of [
        ["restart-delay", "restartDelay"],
        ["restart-limit-interval", "restartLimitInterval"],
        ["start-timeout", "startTimeout"],
        ["stop-timeout", "stopTimeout"],
      ] as const
    ) {
      assertEquals(describe(`${setting} = ${value}\n`)[field], expected);
    }
  });
}

for (const value of ["9223372036854775800", "99999999999999999999", "9223372036854775800x"]) {
  Deno.test(`a time of '${value}' seconds is too large`, () => {
    assertEquals(failureOf(`start-timeout = ${value}\n`), located("too-large value for start-timeout", 1));
  });
}

for (const value of ["+1", "1e3", '" 1"', "1.x", "1..", "x", "1\\ "]) {
  Deno.test(`a time of '${value}' seconds is bad`, () => {
    assertEquals(failureOf(`restart-delay = ${value}\n`), located("bad value for restart-delay", 1));
  });
}

const PERMISSIONS: [string, number | undefined][] = [
  ["0", 0],
  ["644", 0o644],
  ["0640", 0o640],
  ["+7", 7],
  ["-1", 0o7777],
  ["7777777", 0o7777],
  ["17777777777", 0o7777],
  ["20000000000", undefined],
  ["-20000000000", 0],
  ["-20000000001", undefined],
  ["0x7", undefined],
  ["8", undefined],
  ["rw", undefined],
  ["", undefined],
];

for (const [value, expected] of PERMISSIONS) {
  Deno.test(`permissions '${value}'`, () => {
    for (
      const [setting, field] of [
        ["socket-permissions", "socketPermissions"],
        ["logfile-permissions", "logFilePermissions"],
      ] as const
    ) {
      const text = `${setting} = ${value}\n`;
      if (expected === undefined) {
        const message = locatedSetting("badly-formed or out-of-range numeric value", setting, 1);
        assertEquals(failureOf(text), message);
      } else {
        assertEquals(describe(text)[field], expected);
      }
    }
  });
}

const LIMITS: [string, bigint | "unlimited" | undefined, bigint | "unlimited" | undefined][] = [
  ["4", 4n, 4n],
  ["-", "unlimited", "unlimited"],
  ["4:5", 4n, 5n],
  ["4:-", 4n, "unlimited"],
  ["-:5", "unlimited", 5n],
  ["4:", 4n, undefined],
  [":5", undefined, 5n],
  [":", undefined, undefined],
  ["0x10:010", 16n, 8n],
  ["18446744073709551615", 18446744073709551615n, 18446744073709551615n],
  ["9:1", 9n, 1n],
];

for (const [value, soft, hard] of LIMITS) {
  Deno.test(`rlimit '${value}'`, () => {
    for (const resource of ["nofile", "core", "data", "addrspace"] as const) {
      assertEquals(describe(`rlimit-${resource} = ${value}\n`).limits, [{ resource, soft, hard }]);
    }
  });
}

for (const value of ["x", "5:x", "5:-6", "--", "::", "-:-x"]) {
  Deno.test(`rlimit '${value}' is bad`, () => {
    assertEquals(failureOf(`rlimit-data = ${value}\n`), located("rlimit-data: bad value.", 1));
  });
}

for (const value of ["18446744073709551616", "1:18446744073709551616"]) {
  Deno.test(`rlimit '${value}' is too large`, () => {
    assertEquals(failureOf(`rlimit-nofile = ${value}\n`), located("rlimit-nofile: too-large value.", 1));
  });
}

Deno.test("limits keep the order of their first lines, and the value of their last", () => {
  const { limits } = describe("rlimit-core = 1\nrlimit-data = 2\nrlimit-core = 3:\n");
  assertEquals(limits, [
    { resource: "core", soft: 3n, hard: undefined },
    { resource: "data", soft: 2n, hard: 2n },
  ]);
});

// What grows with the square of the number of digits would take hours.
Deno.test("numbers of megabytes are judged", { timeout: PATIENCE }, () => {
  const digits = "9".repeat(2_000_000);
  assertEquals(failureOf(`nice = ${digits}\n`), located(BAD_NUMBER, 1));
  assertEquals(failureOf(`rlimit-core = ${digits}\n`), located("rlimit-core: too-large value.", 1));
  assertEquals(failureOf(`stop-timeout = ${digits}\n`), located("too-large value for stop-timeout", 1));
});
