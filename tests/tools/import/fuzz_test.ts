/** Parsers of the import with random input: they end, throw nothing, and account for each line. */

import { assert, assertEquals } from "@std/assert";
import { InputFile } from "../../../src/tools/shared/account.ts";
import { parseDotenv } from "../../../src/tools/import/dotenv.ts";
import { parseIni } from "../../../src/tools/import/supervisor/ini_file.ts";
import { cronOf } from "../../../src/tools/import/systemd/calendar.ts";
import { parseUnit } from "../../../src/tools/import/systemd/unit_file.ts";
import { parseSpan, splitWords } from "../../../src/tools/import/systemd/values.ts";
import { fc } from "../../random.ts";
import { Import } from "./_import.ts";

const PIECES = [
  "\n",
  "\r\n",
  "\\\n",
  "[",
  "]",
  "[Service]",
  "=",
  "#",
  ";",
  " ",
  "\t",
  '"',
  "'",
  "\\",
  "%i",
  "%",
  "$",
  "\0",
  "x",
  "ExecStart",
  "é",
  "\x80",
  ",",
  "..",
  "/",
  "*",
  ":",
  "-",
  "0",
  "5min",
];
const TEXT = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })), { maxLength: 40 })
  .map((pieces) => pieces.join(""));

Deno.test("random text is read to its end, and each directive has a line of the text", () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      for (const parse of [parseUnit, parseIni, parseDotenv]) {
        const input = new InputFile("x");
        parse(text, input);
        const count = text.split("\n").length;
        for (const { line, name } of input.directives) assert(line >= 1 && line <= count && name !== "");
      }
      splitWords(text);
      parseSpan(text);
      const cron = cronOf(text);
      if ("cron" in cron) assertEquals(cron.cron.split(" ").length, 5);
    }),
    { numRuns: 300 },
  );
});

Deno.test("random values of units make descriptions that the checker can read", async () => {
  const names = [
    "ExecStart",
    "ExecStartPre",
    "ExecStop",
    "Environment",
    "User",
    "WorkingDirectory",
    "Type",
    "Restart",
    "RestartSec",
    "KillSignal",
    "LimitNOFILE",
    "Nice",
    "RuntimeDirectory",
    "StandardOutput",
    "PIDFile",
    "UMask",
    "WatchdogSec",
    "EnvironmentFile",
  ];
  const directive = fc.tuple(fc.constantFrom(...names), TEXT).map(([name, value]) =>
    `${name}=${value.replaceAll("\n", " ")}`
  );
  await fc.assert(
    fc.asyncProperty(fc.array(directive, { maxLength: 8 }), async (lines) => {
      using one = new Import({ "w.service": `[Service]\n${lines.join("\n")}\n` });
      const { files } = await one.account("w.service");
      assertEquals(files[0].directives.filter(({ line }) => line > 0).length <= lines.length, true);
      const mistakes = await one.mistakes();
      // Whether a user exists is for the checker to say; that the value has a form is for the import.
      assertEquals(mistakes.filter((mistake) => !/user|environment file/i.test(mistake)), []);
    }),
    { numRuns: 40 },
  );
});

Deno.test("lines of a megabyte end in a moment", () => {
  for (const filler of [" ", "a", "\\", '"', "5", "%", "a ", "# ", "- "]) {
    const long = filler.repeat(1_000_000 / filler.length);
    for (const parse of [parseUnit, parseIni, parseDotenv]) {
      parse(`[Service]\nA=${long}x\n${long}`, new InputFile("x"));
    }
    splitWords(long);
    parseSpan(long);
    cronOf(long);
  }
});
