import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseDuration, parseSize } from "../../src/description/mod.ts";
import { describe, failureOf, located } from "./_support.ts";

for (
  const [text, milliseconds] of [
    ["0", 0],
    ["0.5", 500],
    ["90", 90_000],
    ["500ms", 500],
    ["0.5ms", 0.5],
    ["30s", 30_000],
    ["1.5s", 1500],
    ["15m", 900_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
    ["007s", 7000],
  ] as const
) {
  Deno.test(`the duration ${text} is ${milliseconds} milliseconds`, () => {
    assertEquals(parseDuration(text), milliseconds);
  });
}

for (
  const text of [
    "",
    "s",
    ".5",
    "5.",
    "-1",
    "+1",
    "1 s",
    " 1",
    "1S",
    "1w",
    "1min",
    "0x10",
    "1e3",
    "1,5",
    "1h30m",
  ]
) {
  Deno.test(`'${text}' is no duration`, () => {
    assertThrows(
      () => parseDuration(text),
      Error,
      `bad duration '${text}': write a number of seconds, or a number with a unit: 500ms, 30s, 15m, 2h, 7d`,
    );
  });
}

for (
  const [text, bytes] of [
    ["0", 0],
    ["4096", 4096],
    ["512K", 524_288],
    ["10M", 10_485_760],
    ["1G", 1_073_741_824],
  ] as const
) {
  Deno.test(`the size ${text} is ${bytes} bytes`, () => {
    assertEquals(parseSize(text), bytes);
  });
}

for (const text of ["", "K", "1k", "1KB", "1KiB", "1T", "1.5G", "-1", "1 K", "0x10", "1e3"]) {
  Deno.test(`'${text}' is no size`, () => {
    assertThrows(
      () => parseSize(text),
      Error,
      `bad size '${text}': write a number of bytes, or a number with a unit: 512K, 10M, 1G`,
    );
  });
}

Deno.test("durations and sizes are limited to exact numbers", () => {
  assertEquals(parseDuration("9007199254740991ms"), Number.MAX_SAFE_INTEGER);
  assertThrows(() => parseDuration("9007199254740992ms"), Error, "bad duration");
  assertThrows(() => parseDuration("9".repeat(400) + "d"), Error, "bad duration");
  assertEquals(parseSize("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assertThrows(() => parseSize("8388608G"), Error, "bad size");
});

Deno.test("the settings of the reference accept no units", () => {
  for (const setting of ["start-timeout", "stop-timeout", "restart-delay", "restart-limit-interval"]) {
    for (const value of ["500ms", "30s", "15m", "2h", "7d"]) {
      assertEquals(failureOf(`${setting} = ${value}\n`), located(`bad value for ${setting}`, 1));
    }
  }
  assertEquals(describe("start-timeout = 0.5\n").startTimeout, 500);
  for (const value of ["512K", "10M", "1G"]) failureOf(`log-buffer-size = ${value}\n`);
});

Deno.test("the growth of the restart delay is a number from 1 to 1000", () => {
  const message = "restart-delay-factor must be a number from 1 to 1000, such as 2 or 1.5";
  for (const value of ["0.5", "1001", "x", "-2", "2x", "1e2", ""]) {
    assertStringIncludes(failureOf(`restart-delay-factor = ${value}\n`), message, value);
  }
  for (const [value, factor] of [["1", 1], ["1.5", 1.5], ["1000", 1000]] as const) {
    assertEquals(describe(`@meta restart-delay-factor = ${value}\n`).restartDelayFactor, factor);
  }
  assertEquals(describe("restart-delay-factor = 2\nrestart-delay-max: 15m\n").restartDelayMax, 900_000);
  assertStringIncludes(failureOf("restart-delay-max = soon\n"), "bad duration 'soon'");
});
