import { assertEquals, assertStringIncludes } from "@std/assert";
import { lint } from "./_lint.ts";

function faults(place: string, source: string): string[] {
  return lint("no-upward-import", place, source);
}

const ALLOWED: [place: string, source: string][] = [
  ["src/engine/x.ts", `import { baseName } from "../model/mod.ts";`],
  ["src/engine/graph/graph.ts", `import { Edge } from "./edge.ts";`],
  ["src/engine/deep/er.ts", `import { Edge } from "../edge.ts";`],
  ["src/cli/ctl/main.ts", `import { ControlClient } from "../../client/mod.ts";`],
  ["src/client/x.ts", `import { Reply } from "../control/wire/mod.ts";`],
  ["src/daemon/run.ts", `const log = await import("../log/mod.ts");`],
  ["src/host/mod.ts", `export * from "./command_host.ts";`],
  ["src/log/sink.ts", `import { x } from "@std/path"; import "node:fs"; import "npm:x";`],
  ["main.ts", `await import("./src/cli/ctl/main.ts");`],
  ["scripts/bench/engine.ts", `import { ServiceManager } from "../../src/engine/lifecycle/lifecycle.ts";`],
  [
    "tests/cli/ctl_test.ts",
    `import { runCtl } from "../../src/cli/ctl/main.ts"; import { x } from "../_help.ts";`,
  ],
  ["services/src/web.ts", `import { connect } from "./shared/connect.ts";`],
];

for (const [place, source] of ALLOWED) {
  Deno.test(`no-upward-import: ${place} may contain ${source}`, () =>
    assertEquals(faults(place, source), []));
}

const FORBIDDEN: [place: string, source: string, message: string][] = [
  ["src/model/x.ts", `import { g } from "../engine/mod.ts";`, "model is below engine"],
  ["src/engine/x.ts", `import type { H } from "../host/mod.ts";`, "engine is below host"],
  ["src/engine/x.ts", `export { h } from "../host/mod.ts";`, "engine is below host"],
  ["src/engine/x.ts", `export * from "../host/mod.ts";`, "engine is below host"],
  ["src/engine/x.ts", `await import("../host/mod.ts");`, "engine is below host"],
  ["src/engine/x.ts", `type H = import("../host/mod.ts").H;`, "engine is below host"],
  ["src/engine/x.ts", `import type { H } from ".././engine/../host/mod.ts";`, "engine is below host"],
  ["src/host/x.ts", `import { l } from "../log/mod.ts";`, "on the same floor"],
  ["src/cli/x.ts", `import { d } from "../daemon/mod.ts";`, "on the same floor"],
  ["src/daemon/x.ts", `import { c } from "../control/_queue.ts";`, "private to its room"],
  ["src/daemon/x.ts", `import { c } from "../control/_wire/codec.ts";`, "private to its room"],
  ["tests/control/x_test.ts", `import { q } from "../../src/control/_queue.ts";`, "private to its room"],
  ["main.ts", `import { q } from "./src/control/_queue.ts";`, "private to its room"],
  ["src/daemon/x.ts", `import { c } from "../control/client.ts";`, "Import src/control/mod.ts"],
  ["src/cli/x.ts", `import { c } from "../control/codec.ts";`, "Import src/control/mod.ts"],
  ["src/cli/x.ts", `import { s } from "../../main.ts";`, "src/ stands alone"],
  ["src/cli/x.ts", `import { s } from "../../scripts/x.ts";`, "src/ stands alone"],
  ["src/web/x.ts", `import { m } from "../model/mod.ts";`, "src/web is no room"],
  ["main.ts", `import { m } from "./src/web/mod.ts";`, "src/web is no room"],
];

for (const [place, source, message] of FORBIDDEN) {
  Deno.test(`no-upward-import: ${place} must not contain ${source}`, () => {
    const found = faults(place, source);
    assertEquals(found.length, 1);
    assertStringIncludes(found[0], message);
  });
}

Deno.test("no-upward-import: each of several faults is reported at its place", () => {
  const source =
    `import { a } from "../cli/mod.ts";\nimport { b } from "../model/mod.ts";\nimport "../host/mod.ts";`;
  assertEquals(faults("src/description/x.ts", source).length, 2);
});

Deno.test("no-upward-import: the message names the remedy", () => {
  const [message] = faults("src/engine/x.ts", `import { h } from "../host/mod.ts";`);
  assertEquals(
    message,
    "engine is below host and may not import it. Declare the interface that engine needs in engine and have host " +
      "implement it, or move the shared part down.",
  );
});
