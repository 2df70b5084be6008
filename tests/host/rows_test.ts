/** Section 16 of the lifecycle specification is complete: every row has a test that bears its number. */

import { assertEquals } from "@std/assert";
import { ServiceType } from "../../src/model/mod.ts";
import { CommandHost } from "../../src/host/command_host.ts";
import { NO_RECORD } from "../../src/host/mod.ts";
import { service } from "./_host.ts";
import { LAST_ROW, REFUSED_ROWS } from "./_rows.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ROWS = Array.from({ length: LAST_ROW }, (_, index) => index + 1);

/** A test in a source text: the function that makes it, and the numbers of its rows. */
const TEST = /(\w+)\(\s*["`](?:native host: )?((?:L\d+, )*L\d+): /g;

/** The rows that have a test, and those whose test is run with both hosts. */
function testedRows(): { tested: Set<number>; onBothHosts: Set<number> } {
  const [tested, onBothHosts] = [new Set<number>(), new Set<number>()];
  for (const folder of ["tests/host", "tests/e2e"]) {
    for (const { name } of Deno.readDirSync(`${ROOT}${folder}`)) {
      if (!name.endsWith("_test.ts")) continue;
      for (const [, word, numbers] of Deno.readTextFileSync(`${ROOT}${folder}/${name}`).matchAll(TEST)) {
        for (const number of numbers.split(", ")) {
          tested.add(Number(number.slice(1)));
          if (word.startsWith("both")) onBothHosts.add(Number(number.slice(1)));
        }
      }
    }
  }
  return { tested, onBothHosts };
}

Deno.test("every row of section 16 has a test", () => {
  const { tested } = testedRows();
  assertEquals(ROWS.filter((row) => !tested.has(row)), []);
  assertEquals([...tested].filter((row) => row > LAST_ROW), []);
});

Deno.test("every row of section 16 is tested with both hosts, unless the command host refuses it", () => {
  const { onBothHosts } = testedRows();
  const refused = new Set(REFUSED_ROWS.flatMap(([rows]) => rows));
  assertEquals(ROWS.filter((row) => !onBothHosts.has(row) && !refused.has(row)), []);
});

for (const [rows, setting, changes] of REFUSED_ROWS) {
  const names = rows.map((row) => `L${row}`).join(", ");
  Deno.test(`command host: ${names}: '${setting}' is refused when the service is loaded`, () => {
    const nothing = () => {};
    const reports = { execSucceeded: nothing, execFailed: nothing, exited: nothing, allKilled: nothing };
    const host = new CommandHost(reports, NO_RECORD);
    const { description } = service({ type: ServiceType.PROCESS, ...changes });
    assertEquals(host.unsupported(description), {
      setting,
      message: "the command host cannot do this, the native host can (grant --allow-ffi).",
    });
  });
}
