import { assertEquals } from "@std/assert";
import { ServiceType } from "../../src/model/mod.ts";
import { describe, failureOf, general, located, locatedSetting, Services } from "./_support.ts";

const I = "type = internal\n";
const TYPE_MESSAGE =
  'service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"';

Deno.test("description case 47: includes in includes are relative to each file", () => {
  using services = new Services({
    s: I + "@include sub/x\n",
    "sub/x": "@include y\n",
    "sub/y": "\nfoo=1\n",
  });
  assertEquals(services.failure("s"), located("unknown setting: 'foo'.", 2, "y"));
});

Deno.test("description case 48: an include that does not exist", () => {
  assertEquals(failureOf(I + "@include zz\n"), general("zz: cannot open: No such file or directory"));
});

Deno.test("description case 49: an optional include that does not exist", () => {
  assertEquals(describe(I + "@include-opt zz/yy\n").type, ServiceType.INTERNAL);
});

Deno.test("description case 50: an optional include may be absent, but not impossible", () => {
  assertEquals(failureOf(I + "@include-opt s/yy\n"), general("s/yy: cannot open: Not a directory"));
});

Deno.test("description case 51: an include of a directory", () => {
  using services = new Services({ s: I + "@include-opt zz\n", "zz/": "" });
  assertEquals(services.failure("s"), general("zz: Is a directory"));
});

Deno.test("description case 52: an include with two arguments", () => {
  assertEquals(failureOf(I + "@include a b\n"), located("'@include' requires a single argument", 2));
});

Deno.test("description case 53: a colon is an argument of an include", () => {
  assertEquals(failureOf(I + "@include: i\n"), located("'@include' requires a single argument", 2));
});

for (const command of ["@foo", "@", "@ include x", "@Include x"]) {
  Deno.test(`description case 54: ${command} is no meta-command`, () => {
    assertEquals(failureOf(`${I}${command}\n`), located("bad meta command", 2));
  });
}

Deno.test("description case 55: the text after @meta is not read", () => {
  assertEquals(describe(I + '@meta "what #ever $\n').type, ServiceType.INTERNAL);
});

Deno.test("description case 56: includes are relative to the file that a link leads to", () => {
  using services = new Services({
    "real/s": I + "@include i\n",
    "real/i": "inittab-id = real\n",
    i: "inittab-id = link\n",
  });
  services.link("s", services.path("real/s"));
  assertEquals(services.load("s").inittabId, "real");
});

Deno.test("description case 57: variables and the argument in the path of an include", () => {
  using services = new Services({ s: I + "@include ${X}/$1.inc\n", "d/q.inc": "foo = 1\n" });
  assertEquals(
    services.failure("s@q", { env: { X: "d" } }),
    located("unknown setting: 'foo'.", 1, "d/q.inc"),
  );
});

Deno.test("description case 58: lines of an included file do not count in the including one", () => {
  using services = new Services({ s: I + "@include i\ntype = bogus\n", i: "#\n#\n#\n#\n" });
  assertEquals(services.failure("s"), locatedSetting("type", TYPE_MESSAGE, 3));
});

Deno.test("a continuation does not leave an included file", () => {
  using services = new Services({ s: "@include i\n command = x\n", i: "command = a \\" });
  const message = "end-of-file follows backslash escape character (`\\')";
  assertEquals(services.failure("s"), located(message, 1, "i"));
});

Deno.test("the argument of an include needs no white space before it", () => {
  using services = new Services({ s: '@include"x"\n', x: "inittab-id = x\n" });
  assertEquals(services.load("s").inittabId, "x");
});

Deno.test("a file that includes itself is reported", () => {
  using services = new Services({ s: "@include s\n", t: "@include t\n@include t\n" });
  assertEquals(services.failure("s"), general("s: cannot open: Too many open files"));
  assertEquals(services.failure("t"), "t: error loading: t: cannot open: Too many open files");
});

Deno.test("reading files that include each other twice ends", () => {
  using services = new Services();
  for (let level = 0; level < 40; level++) {
    services.write(`i${level}`, `@include i${level + 1}\n`.repeat(2));
  }
  services.write("i40", "");
  services.link("s", "i0");
  assertEquals(services.failure("s"), general("supported length for string/container exceeded"));
});

Deno.test("an include that links lead around in circles is reported", () => {
  using services = new Services({ s: "@include-opt l\n" });
  services.link("l", "l");
  assertEquals(services.failure("s"), general("l: Too many levels of symbolic links"));
});

Deno.test("an include of an empty path", () => {
  using services = new Services({ s: '@include ""\n', t: '@include-opt ""\ninittab-id = t\n' });
  assertEquals(services.failure("s"), general(": cannot open: No such file or directory"));
  assertEquals(services.load("t").inittabId, "t");
});

Deno.test("D-1: a bad variable in the path of an include names the command", () => {
  using services = new Services({ s: "@include $\n", t: "@include-opt ${A\n" });
  assertEquals(
    services.failure("s"),
    "Error in service description for 's' setting 'include': invalid/missing variable name after '$'",
  );
  assertEquals(
    services.failure("t"),
    "Error in service description for 't' setting 'include-opt': unmatched '{' in variable substitution",
  );
});

Deno.test("mistakes in the path of an include are reported at its line", () => {
  using services = new Services({ s: '\n@include "a\n', t: "@include-opt a#b\n" });
  assertEquals(services.failure("s"), located("unterminated quoted string", 2));
  assertEquals(services.error("t").location, { file: services.path("t"), line: 1, column: 15 });
});

Deno.test("the path of an include is not split", () => {
  using services = new Services({ s: "@include $X\n", "a b": "inittab-id = ab\n" });
  assertEquals(services.load("s", { env: { X: "a b" } }).inittabId, "ab");
});
