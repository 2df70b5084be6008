import { assert, assertEquals } from "@std/assert";
import { withoutEagerNode } from "../../scripts/bundle.ts";

/** The helpers, as the bundler writes them. */
const HELPERS = `var __create = Object.create;
import { createRequire as __deno_internal_createRequire } from "node:module";
var __require = __deno_internal_createRequire(import.meta.url);
var __export = (target, all) => {};
export { __require, __export };
`;

Deno.test("a bundled script loads no module of Node before something requires it", async () => {
  const script = withoutEagerNode(HELPERS);
  assert(!script.includes("import "), script);
  const { __require } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  assertEquals(__require("node:path").basename("/a/b"), "b");
});

Deno.test("a script without a helper for Node stays as it is", () => {
  const script = 'import { join } from "./chunk.js";\nconst text = "node:module";\n';
  assertEquals(withoutEagerNode(script), script);
});
