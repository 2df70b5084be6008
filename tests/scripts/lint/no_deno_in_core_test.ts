import { assertEquals, assertStringIncludes } from "@std/assert";
import { lint } from "./_lint.ts";

const USES = [
  `Deno.exit(1);`,
  `globalThis.Deno.exit(1);`,
  `globalThis["Deno"].exit(1);`,
  `const { Deno: d } = globalThis;`,
  `export function f(at: Deno.Addr) { return at; }`,
  `export const d = { Deno };`,
  `import fs from "node:fs";`,
  `export * from "node:path";`,
  `await import("node:fs");`,
  `setTimeout(() => {}, 1);`,
  `type Timer = ReturnType<typeof setTimeout>;`,
  `setInterval(() => {}, 1);`,
  `clearTimeout(1);`,
  `const now = Date.now();`,
  `const now = Date["now"]();`,
  `const now = [1].map(Date.now);`,
  `const now = new Date();`,
  `const now = performance.now();`,
  `const dice = Math.random();`,
  `const id = crypto.randomUUID();`,
  `await fetch("http://localhost");`,
  `new Worker("x");`,
];

for (const source of USES) {
  for (const place of ["src/engine/x.ts", "src/model/x.ts"]) {
    Deno.test(`no-deno-in-core: ${place} must not contain ${source}`, () => {
      const found = lint("no-deno-in-core", place, source);
      assertEquals(found.length, 1);
      assertStringIncludes(found[0], "is pure and may not use");
    });
  }
  Deno.test(`no-deno-in-core: a host may contain ${source}`, () => {
    assertEquals(lint("no-deno-in-core", "src/host/x.ts", source), []);
  });
}

const HARMLESS = [
  `clock.setTimeout(() => {}, 1);`,
  `interface Clock { setTimeout(call: () => void): void; performance: number; }`,
  `class Fake { fetch() {} Deno = 1; }`,
  `export const made = { fetch: 1 };`,
  `const then = new Date(0); const max = Math.max(1, 2);`,
  `import { fetch as get } from "../model/mod.ts";`,
  `export { get as fetch };`,
  `// Deno.exit(1)\nconst text = "Deno";`,
  `type T = model.Deno;`,
];

for (const source of HARMLESS) {
  Deno.test(`no-deno-in-core: the engine may contain ${source}`, () => {
    assertEquals(lint("no-deno-in-core", "src/engine/x.ts", source), []);
  });
}

Deno.test("no-deno-in-core: the message says what to use instead", () => {
  assertEquals(lint("no-deno-in-core", "src/engine/x.ts", `Date.now();`), [
    "src/engine is pure and may not use Date.now. Take the time from the caller (the interface `Clock`).",
  ]);
});
