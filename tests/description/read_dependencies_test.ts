import { assertEquals } from "@std/assert";
import { DependencyKind } from "../../src/model/mod.ts";
import { describe, failureOf, general, located, locatedSetting, Services } from "./_support.ts";

const I = "type = internal\n";

function nothing(): void {}

Deno.test("description case 59: a dependency that is not found ends the loading at its line", () => {
  using services = new Services({ s: I + "depends-on = b\nfoo = 1\n" });
  assertEquals(services.failure("s"), general("could not load dependency."));
  assertEquals(services.log, ["Could not load service b: service description not found."]);
});

Deno.test("description case 60: a soft dependency that is not found is fatal too", () => {
  using services = new Services({ s: I + "waits-for = b\n" });
  assertEquals(services.failure("s"), general("could not load dependency."));
  assertEquals(services.log, ["Could not load service b: service description not found."]);
});

Deno.test("description case 61: dependencies are loaded before later lines are seen", () => {
  using services = new Services({ s: I + "depends-on = b\nfoo=1\n", b: I });
  assertEquals(services.failure("s"), located("unknown setting: 'foo'.", 3));
  assertEquals(services.loaded, ["b"]);
});

Deno.test("description case 62: an invalid name of a dependency is reported under this name", () => {
  assertEquals(
    failureOf(I + "depends-on = .b\n"),
    "Error in service description for '.b': setting 'depends-on' (file <SD>/s, line 2): " +
      "invalid dependency name '.b'",
  );
});

Deno.test("description case 63: an empty name of a dependency", () => {
  assertEquals(
    failureOf(I + "depends-on =\n"),
    locatedSetting("depends-on", "invalid dependency name ''", 2),
  );
});

Deno.test("description case 64: a name may hold a space", () => {
  using services = new Services({ s: I + "depends-on = a   b\n", "a b": I });
  assertEquals(services.load("s").dependencies, [{ kind: DependencyKind.REGULAR, name: "a b" }]);
});

Deno.test("description case 67: services with different arguments share a description", () => {
  using services = new Services({ s: I + "depends-on = b@1\ndepends-on = b@2\ndepends-on = b\n", b: I });
  assertEquals(services.load("s").dependencies.map((link) => link.name), ["b@1", "b@2", "b"]);
  assertEquals(services.loaded, ["b@1", "b@2", "b", "s"]);
});

Deno.test("description case 73: ordering loads nothing", () => {
  const description = describe(I + "after = zz\nbefore = yy\n", {
    dependency: () => {
      throw new Error("a dependency was asked for");
    },
  });
  assertEquals(description.dependencies, [
    { kind: DependencyKind.AFTER, name: "zz" },
    { kind: DependencyKind.BEFORE, name: "yy" },
  ]);
});

Deno.test("description case 78: a dependency directory that does not exist is a warning", () => {
  using services = new Services({ s: I + "waits-for.d = nodir\n" });
  assertEquals(services.load("s").dependencies, []);
  assertEquals(services.log.map((line) => services.shorten(line)), [
    "Could not open dependency directory '<SD>/nodir' for s service.",
  ]);
});

Deno.test("description case 79: the entries of a dependency directory are names", () => {
  using services = new Services({
    s: I + "waits-for.d: w\n",
    "w/.hid": "",
    "w/@x": "",
    "w/a": "",
    "w/b@1": "",
    "w/no": "",
    a: I,
    b: I,
  });
  const { dependencies } = services.load("s");
  assertEquals(new Set(dependencies.map((link) => link.name)), new Set(["a", "b@1"]));
  assertEquals(dependencies.every((link) => link.kind === DependencyKind.WAITS_FOR), true);
  assertEquals(services.log, [
    "Ignoring unresolved dependency 'no' in dependency directory 'w' for s service.",
  ]);
});

Deno.test("description case 80: a bad description behind a dependency directory passes through", () => {
  using services = new Services({ s: I + "waits-for.d: w\n", "w/a": "", a: "foo=1\n" });
  assertEquals(
    services.failure("s"),
    "Error in service description for 'a' (file <SD>/a, line 1): unknown setting: 'foo'.",
  );
  assertEquals(services.log, []);
});

Deno.test("description case 81: a bad dependency of an entry of a dependency directory passes through", () => {
  using services = new Services({ s: I + "waits-for.d: w\n", "w/a": "", a: I + "depends-on=zz\n" });
  assertEquals(services.error("s").message, "could not load dependency.");
  assertEquals(services.log, ["Could not load service zz: service description not found."]);
});

