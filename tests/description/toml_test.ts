import { assertEquals, assertThrows } from "@std/assert";
import { FolderSource, MainEnvironment } from "../../src/description/mod.ts";
import { tomlSearch } from "../../src/description/toml/mod.ts";
import { LoadError, placeText, type ServiceDescription } from "../../src/model/mod.ts";
import { KnownUsers, Services } from "./_support.ts";

/** Reads a service of a file with this text. */
function read(text: string, service: string): ServiceDescription {
  using files = new Services({ "dinit.toml": text });
  const source = new FolderSource([files.path("dinit.toml")], {
    environment: new MainEnvironment({ HOME: "/home/ann" }),
    users: new KnownUsers(),
    identity: { uid: 1000, gid: 1001 },
    shared: tomlSearch(),
  });
  return source.find(service).read({ dependency: () => {}, warn: () => {} });
}

/** The error of a service, and its place without the folder. */
function mistake(text: string, service = "s"): string {
  const error = assertThrows(() => read(text, service), LoadError);
  const place = error.location === undefined ? "" : placeText(error.location).replace(/^.*\//, "");
  return `${place} ${error.message}`;
}

const links = ({ dependencies }: ServiceDescription) => dependencies.map(({ name }) => name);

Deno.test("a table of a TOML file is a description with the same settings", () => {
  const text = `
    [service.s]
    type = "process"
    command = "sh -c \\"echo $$1\\" \${HOME}/x"
    waits-for = ["a", 'b']   # a comment
    restart = true
    restart-delay = 0.25
    restart-limit-count = 1_0
    logfile-permissions = 0o640
    logfile = """
/tmp/s.log"""
    options = ["skippable", "signal-process-only"]
    "depends-on" = "c"
    depends-ms.d = "none.d"
  `;
  const description = read(text, "s");
  assertEquals(description.command, ["sh", "-c", "echo $1", "/home/ann/x"]);
  assertEquals(links(description), ["a", "b", "c"]);
  assertEquals(description.restart, "always");
  assertEquals(description.restartDelay, 250);
  assertEquals(description.restartLimitCount, 10);
  assertEquals(description.logFilePermissions, 0o640);
  assertEquals(description.logFile, "/tmp/s.log");
  assertEquals([description.flags.skippable, description.flags.signalProcessOnly], [true, true]);
});

Deno.test("each value of a list for a command is one word, whatever is in it", () => {
  const words = ["sh", "-c", "a 'b' \"c\" #d \\ e", "", "#x", "line\nnext"];
  const written = words.map((word) => JSON.stringify(word)).join(", ");
  const { command } = read(`[service.s]\ncommand = [${written}]\n`, "s");
  assertEquals(command, [...words.slice(0, 5), "line\n next"]);
});

Deno.test("a hashmark and a backslash at the end of a TOML string belong to the value", () => {
  const { command } = read(`[service.s]\ncommand = 'echo #1 a#2 "#3" end\\'\nrestart = false\n`, "s");
  assertEquals(command, ["echo", "#1", "a#2", "#3", "end\\"]);
});

Deno.test("a service with a command, or a program for Deno, and no type is a process", () => {
  assertEquals(
    read(`[service.s]\ndeno-script = "x"\n`, "s").type,
    read(`[service.s]\ntype = "process"\ncommand = "x"`, "s").type,
  );
  assertEquals(
    read(`[service.s]\ncommand = "x"\n`, "s").type,
    read(`[service.s]\ntype = "process"\ncommand = "x"`, "s").type,
  );
});

Deno.test("boot waits for all services but templates, unless the file describes it", () => {
  const services = `[service.b]\n[service."a@x"]\n[service.t]\ncommand = "run $1"\n[service.a]\n`;
  assertEquals(links(read(services, "boot")), ["b", "a@x", "a"]);
  assertEquals(links(read(`${services}[service.boot]\ndepends-on = "a"\n`, "boot")), ["a"]);
  assertEquals(read(services.replace("service.t", "service.w"), "w@7").command, ["run", "7"]);
});

Deno.test("a mistake in a TOML file has the line and the column of the file", () => {
  const cases: [string, string][] = [
    [`[service.s]\n  comand = "x"`, "dinit.toml:2:3 unknown setting: 'comand'."],
    [`[service.s]\ncommand="x"\nstop-timeout = "1 0"`, "dinit.toml:3:17 bad value for stop-timeout"],
    [`[service.s]\noptions = [\n  "skippable",\n  "x"]`, "dinit.toml:2:11 unknown option: x"],
    [`[service.s]\nrestart = "maybe"`, "dinit.toml:2:12 "],
    [`[service.s]\nlogfile = ["a"]`, "dinit.toml:2:11 'logfile' takes one value: remove the brackets"],
    [`[service.s]\nwaits-for = ["a", ["b"]]`, "dinit.toml:2:19 a list cannot be a value of 'waits-for'"],
    [`[service.s]\n"x = y" = 1`, "dinit.toml:2:1 unknown setting: 'x = y'"],
    [`[service.s]\nx.y = 1`, "dinit.toml:2:1 unknown setting: 'x.y'"],
  ];
  for (const [text, expected] of cases) {
    const found = mistake(text);
    assertEquals(found.slice(0, expected.length), expected, `${text}\n${found}`);
  }
});

Deno.test("a TOML file with wrong syntax gives the place and the remedy", () => {
  const cases: [string, string][] = [
    [`[service.s]\ncommand = node x.js`, `2:11 text needs quotes: write "node x.js"`],
    [`[service.s]\ncommand = "node`, `2:11 a string is not closed: add " at its end`],
    [`[service.s]\na = """x\ny`, `2:5 a string is not closed: add """ at its end`],
    [`[service.s]\ncommand "x"`, `2:9 '=' is missing behind 'command': write command = "value"`],
    [`[service.s`, `1:11 ']' is missing`],
    [`[[service.s]]`, `1:1 double brackets make a list: write [service.NAME]`],
    [`[service.s]\n[service.s]`, `2:1 [service.s] is there twice, first in line 1`],
    [`[service.s]\nwaits-for = "a"\nwaits-for = "b"`, `3:1 'waits-for' is there twice, first in line 2`],
    [`[service.s]\nwaits-for = ["a" "b"]`, `2:18 a comma is missing`],
    [`[service.s]\nwaits-for = ["a",`, `2:13 a list is not closed: add ']'`],
    [`[service.s]\ncommand = "a\\q"`, `2:13 '\\q' means nothing`],
    [`[service.s]\ncommand =`, `2:10 a value is missing`],
    [`[service.s]\nx = 2026-01-01`, `2:5 a time needs quotes: write "2026-01-01"`],
    [`[service.s]\ncommand = "a" b`, `2:15 something stands behind`],
    [`[services.s]`, `1:1 unknown name 'services': a service is a table, [service.services]`],
    [`service.s = "x"`, `1:1 a service is a table`],
    [`[service.wäb]`, `1:10 the name 'wäb' needs quotes`],
    [`[service.s]\nx = ${"[".repeat(60)}`, `2:56 at most 50 lists`],
  ];
  for (const [text, expected] of cases) {
    const found = mistake(text);
    assertEquals(found.slice("dinit.toml:".length).slice(0, expected.length), expected, `${text}\n${found}`);
  }
});

Deno.test("a file with several services hides nothing from the folders behind it", () => {
  using files = new Services({ "dinit.toml": `[service.a]\n`, "d/b": "type = internal\n" });
  const source = (first: string) =>
    new FolderSource([files.path(first), files.path("d")], {
      environment: new MainEnvironment({}),
      users: new KnownUsers(),
      identity: { uid: 1000, gid: 1001 },
      shared: tomlSearch(),
    });
  assertEquals(source("dinit.toml").find("b").read({ dependency: () => {}, warn: () => {} }).name, "b");
  assertEquals(source("none.toml").find("b").read({ dependency: () => {}, warn: () => {} }).name, "b");
  assertThrows(() => source("dinit.toml").find("c"), LoadError, "service description not found.");
});
