import { assert, assertEquals } from "@std/assert";
import { fc } from "../../random.ts";
import type { CheckRecord } from "../../../src/cli/check/main.ts";
import { SETTINGS } from "../../../src/description/mod.ts";
import { checkIn, Services } from "./_support.ts";

const value = fc.oneof(
  fc.constantFrom(
    "s",
    "t",
    "s@1$1",
    "process",
    "internal",
    "/bin/sh",
    "$X",
    "${1:-t}",
    "x\\",
    '"',
    "",
    "a#b",
    ".",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const line = fc.tuple(
  fc.constantFrom(...SETTINGS.map(({ name }) => name), "@include", "foo"),
  fc.constantFrom(" = ", ": ", " += ", " "),
  value,
).map((parts) => parts.join(""));
const description = fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n"));

Deno.test("for any descriptions, the check ends with findings that have all facts", async () => {
  await fc.assert(
    fc.asyncProperty(description, description, async (s, t) => {
      using services = new Services({ s, t });
      const { out, err, status } = await checkIn(services, ["s", "t", "--json"]);
      assertEquals(err, "");
      const found: CheckRecord[] = JSON.parse(out);
      assertEquals(status, found.some(({ severity }) => severity !== "note") ? 1 : 0);
      for (const { code, message, line, column, file } of found) {
        assert(/^[a-z-]+$/.test(code), code);
        assert(message !== "");
        assert(line === null || (line >= 1 && file !== null));
        assert(column === null || (column >= 1 && line !== null));
      }
    }),
    { numRuns: 300 },
  );
});
