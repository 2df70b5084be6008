/** Colours on the daemon's console. */

import { assertEquals } from "@std/assert";
import { ConsoleLog, takesColours } from "../../src/log/mod.ts";

const LINES = [
  "[  OK  ] web",
  "[FAILED] db",
  "[STOPPD] web",
  "dinit: [  OK  ] is no label here",
  "[  OK  ]",
  "",
];

async function written(colour: boolean): Promise<string[]> {
  let text = "";
  const write = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  };
  const log = new ConsoleLog({ write }, { colour });
  for (const line of LINES) log.write(line);
  await log.flush(1000);
  return text.split("\n").slice(0, -1);
}

Deno.test("on a terminal the labels of service lines are green, red and yellow", async () => {
  assertEquals(await written(true), [
    "\x1b[32m[  OK  ]\x1b[0m web",
    "\x1b[31m[FAILED]\x1b[0m db",
    "\x1b[33m[STOPPD]\x1b[0m web",
    ...LINES.slice(3),
  ]);
});

Deno.test("elsewhere every byte is the reference's", async () => {
  assertEquals(await written(false), LINES);
});

Deno.test("colours are for terminals that know them and people who want them", () => {
  const takes = (isTerminal: boolean, env: Record<string, string> = {}) =>
    takesColours(isTerminal, (name) => env[name]);
  assertEquals(takes(true, { TERM: "linux" }), true);
  assertEquals(takes(true), true);
  assertEquals(takes(true, { NO_COLOR: "" }), true);
  assertEquals(takes(true, { NO_COLOR: "1" }), false);
  assertEquals(takes(true, { TERM: "dumb" }), false);
  assertEquals(takes(false), false);
});
