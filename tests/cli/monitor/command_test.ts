import { assertEquals } from "@std/assert";
import { fillIn, splitCommand } from "../../../src/cli/monitor/command.ts";

const SPLITS: readonly (readonly [string, string[]])[] = [
  ["", []],
  [" \t\n ", []],
  ["notify", ["notify"]],
  ["  notify  %n\t%s ", ["notify", "%n", "%s"]],
  ['a"b c"d', ["ab cd"]],
  ['x "" y', ["x", "", "y"]],
  ['say "two words', ["say", "two words"]],
  ["it's a\\b", ["it's", "a\\b"]],
  ['""', [""]],
];

for (const [text, words] of SPLITS) {
  Deno.test(`a monitor splits ${JSON.stringify(text)}`, () => {
    assertEquals(splitCommand(text), words);
  });
}

const FILLED: readonly (readonly [string, string])[] = [
  ["%n", "web"],
  ["%s", "BAD %n"],
  ["%v", "1 2"],
  ["%n-%s-%v", "web-BAD %n-1 2"],
  ["%", "%"],
  ["50%", "50%"],
  ["x%%y", "x%y"],
  ["%%n", "%n"],
  ["%q", "%q"],
  ["%ä", "%ä"],
  ["%\n", "%\n"],
];

for (const [word, text] of FILLED) {
  Deno.test(`a monitor fills in ${JSON.stringify(word)}`, () => {
    assertEquals(fillIn(word, { name: "web", status: "BAD %n", value: "1 2" }), text);
  });
}

Deno.test("services have no value to fill in", () => {
  assertEquals(fillIn("<%v>", { name: "web", status: "started" }), "<>");
});
