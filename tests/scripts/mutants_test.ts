import { assertEquals } from "@std/assert";
import { EQUIVALENTS, isSame } from "../../scripts/mutants/equivalents.ts";
import { mutantsOf, textOf } from "../../scripts/mutants/mutations.ts";

/** The changed lines of all mutants of a text. */
function changed(text: string): string[] {
  return mutantsOf("a", text).map(({ after }) => after.trim());
}

Deno.test("a mutant changes one operator, one value or one statement", () => {
  assertEquals(changed("const a = b === 1 && !c();"), [
    "const a = b !== 1 && !c();",
    "const a = b === 1 || !c();",
    "const a = b === 1 && c();",
  ]);
  assertEquals(changed("function f() {\n  if (a) stop();\n  go();\n}"), ["if (a) {}", ";"]);
});

Deno.test("the text of a mutant differs in its line", () => {
  const text = "let a = 1;\na += 1;\nexport { a };";
  const [mutant] = mutantsOf("a", text);
  assertEquals(textOf(mutant, text), "let a = 1;\na -= 1;\nexport { a };");
});

Deno.test("changes of types and comments, and texts that are no program, are no mutants", () => {
  assertEquals(changed("interface A {\n  readonly b: true;\n  c: number;\n}"), []);
  assertEquals(changed('type A = "down" | false;'), []);
  assertEquals(changed("class A {\n  limit: number | undefined;\n}"), []);
  assertEquals(changed("let a = 1; // not true && not false"), []);
  assertEquals(changed("/**\n * not true\n */\nlet a = 1;"), []);
  assertEquals(changed("const f = () => {\n  g(); };"), []);
});

for (const known of EQUIVALENTS) {
  Deno.test(`the mutant of ${known.file} that no test can notice exists: ${known.after}`, () => {
    const text = Deno.readTextFileSync(new URL(`../../src/engine/${known.file}.ts`, import.meta.url));
    assertEquals(mutantsOf(known.file, text).filter((mutant) => isSame(mutant, text, known)).length, 1);
  });
}
