import { assert, assertEquals } from "@std/assert";
import { fc } from "../../random.ts";
import { editDistance, nearest } from "../../../src/model/suggestion.ts";
import { explained } from "./_support.ts";

for (
  const [from, to, distance] of [
    ["", "", 0],
    ["a", "", 1],
    ["wait-for", "waits-for", 1],
    ["wiats-for", "waits-for", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
    ["command", "command", 0],
  ] as const
) {
  Deno.test(`from '${from}' to '${to}' it is ${distance}`, () => {
    assertEquals(editDistance(from, to), distance);
    assertEquals(editDistance(to, from), distance);
  });
}

const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });

Deno.test("the distance is symmetric, within the lengths, and zero for equal texts only", () => {
  fc.assert(fc.property(word, word, (a, b) => {
    const distance = editDistance(a, b);
    assertEquals(editDistance(b, a), distance);
    assert(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
    assertEquals(distance === 0, a === b);
  }));
});

Deno.test("up to a limit the distance is exact, and beyond it only the excess is known", () => {
  fc.assert(fc.property(word, word, fc.nat(8), (a, b, limit) => {
    const distance = editDistance(a, b);
    const limited = editDistance(a, b, limit);
    if (distance <= limit) assertEquals(limited, distance);
    else assert(limited > limit);
  }));
});

Deno.test("the nearest word is similar, and the first among equals", () => {
  assertEquals(nearest("restrat", ["start", "restart", "restrict"]), "restart");
  assertEquals(nearest("abd", ["abc", "abe"]), "abc");
  assertEquals(nearest("xyz", ["abc"]), undefined);
  assertEquals(nearest("a", ["b"]), undefined);
  assertEquals(nearest("", ["a"]), undefined);
  assertEquals(nearest("abc", ["abd", "abc"]), undefined);
});

for (
  const [files, hint] of [
    [{ s: "wait-for = x\n" }, "waits-for"],
    [{ s: "Type = internal\n" }, "type"],
    [{ s: "restart_delay = 1\n" }, "restart-delay"],
    [{ s: "depend-on = x\n" }, "depends-on"],
    [{ s: "options = run-on-console\n" }, "runs-on-console"],
    [{ s: "load-options = export-password-vars\n" }, "export-passwd-vars"],
    [{ s: "securebits = no-root\n" }, "noroot"],
    [{ s: "term-signal = SIGTERM\n" }, "TERM"],
    [{ s: "term-signal = usr1\n" }, "USR1"],
    [{ s: "depends-on = netwrok\n", network: "" }, "network"],
    [{ s: "depends-on = network.service\n", network: "" }, "network"],
    [{ s: "after = netwrok@eth0\n", network: "" }, "network@eth0"],
  ] as const
) {
  Deno.test(`${JSON.stringify(files.s)} probably means ${hint}`, async () => {
    const { lines } = await explained(files);
    assertEquals(lines.filter((line) => line.includes("did you mean")), [`    did you mean \`${hint}\`?`]);
  });
}

Deno.test("there is no hint without a similar word", async () => {
  for (const text of ["foo = 1\n", "options = frobnicate\n", "term-signal = 15\n", "depends-on = zz\n"]) {
    const { lines } = await explained({ s: text, "directory-zy/": "" });
    assertEquals(lines.filter((line) => line.includes("did you mean")), [], text);
  }
});
