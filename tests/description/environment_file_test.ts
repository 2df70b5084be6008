import { assertEquals } from "@std/assert";
import { type ParsedEnvironmentFile, parseEnvironmentFile } from "../../src/description/mod.ts";
import { encodeBytes } from "../../src/model/mod.ts";

function parse(text: string): ParsedEnvironmentFile {
  return parseEnvironmentFile(encodeBytes(text));
}

function assignments(text: string): [string, string][] {
  return [...parse(text).overlay.set];
}

Deno.test("a value is everything after the equals sign", () => {
  assertEquals(assignments('A= b "c" # d \\\r\nB=\n'), [["A", ' b "c" # d \\\r'], ["B", ""]]);
});

Deno.test("a name is everything up to the equals sign or white space", () => {
  assertEquals(assignments('9=a\n A-B \t = c\n"q"=d\n$=e\n'), [
    ["9", "a"],
    ["A-B", " c"],
    ['"q"', "d"],
    ["$", "e"],
  ]);
});

Deno.test("empty lines and comments are ignored", () => {
  const parsed = parse("\n  \n# A=1\n \t# B=2\n\r\n");
  assertEquals([parsed.overlay.set.size, parsed.problems.length], [0, 0]);
});

Deno.test("lines without a name or an equals sign are problems", () => {
  const { overlay, problems } = parse("=x\nexport A=1\nB\n\nC=1\nD E\n");
  assertEquals([...overlay.set], [["C", "1"]]);
  assertEquals(problems, [1, 2, 3, 6].map((line) => ({ line, kind: "setting" })));
});

Deno.test("D-11: unknown commands are problems, also the empty one", () => {
  const { problems } = parse("!\n! clear\n!Clear\n!clear\n!exit x\n");
  assertEquals(problems, [1, 2, 3, 5].map((line) => ({ line, kind: "command" })));
});

Deno.test("the last line needs no line feed", () => {
  assertEquals(assignments("A=1\nB=2"), [["A", "1"], ["B", "2"]]);
});

Deno.test("later lines override earlier ones", () => {
  const { overlay } = parse("A=1\nB=1\n!unset A C\nC=2\n!import B\n!unset D\n!import D\n!import E\nE=3\n");
  assertEquals([...overlay.set], [["C", "2"], ["E", "3"]]);
  assertEquals([...overlay.unset], ["A"]);
  assertEquals([...overlay.imported], ["B", "D"]);
});

Deno.test("!clear forgets everything before it", () => {
  const { overlay } = parse("A=1\n!unset B\n!import C\n!clear ignored words\nD=1\n");
  assertEquals([overlay.clear, [...overlay.set], overlay.unset.size, overlay.imported.size], [
    true,
    [["D", "1"]],
    0,
    0,
  ]);
});

Deno.test("arguments of commands are separated by any white space", () => {
  const { overlay } = parse("  !unset\tA  B\v\f C \r\n!import\n");
  assertEquals([...overlay.unset], ["A", "B", "C"]);
});

Deno.test("bytes that are not UTF-8, and NUL, are kept", () => {
  const { overlay } = parseEnvironmentFile(Uint8Array.of(0x41, 0xff, 0x3d, 0xe9, 0, 0x62));
  assertEquals([...overlay.set], [["A\udcff", "\udce9\0b"]]);
});
