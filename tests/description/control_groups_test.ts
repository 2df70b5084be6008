/** The settings of control groups. docs/control-groups.md. */

import { assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { NO_GROUP } from "../../src/model/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

const groupOf = (lines: string) => describe(PROCESS + lines).group;

Deno.test("a description without such lines shares the settings of no group", () => {
  assertEquals(describe(PROCESS).group === NO_GROUP, true);
});

Deno.test("all settings of control groups are read, in both spellings, and printed", () => {
  const lines = [
    "cgroup = auto",
    "memory-max = 512M",
    "memory-high = 400M",
    "swap-max = 0",
    "cpu-max = 1.5",
    "cpu-weight = 50",
    "io-weight = 200",
    "pids-max = 64",
  ];
  const expected = {
    mode: "auto",
    memoryMax: 512 * 1024 ** 2,
    memoryHigh: 400 * 1024 ** 2,
    swapMax: 0,
    cpuMax: 1.5,
    cpuWeight: 50,
    ioWeight: 200,
    pidsMax: 64,
  };
  assertEquals<unknown>(groupOf(lines.join("\n") + "\n"), expected);
  assertEquals<unknown>(groupOf(lines.map((line) => `@meta ${line}\n`).join("")), expected);
  const printed = printDescription(describe(PROCESS + lines.join("\n") + "\n"));
  for (const line of lines) assertEquals(printed.includes(line), true, line);
});

Deno.test("'max' takes a limit back, and 'none' is only a word", () => {
  assertEquals(groupOf("memory-max = 1G\nmemory-max = max\n").memoryMax, undefined);
  assertEquals(groupOf("cgroup = none\n").mode, "none");
});

const MISTAKES: readonly (readonly [lines: string, setting: string, line: number, message: string])[] = [
  ["cgroup = yes\n", "cgroup", 3, 'cgroup must be one of: "auto" or "none"'],
  [
    "memory-max = 64MB\n",
    "memory-max",
    3,
    "bad size '64MB': write a number of bytes, or a number with a unit: 512K, 10M, 1G",
  ],
  ["memory-max = 0\n", "memory-max", 3, "memory-max must be more than 0"],
  ["cpu-max = 50%\n", "cpu-max", 3, "cpu-max must be a number of processors from 0.01 to 10000, such as 1.5"],
  ["cpu-max = 0\n", "cpu-max", 3, "cpu-max must be a number of processors from 0.01 to 10000, such as 1.5"],
  ["cpu-weight = 0\n", "cpu-weight", 3, "cpu-weight must be a number from 1 to 10000"],
  ["pids-max = 0\n", "pids-max", 3, "pids-max must be a number from 1 to 4194304"],
  [
    "cgroup = none\npids-max = 5\n",
    "pids-max",
    4,
    "there is no group with a limit, as 'cgroup = none' is set: remove one of both lines",
  ],
  [
    "run-in-cgroup = /web\nmemory-max = 1M\n",
    "memory-max",
    4,
    "the processes are in the group of 'run-in-cgroup', /web, which is not the daemon's: remove one of both lines",
  ],
];

for (const [lines, setting, line, message] of MISTAKES) {
  Deno.test(`a wrong setting of control groups is an error with its line: ${JSON.stringify(lines)}`, () => {
    assertEquals(failureOf(PROCESS + lines), locatedSetting(setting, message, line));
  });
}
