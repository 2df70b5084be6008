import { assertEquals } from "@std/assert";
import { Patterns } from "../../src/watch/patterns.ts";

function matching(patterns: string, paths: readonly string[], own: readonly string[] = []): string[] {
  const compiled = new Patterns(patterns.split(" "), "/p", own);
  return paths.filter((path) => compiled.matches(path));
}

const TREE = ["/p/a.ts", "/p/src/b.ts", "/p/src/deep/c.ts", "/p/src/b_test.ts", "/p/src/d.js", "/q/e.ts"];

Deno.test("a star stays in its folder, two stars do not", () => {
  assertEquals(matching("*.ts", TREE), ["/p/a.ts"]);
  assertEquals(matching("src/*.ts", TREE), ["/p/src/b.ts", "/p/src/b_test.ts"]);
  assertEquals(matching("src/**/*.ts !**/*_test.ts", TREE), ["/p/src/b.ts", "/p/src/deep/c.ts"]);
  assertEquals(matching("src/**", TREE), TREE.filter((path) => path.startsWith("/p/src/")));
});

Deno.test("a folder means everything below it, included or excluded", () => {
  assertEquals(matching("src", TREE), TREE.filter((path) => path.startsWith("/p/src/")));
  assertEquals(matching("src/ !src/deep", TREE), ["/p/src/b.ts", "/p/src/b_test.ts", "/p/src/d.js"]);
});

Deno.test("patterns may be absolute, or lead out of the working directory", () => {
  assertEquals(matching("/q/*", TREE), ["/q/e.ts"]);
  assertEquals(matching("../q ./a.ts", TREE), ["/p/a.ts", "/q/e.ts"]);
});

Deno.test("patterns choose between characters and between texts, and other signs mean themselves", () => {
  assertEquals(matching("src/?.{ts,js}", TREE), ["/p/src/b.ts", "/p/src/d.js"]);
  assertEquals(matching("src/[bd].*", TREE), ["/p/src/b.ts", "/p/src/d.js"]);
  assertEquals(matching("src/[!b]*", ["/p/src/b.ts", "/p/src/d.js"]), ["/p/src/d.js"]);
  const odd = ["/p/a+b(1).ts", "/p/aab1.ts", "/p/[", "/p/{x", "/p/^$|.ts"];
  assertEquals(matching("a+b(1).ts [ {x ^$|.ts", odd), ["/p/a+b(1).ts", "/p/[", "/p/{x", "/p/^$|.ts"]);
  assertEquals(matching("[z-a]", ["/p/[z-a]"]), ["/p/[z-a]"]);
});

Deno.test("what nobody wants to watch is ignored, unless a pattern names it", () => {
  const paths = ["/p/.git/HEAD", "/p/node_modules/x/i.js", "/p/x/node_modules/y.js", "/p/a.js"];
  assertEquals(matching("**", paths), ["/p/a.js"]);
  assertEquals(matching("node_modules/x *.js", paths), ["/p/node_modules/x/i.js", "/p/a.js"]);
});

Deno.test("what editors and the service itself write is ignored", () => {
  const paths = [
    "/p/.a.ts.swp",
    "/p/a.ts~",
    "/p/#a.ts#",
    "/p/.#a.ts",
    "/p/4913",
    "/p/log",
    "/p/log.1.gz",
    "/p/logic.ts",
  ];
  assertEquals(matching("**", paths, ["/p/log"]), ["/p/logic.ts"]);
});

Deno.test("a pattern begins to be watched at the last folder without a wildcard", () => {
  const bases = new Patterns(["src/**/*.ts", "/etc/x.conf", "*.ts", "/*"], "/p").included.map(({ base }) =>
    base
  );
  assertEquals(bases, ["/p/src", "/etc/x.conf", "/p", "/"]);
});