Deno.test("description case 82: dependency directories are relative to the place of the link", () => {
  using services = new Services({ "real/s": I + "depends-on.d: dd\n", "dd/b": "", "real/dd/a": "", b: I });
  services.link("s", services.path("real/s"));
  assertEquals(services.load("s").dependencies, [{ kind: DependencyKind.REGULAR, name: "b" }]);
});

Deno.test("dependencies keep their order: named ones, then after, then before, with repetitions", () => {
  const text = "before = x\nafter = y\ndepends-ms = c\nwaits-for = a\nprepared-by = b\ndepends-on = a\n" +
    "depends-on = a\nbefore = w\n";
  assertEquals(describe(text, { dependency: nothing }).dependencies, [
    { kind: DependencyKind.MILESTONE, name: "c" },
    { kind: DependencyKind.WAITS_FOR, name: "a" },
    { kind: DependencyKind.PREPARED_BY, name: "b" },
    { kind: DependencyKind.REGULAR, name: "a" },
    { kind: DependencyKind.REGULAR, name: "a" },
    { kind: DependencyKind.AFTER, name: "y" },
    { kind: DependencyKind.BEFORE, name: "x" },
    { kind: DependencyKind.BEFORE, name: "w" },
  ]);
});

Deno.test("each directory setting makes links of its kind", () => {
  using services = new Services({
    s: "depends-on.d = d\ndepends-ms.d = d\nwaits-for.d = d\n",
    "d/a": "",
  });
  assertEquals(services.load("s", { dependency: nothing }).dependencies, [
    { kind: DependencyKind.REGULAR, name: "a" },
    { kind: DependencyKind.MILESTONE, name: "a" },
    { kind: DependencyKind.WAITS_FOR, name: "a" },
  ]);
});

Deno.test("a dependency is asked for with its kind and its origin", () => {
  using services = new Services({ s: "waits-for = $V\ndepends-ms.d = d\n", "d/b": "" });
  const requests: unknown[] = [];
  services.load("s", { env: { V: "a@1" }, dependency: (request) => void requests.push(request) });
  assertEquals(requests, [
    { name: "a@1", kind: DependencyKind.WAITS_FOR, fromDirectory: false },
    { name: "b", kind: DependencyKind.MILESTONE, fromDirectory: true },
  ]);
});

Deno.test("D-7: a dependency directory in an included file is relative to the included file", () => {
  using services = new Services({
    s: "@include sub/i\n",
    "sub/i": "depends-on.d = d\n",
    "sub/d/a": "",
    a: I,
  });
  assertEquals(services.load("s").dependencies, [{ kind: DependencyKind.REGULAR, name: "a" }]);
});

Deno.test("an empty dependency directory is the directory of the description", () => {
  using services = new Services({ "d/s": "waits-for.d =\n", "d/a": "" });
  const names = services.load("s", { directories: [services.path("d")], dependency: nothing })
    .dependencies.map((link) => link.name);
  assertEquals(new Set(names), new Set(["s", "a"]));
});

Deno.test("an absolute dependency directory is used unchanged", () => {
  using services = new Services({ "d/a": "", a: I });
  services.write("s", `waits-for.d = ${services.path("d")}\n`);
  assertEquals(services.load("s").dependencies.length, 1);
});

Deno.test("a dependency directory that is a file is a warning with its reason", () => {
  using services = new Services({ s: "waits-for.d = s\n" });
  const warnings: unknown[] = [];
  services.load("s", { warn: (_message, warning) => void warnings.push(warning) });
  assertEquals(warnings, [{ kind: "open", directory: "s", detail: "Not a directory" }]);
});

for (const setting of ["before", "after", "consumer-of"]) {
  for (const name of ["", ".x", "@x"]) {
    Deno.test(`${setting} = '${name}' is no name`, () => {
      const message = `invalid service name '${name}'`;
      assertEquals(failureOf(`${setting} = ${name}\n`), locatedSetting(setting, message, 1));
    });
  }
}

Deno.test("chain-to needs a name, and the last line wins", () => {
  assertEquals(
    failureOf("chain-to = a\nchain-to =\n"),
    locatedSetting("chain-to", "invalid chain-to service name ''", 2),
  );
  assertEquals(describe("chain-to = a\nchain-to = b@$$\n").chainTo, "b@$");
});
