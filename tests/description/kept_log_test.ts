import { assert, assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { describe, failureOf, general, locatedSetting } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

Deno.test("a kept log has its settings in both spellings, in any order", () => {
  for (const front of ["", "@meta "]) {
    const { logType, logFile, logStamps, logFormat, logRateLimit } = describe(
      `${PROCESS}${front}log-timestamps = iso\n${front}log-format: json\n${front}log-type = kept\n` +
        `${front}log-rate-limit = 100\nlogfile = /x\n`,
    );
    assertEquals([logType, logFile, logStamps, logFormat, logRateLimit], ["kept", "/x", "iso", "json", 100]);
  }
});

Deno.test("@meta gives the log type only the value that the reference does not have", () => {
  for (
    const line of [
      "@meta log-type = buffer",
      "@meta log-type = keptt",
      "@meta log-type",
      "@meta log-type kept",
    ]
  ) {
    assertEquals(describe(`${PROCESS}logfile = /x\n${line}\n`).logType, "file", line);
  }
  assertEquals(describe(`${PROCESS}logfile = /x\n@meta log-type=kept # why\n`).logType, "kept");
});

Deno.test("settings of kept logs are errors with any other log type, with their line and the remedy", () => {
  for (const line of ["log-timestamps = no", "log-format = json", "@meta log-rate-limit = 0"]) {
    for (const type of ["logfile = /x", "log-type = buffer", "log-type = pipe", ""]) {
      const setting = line.replace("@meta ", "").split(" ")[0];
      const message = "applies to 'log-type = kept' only: add that line, or remove this one";
      assertEquals(failureOf(`${PROCESS}${line}\n${type}\n`), locatedSetting(setting, message, 3), type);
    }
  }
});

Deno.test("a kept log without a file is an error that names the remedy", () => {
  const message = "'log-type = kept' needs a file: add 'logfile = PATH'.";
  assertEquals(failureOf(`${PROCESS}log-type = kept\n`), general(message));
});

Deno.test("a kept log is printed so that it is read again, and for the reference as @meta lines", () => {
  const text = `${PROCESS}log-type = kept\nlogfile = /x\nlog-timestamps = elapsed\n`;
  const portable = printDescription(describe(text), { portable: true });
  assert(portable.includes("@meta log-type = kept\n"), portable);
  assert(portable.includes("@meta log-timestamps = elapsed\n"), portable);
  for (const printed of [printDescription(describe(text)), portable]) {
    assertEquals(printDescription(describe(printed)), printDescription(describe(text)));
  }
});

Deno.test("wrong values of the settings of kept logs are named", () => {
  const wrong = [
    ["log-timestamps = utc", 'log time stamps must be one of: "no", "iso" or "elapsed"'],
    ["log-format = xml", 'log format must be one of: "text" or "json"'],
  ];
  for (const [line, message] of wrong) {
    const text = `${PROCESS}log-type = kept\nlogfile = /x\n${line}\n`;
    assertEquals(failureOf(text), locatedSetting(line.split(" ")[0], message, 5));
  }
});
