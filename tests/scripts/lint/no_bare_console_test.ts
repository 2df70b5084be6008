import { assertEquals, assertStringIncludes } from "@std/assert";
import { lint } from "./_lint.ts";

const USES = [
  `console.log("x");`,
  `console?.error("x");`,
  `console["warn"]("x");`,
  `const { log } = console;`,
  `globalThis.console.log("x");`,
  `globalThis["console"].log("x");`,
];

for (const source of USES) {
  for (
    const place of [
      "main.ts",
      "src/engine/x.ts",
      "src/host/x.ts",
      "src/daemon/x.ts",
      "src/client/control_client.ts",
    ]
  ) {
    Deno.test(`no-bare-console: ${place} must not contain ${source}`, () => {
      const found = lint("no-bare-console", place, source);
      assertEquals(found.length, 1);
      assertStringIncludes(found[0], "write through src/log");
    });
  }
  for (
    const place of ["src/log/x.ts", "src/cli/x.ts", "scripts/x.ts", "tests/x_test.ts", "services/src/x.ts"]
  ) {
    Deno.test(`no-bare-console: ${place} may contain ${source}`, () => {
      assertEquals(lint("no-bare-console", place, source), []);
    });
  }
}

const OTHER_CONSOLES = [
  `service.console.acquire(); const status = { console: true }; interface S { console: boolean }`,
  `const console = makeWriter(); console.log("x"); console.flush();`,
  `function run(console: Port) { console.log("x"); return () => console.log("y"); }`,
  `function run({ console }: Ports, [other]: X) { console.log("x"); }`,
  `function run({ deep: { a: console = other } }: Ports) { console.log("x"); }`,
  `const run = (...console: Port[]) => console[0].log("x");`,
  `class Daemon { constructor(private console: Port) { console.log("x"); } }`,
  `class Daemon { start(console: Port) { console.log("x"); } }`,
  `type Run = (console: Port) => void; interface R { run(console: Port): void }`,
  `for (const console of all) console.log("x");`,
  `try { go(); } catch (console) { console.log("x"); }`,
  `import { console } from "../model/mod.ts"; console.log("x");`,
  `import console from "../model/mod.ts"; console.log("x");`,
  `import * as console from "../model/mod.ts"; console.log("x");`,
  `function console() {} console();`,
];

for (const source of OTHER_CONSOLES) {
  Deno.test(`no-bare-console: other objects named console are allowed: ${source}`, () => {
    assertEquals(lint("no-bare-console", "src/engine/x.ts", source), []);
  });
}

const HIDDEN_ELSEWHERE = [
  `function other(console: Port) { console.log("x"); } console.log("y");`,
  `{ const console = makeWriter(); } console.log("y");`,
  `import { console as other } from "../model/mod.ts"; console.log("y");`,
  `const given = { console };`,
  `const { log = console } = options;`,
];

for (const source of HIDDEN_ELSEWHERE) {
  Deno.test(`no-bare-console: a local console does not excuse the global one: ${source}`, () => {
    assertEquals(lint("no-bare-console", "src/engine/x.ts", source).length, 1);
  });
}
