import { assertEquals, assertThrows } from "@std/assert";
import {
  findDescription,
  MainEnvironment,
  readEnableVia,
  readStaticLinks,
  type StaticLinks,
} from "../../src/description/mod.ts";
import { DependencyKind, LoadError } from "../../src/model/mod.ts";
import { Services } from "./_support.ts";

function via(files: Record<string, string>, name = "s"): string | undefined {
  using services = new Services(files);
  return readEnableVia(findDescription(name, [services.directory]), new MainEnvironment({ V: "i" }));
}

function links(services: Services, name = "s"): StaticLinks {
  const { dependencies, waitsForDirectories } = readStaticLinks(
    findDescription(name, [services.directory]),
    new MainEnvironment({ V: "v" }),
  );
  return { dependencies, waitsForDirectories };
}

Deno.test("the last @meta enable-via counts, also in included files", () => {
  assertEquals(via({ s: "@meta enable-via a\n@meta  enable-via\tb-1.x \n@meta other c d\n" }), "b-1.x");
  assertEquals(via({ s: "@meta enable-via a\n@include $V\n", i: "@meta enable-via b" }), "b");
  assertEquals(via({ s: "type = internal\n" }), undefined);
});

Deno.test("other lines may be faulty in any way", () => {
  assertEquals(via({ s: 'foo = "\n@meta enable-via a\ntype += $\n@meta "\n' }), "a");
});

for (const rest of ["", " ", " a b", " 1a", " a@b", ' "a"', " a # why"]) {
  Deno.test(`@meta enable-via${rest} is malformed`, () => {
    assertThrows(
      () => via({ s: `@meta enable-via${rest}\n` }),
      LoadError,
      "'@meta enable-via' argument missing or malformed",
    );
  });
}

Deno.test("lines that cannot be separated are an error", () => {
  assertThrows(() => via({ s: "type\n@meta enable-via a\n" }), LoadError, "badly formed line.");
});

Deno.test("links are read without loading anything", () => {
  using services = new Services({
    s: "depends-on = a$1\ndepends-ms: b\nwaits-for = c\nprepared-by = d\nbefore = e\n" +
      "waits-for.d = $V.d\ndepends-on.d = x\nfoo = 1\nnice = x\n@include sub/i\n",
    "sub/i": "waits-for.d = ${N}\n",
  });
  assertEquals(links(services, "s@1"), {
    dependencies: [
      { kind: DependencyKind.REGULAR, name: "a1" },
      { kind: DependencyKind.MILESTONE, name: "b" },
      { kind: DependencyKind.WAITS_FOR, name: "c" },
    ],
    waitsForDirectories: [
      { value: "v.d", path: services.path("v.d") },
      { value: "", path: services.path("sub") },
    ],
  });
});

Deno.test("a link that cannot be read is an error", () => {
  using services = new Services({ s: "waits-for = $\n", t: 'waits-for.d = "x\n' });
  assertThrows(() => links(services), LoadError, "invalid/missing variable name after '$'");
  assertThrows(() => links(services, "t"), LoadError, "unterminated quoted string");
});
