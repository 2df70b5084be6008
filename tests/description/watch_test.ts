import { assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { NO_WATCH, SIGNALS } from "../../src/model/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

Deno.test("watched files have their settings in both spellings, and in any order", () => {
  for (const front of ["", "@meta "]) {
    const { watch } = describe(
      `${front}watch-action = signal:HUP\n${front}watch-delay = 1.5\n${PROCESS}${front}watch = a/** !b\n${front}watch += c\n`,
    );
    assertEquals(watch, {
      patterns: ["a/**", "!b", "c"],
      delay: 1500,
      action: "signal",
      signal: 1,
      command: [],
    });
  }
});

Deno.test("a description without such lines has the shared settings", () => {
  assertEquals(describe(PROCESS).watch === NO_WATCH, true);
});

Deno.test("watch-action = run takes a command with quotes, with and without a blank behind the colon", () => {
  for (const value of ['run:make "all assets"', 'run: make "all assets"']) {
    assertEquals(describe(`${PROCESS}watch = a\nwatch-action = ${value}\n`).watch.command, [
      "make",
      "all assets",
    ]);
  }
});

Deno.test("mistakes in the settings of watched files name line and remedy", () => {
  const action = "watch-action must be restart, signal:NAME or run:COMMAND, where NAME is one of " +
    SIGNALS.map(([name]) => name).join(", ");
  for (
    const [line, message] of [
      ["watch-action = reload", action],
      ["watch-action = signal:SIGHUP", action],
      ["watch-action = run:", action],
      ["watch-action = restart now", action],
      ["watch-action = signal:HUP TERM", action],
      ["watch-delay = 1ms", "watch-delay must be between 10ms and 7d"],
      ["watch = !a", "watch only excludes files: add a pattern without '!'"],
      ['watch = ""', "watch has the empty pattern ''"],
      ["watch = a !", "watch has the empty pattern '!'"],
    ]
  ) {
    assertEquals(
      failureOf(`${PROCESS}${line}\nwatch += a\n`),
      locatedSetting(line.split(" ")[0], message, 3),
      line,
    );
  }
});

Deno.test("settings of watched files that have no effect are errors", () => {
  assertEquals(
    failureOf(`${PROCESS}watch-delay = 1\n`),
    locatedSetting("watch-delay", "no file is watched: set 'watch', or remove this line", 3),
  );
  assertEquals(
    failureOf("type = internal\nwatch = a\n"),
    locatedSetting("watch", "only process services watch files: change 'type', or remove this line", 2),
  );
  assertEquals(describe(`${PROCESS}watch = a\nwatch =\n`).watch.patterns, []);
});

Deno.test("settings of watched files are printed so that they are read again", () => {
  for (const action of ["restart", "signal:USR1", 'run:make "a b"']) {
    const { watch } = describe(`${PROCESS}watch = "a b/*" !c\nwatch-delay = 2\nwatch-action = ${action}\n`);
    const text = printDescription({ ...describe(PROCESS), watch });
    assertEquals(describe(text).watch, watch, text);
  }
});
