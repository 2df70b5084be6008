/** Texts and bars can be read in both themes: the contrast of WCAG 2.2, level AA, computed from the style sheets. */

import { assert, assertEquals } from "@std/assert";
import { CHART_STYLE } from "../../../src/insight/mod.ts";

/** The least contrast of texts (1.4.3), and of drawings and marks that mean something (1.4.11). */
const TEXT = 4.5, DRAWING = 3;

type Colours = ReadonlyMap<string, string>;

/** The relative luminance of a colour such as `#1b1f24` or `#fff`. */
function luminance(colour: string): number {
  const digits = colour.slice(1);
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g) ?? [];
  const [red, green, blue] = pairs.map((pair) => {
    const part = parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(colours: Colours, one: string, other: string): number {
  const [dark, light] = [one, other].map((name) => luminance(colours.get(name) ?? "none")).sort((a, b) =>
    a - b
  );
  return (light + 0.05) / (dark + 0.05);
}

function check(colours: Colours, pairs: readonly (readonly [string, string])[], least: number): void {
  for (const [front, back] of pairs) {
    const found = contrast(colours, front, back);
    assert(found >= least, `${front} on ${back}: ${found.toFixed(2)}`); // also if a colour is missing: NaN
  }
}

const style = Deno.readTextFileSync(new URL("../../../src/tools/web/page/style.css", import.meta.url));

for (const [index, theme] of ["light", "dark"].entries()) {
  Deno.test(`every text of the page can be read in the ${theme} theme`, () => {
    const colours = new Map(
      Array.from(
        style.matchAll(/--(\w+): light-dark\((#\w+), (#\w+)\);/g),
        (found) => [found[1], found[2 + index]],
      ),
    );
    const used = new Set(Array.from(style.matchAll(/var\(--(\w+)\)/g), ([, name]) => name));
    assertEquals([...used].sort(), [...colours.keys()].sort());
    const backs = ["paper", "panel"];
    const fronts = [...colours.keys()].filter((name) => !backs.includes(name) && name !== "line");
    check(colours, fronts.flatMap((front) => backs.map((back) => [front, back] as const)), TEXT);
  });

  Deno.test(`every text and bar of the chart can be seen in the ${theme} theme`, () => {
    const parts = CHART_STYLE.split("@media(prefers-color-scheme:dark)");
    assertEquals(parts.length, 2);
    const colours = new Map(
      Array.from(parts[index].matchAll(/--(\w+):(#\w+)/g), ([, name, colour]) => [name, colour]),
    );
    check(colours, [["ink", "paper"], ["faint", "paper"], ["bad", "paper"]], TEXT);
    check(colours, [["up", "paper"], ["decides", "paper"], ["waits", "paper"]], DRAWING);
  });
}

Deno.test("no text has a colour that is not one of the themes", () => {
  const rules = style.slice(style.indexOf("}") + 1);
  assertEquals(rules.match(/(?<!-)color: (?!inherit|var\(--)[^;]+/g), null);
  assertEquals(contrast(new Map([["black", "#000"], ["white", "#ffffff"]]), "black", "white"), 21);
});
