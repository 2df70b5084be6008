import { assertEquals } from "@std/assert";
import { cutText, printable, textWidth, wrapWords } from "../../src/cli/shared/text_width.ts";

const WIDTHS: readonly (readonly [string, number])[] = [
  ["", 0],
  ["plain", 5],
  ["ärger", 5],
  ["a\u0308rger", 5],
  ["\u00ad", 1],
  ["日本語", 6],
  ["ｆｕｌｌ", 8],
  ["ﾊﾝｶｸ", 5 - 1],
  ["한글", 4],
  ["\u1112\u1161\u11ab", 2],
  ["e\u200bf", 2],
  ["🚀", 2],
  ["✅ ok", 5],
  ["●◐×○", 4],
  ["└─ ", 3],
  ["Ω≈", 2],
  ["\u{20000}", 2],
  ["\u{1f1e6}", 1],
];

for (const [text, width] of WIDTHS) {
  Deno.test(`${JSON.stringify(text)} takes ${width} columns`, () => {
    assertEquals(textWidth(text), width);
  });
}

Deno.test("a text is cut between characters and never exceeds the columns", () => {
  assertEquals(cutText("日本語", 6), "日本語");
  assertEquals(cutText("日本語", 5), "日本…");
  assertEquals(cutText("日本語", 4), "日…");
  assertEquals(cutText("日本語", 1), "…");
  assertEquals(cutText("日本語", 0), "");
  assertEquals(cutText("a\u0308bc", 2), "a\u0308…");
  assertEquals(cutText("plain", Infinity), "plain");
});

Deno.test("a text is broken between words, and within words that are wider than a line", () => {
  assertEquals(wrapWords("one two three", 7), ["one two", "three"]);
  assertEquals(wrapWords("a 0123456789 b", 5), ["a", "01234", "56789", "b"]);
  assertEquals(wrapWords("日本語", 4), ["日本", "語"]);
  assertEquals(wrapWords("日本", 1), ["日", "本"]); // no line can hold a character
  assertEquals(wrapWords("one two", Infinity), ["one two"]);
  assertEquals(wrapWords("", 5), [""]);
});

Deno.test("no control characters are printed", () => {
  assertEquals(printable("a\x1b[31m\n\x9b\udcffß"), "a?[31m???ß");
});
