import { assertEquals } from "@std/assert";
import "../../_processes.ts";
import { scanImports } from "../../../scripts/lint/import_scanner.ts";
import { lint } from "./_lint.ts";

/** Writes an artificial repository, lints one file of it on disk, and returns the findings of the rule. */
function faults(files: Record<string, string>, linted: string): string[] {
  const root = Deno.makeTempDirSync();
  try {
    for (const [place, source] of Object.entries(files)) {
      Deno.mkdirSync(`${root}/${place}/..`.replace(/[^/]+\/\.\.$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${root}/${place}`, source);
    }
    return lint("no-import-circle", linted, files[linted], root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function circle(...places: string[]): string[] {
  return [
    `Import circle: ${places.join(" -> ")}. Move what these files share to a file that imports none of them.`,
  ];
}

Deno.test("no-import-circle: a tree and a diamond pass", () => {
  const files = {
    "src/engine/a.ts": `import "./b.ts";\nimport "./c.ts";`,
    "src/engine/b.ts": `import { d } from "./d.ts";`,
    "src/engine/c.ts": `export * from "./d.ts";`,
    "src/engine/d.ts": `export const d = 1;`,
  };
  for (const place of Object.keys(files)) assertEquals(faults(files, place), []);
});

Deno.test("no-import-circle: two files that import each other are both reported", () => {
  const files = { "src/engine/a.ts": `import "./b.ts";`, "src/engine/b.ts": `export { a } from "./a.ts";` };
  assertEquals(
    faults(files, "src/engine/a.ts"),
    circle("src/engine/a.ts", "src/engine/b.ts", "src/engine/a.ts"),
  );
  assertEquals(
    faults(files, "src/engine/b.ts"),
    circle("src/engine/b.ts", "src/engine/a.ts", "src/engine/b.ts"),
  );
});

Deno.test("no-import-circle: a circle across rooms is shown with every step", () => {
  const files = {
    "src/model/a.ts": `import type {\n  B, // the type\n  C,\n} from "../engine/b.ts";`,
    "src/engine/b.ts": `/** Text. */\nimport { c } from '../host/c.ts';`,
    "src/host/c.ts": `const x = 1;\nexport * as a from "../model/a.ts";`,
  };
  const steps = ["src/model/a.ts", "src/engine/b.ts", "src/host/c.ts", "src/model/a.ts"];
  assertEquals(faults(files, "src/model/a.ts"), circle(...steps));
});

Deno.test("no-import-circle: a file that imports a circle without being on it is not reported", () => {
  const files = {
    "src/engine/a.ts": `import "./b.ts";`,
    "src/engine/b.ts": `import "./c.ts";`,
    "src/engine/c.ts": `import "./b.ts";`,
  };
  assertEquals(faults(files, "src/engine/a.ts"), []);
});

Deno.test("no-import-circle: another circle does no harm", () => {
  const files = {
    "src/engine/a.ts": `import "./b.ts";`,
    "src/engine/b.ts": `import "./c.ts";`,
    "src/engine/c.ts": `import "./d.ts";`,
    "src/engine/d.ts": `import "./c.ts";\nimport "./a.ts";`,
  };
  const steps = ["a", "b", "c", "d", "a"].map((name) => `src/engine/${name}.ts`);
  assertEquals(faults(files, "src/engine/a.ts"), circle(...steps));
});

Deno.test("no-import-circle: a file that imports itself is reported", () => {
  const files = { "src/engine/a.ts": `import * as a from "./a.ts";` };
  assertEquals(faults(files, "src/engine/a.ts"), circle("src/engine/a.ts", "src/engine/a.ts"));
});

Deno.test("no-import-circle: a file that imports the mod.ts of the same room is reported", () => {
  const files = {
    "src/engine/a.ts": `import { b } from "./mod.ts";`,
    "src/engine/mod.ts": `export * from "./a.ts";`,
  };
  assertEquals(faults(files, "src/engine/a.ts").length, 1);
});

Deno.test("no-import-circle: imports at run time do not close a circle", () => {
  const files = { "src/cli/a.ts": `import "./b.ts";`, "src/cli/b.ts": `await import("./a.ts");` };
  assertEquals(faults(files, "src/cli/a.ts"), []);
  assertEquals(faults(files, "src/cli/b.ts"), []);
});

Deno.test("no-import-circle: packages and missing files are ignored", () => {
  assertEquals(faults({ "src/cli/a.ts": `import "npm:x";\nimport "./gone.ts";` }, "src/cli/a.ts"), []);
});

Deno.test("no-import-circle: tests and scripts are not checked", () => {
  const files = { "tests/a.ts": `import "./b.ts";`, "tests/b.ts": `import "./a.ts";` };
  assertEquals(faults(files, "tests/a.ts"), []);
});

Deno.test("the scanner finds every static form and nothing that only looks like one", () => {
  const source = [
    `import "./effect.ts";`,
    `import a from "./default.ts";`,
    `import * as b from "./star.ts";`,
    `import c, { d as e } from "./both.ts";`,
    `import type { F } from "./type.ts";`,
    `import {`,
    `  g, // "./comment.ts"`,
    `  /* from "./block.ts" */ h,`,
    `} from "./lines.ts";`,
    `export * from "./all.ts";`,
    `export type { I } from './single.ts';`,
    `// import x from "./no1.ts";`,
    ` * import x from "./no2.ts";`,
    `export const from = "./no3.ts";`,
    `export function f() { return Array.from("./no4.ts"); }`,
    `const late = await import("./no5.ts");`,
    `export default "./no6.ts";`,
  ].join("\n");
  const names = ["effect", "default", "star", "both", "type", "lines", "all", "single"];
  assertEquals(scanImports(source), names.map((name) => `./${name}.ts`));
});
