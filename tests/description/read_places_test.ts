import { assertEquals, assertThrows } from "@std/assert";
import { findDescription, SETTING_GROUPS, SETTINGS } from "../../src/description/mod.ts";
import { LoadError } from "../../src/model/mod.ts";
import { describe, Services } from "./_support.ts";

Deno.test("the checker learns where the value of each known setting begins", () => {
  using services = new Services({
    s: "nice =  1\nfoo = 1\n  type: internal\nnice += 1\n@include part\nrestart = \\\n  maybe\nlogfile =\n",
    part: "# remark\ndepends-on = x\n",
  });
  const seen: string[] = [];
  services.load("s", {
    line: (setting, { file, line, column }) =>
      seen.push(`${setting} ${services.shorten(file)}:${line}:${column}`),
    problem() {},
    dependency() {},
  });
  assertEquals(seen, [
    "nice <SD>/s:1:9",
    "type <SD>/s:3:9",
    "nice <SD>/s:4:9",
    "depends-on part:2:14",
    "restart <SD>/s:7:3",
    "logfile <SD>/s:8:10",
  ]);
});

Deno.test("the checker learns of the services that lines name, whatever the setting", () => {
  const named: string[] = [];
  describe(
    "type = process\ncommand = x\ndepends-on = a${X}\nafter = b\nbefore = c\nconsumer-of = d\nchain-to = e\n" +
      "after = .bad\nlogfile = f\nwaits-for.d = none\n",
    { named: (service) => named.push(service), dependency() {}, problem() {}, env: { X: "x" } },
  );
  assertEquals(named, ["ax", "b", "c", "d", "e"]);
});

Deno.test("a file that cannot be included is reported with the place of the line", () => {
  const error = assertThrows(() => describe("\n  @include none\n"), LoadError) as LoadError;
  assertEquals([error.kind, error.location?.line, error.location?.column], ["load", 2, 3]);
});

Deno.test("a file that cannot be opened is distinguished from one that cannot be read", () => {
  using services = new Services({ "directory/": "", file: "" });
  const codeOf = (name: string) =>
    (assertThrows(() => findDescription(name, [services.directory]), LoadError) as LoadError).code;
  assertEquals(codeOf("directory"), "unreadable");
  assertEquals(codeOf("file/x"), "cannot-open");
});

Deno.test("the groups of the table contain the whole table", () => {
  assertEquals(SETTING_GROUPS.flatMap(({ settings }) => settings), [...SETTINGS]);
  assertEquals(SETTINGS.filter(({ flags }) => flags !== undefined).map(({ name }) => name), [
    "options",
    "load-options",
    "securebits",
    "sandbox",
  ]);
  for (const { syntax, flags } of SETTINGS) assertEquals(syntax === "FLAG...", flags !== undefined);
});
