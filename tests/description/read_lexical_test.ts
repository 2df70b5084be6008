import { assertEquals } from "@std/assert";
import { DependencyKind, encodeBytes, ServiceType } from "../../src/model/mod.ts";
import { argumentsOf, describe, failureOf, general, located, locatedSetting, Services } from "./_support.ts";

const P = "type = process\nrestart = false\n";
const I = "type = internal\n";
const TYPE_MESSAGE =
  'service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"';
const NOT_INDENTED =
  "line following line-continuation backslash (`\\') does not begin with whitespace character";
const HASHMARK = "hashmark (`#') comment must be separated from setting value by whitespace";
const BOM = "\ufeff";

Deno.test("description case 1: an empty file is an internal service", () => {
  assertEquals(describe("").type, ServiceType.INTERNAL);
});

Deno.test("description case 2: a link to /dev/null is an empty description", () => {
  using services = new Services();
  services.link("s", "/dev/null");
  assertEquals(services.load("s").type, ServiceType.INTERNAL);
});

Deno.test("description case 3: no file", () => {
  using services = new Services();
  assertEquals(services.failure("s"), "s: could not find service description.");
});

Deno.test("description case 4: a directory in place of the file", () => {
  using services = new Services({ "s/": "" });
  assertEquals(services.failure("s"), general("<SD>/s: Is a directory"));
});

Deno.test("description case 5: a link to nothing is no description", () => {
  using services = new Services();
  services.link("s", "nowhere");
  assertEquals(services.failure("s"), "s: could not find service description.");
});

Deno.test("description case 6: a file with the full name of a service with an argument is ignored", () => {
  using services = new Services({ "s@x": I });
  assertEquals(services.failure("s@x"), "s: could not find service description.");
});

Deno.test("description case 7: a name with a slash below a regular file", () => {
  using services = new Services({ a: I });
  assertEquals(services.failure("a/b"), "a/b: error loading: <SD>/a/b: Not a directory");
});

Deno.test("description case 8: a directory hides the descriptions in later directories", () => {
  using services = new Services({ "D1/s/": "", "D2/s": I });
  const directories = [services.path("D1"), services.path("D2")];
  assertEquals(services.failure("s", { directories }), general("<SD>/D1/s: Is a directory"));
});

Deno.test("description case 9: a regular file in place of a service directory is skipped", () => {
  using services = new Services({ D1: "", "D2/s": I });
  const directories = [services.path("D1"), services.path("D2")];
  assertEquals(services.load("s", { directories }).directory, services.path("D2"));
});

Deno.test("description case 10: the first failure is reported if no directory has the description", () => {
  using services = new Services({ D1: "", "D2/": "" });
  const directories = [services.path("D1"), services.path("D2")];
  assertEquals(services.failure("s", { directories }), general("<SD>/D1/s: Not a directory"));
});

Deno.test("description case 12: the name of a hidden file can be found", () => {
  using services = new Services({ ".x": I });
  assertEquals(services.load(".x").name, ".x");
});

Deno.test("description case 13: an unknown setting", () => {
  assertEquals(failureOf(I + "foo = 1\n"), located("unknown setting: 'foo'.", 2));
});

Deno.test("description case 14: names of settings are case-sensitive", () => {
  assertEquals(failureOf("Type = internal\n"), located("unknown setting: 'Type'.", 1));
});

Deno.test("description case 15: a name without an operator", () => {
  assertEquals(failureOf("type\n"), located("badly formed line.", 1));
});

Deno.test("description case 16: the two characters of += belong together", () => {
  assertEquals(failureOf("type + = x\n"), located("badly formed line.", 1));
});

Deno.test("description case 17: += on a setting that cannot be appended to", () => {
  assertEquals(failureOf("type += internal\n"), located("cannot use '+=' with setting 'type'", 1));
});

Deno.test("description case 18: a colon works as an equals sign", () => {
  using services = new Services({ s: "type: internal\ndepends-on = b\n", b: I });
  assertEquals(services.load("s").dependencies, [{ kind: DependencyKind.REGULAR, name: "b" }]);
});

Deno.test("description case 19: a second equals sign belongs to the value", () => {
  assertEquals(failureOf("type == internal\n"), locatedSetting("type", TYPE_MESSAGE, 1));
});

Deno.test("description case 20: a continued line without an operator is reported at its last line", () => {
  assertEquals(failureOf("\n\ntype \\\n  internal\n"), located("badly formed line.", 4));
});

Deno.test("description case 21: a bad value is reported at the line where the value begins", () => {
  assertEquals(failureOf("type \\\n = \\\n bogus\n"), locatedSetting("type", TYPE_MESSAGE, 3));
});

Deno.test("description case 22: an empty value is reported at the last line", () => {
  assertEquals(failureOf("type = \\\n \n internal\n"), locatedSetting("type", TYPE_MESSAGE, 2));
});

Deno.test("description case 23: a comment can be continued", () => {
  assertEquals(describe("# c \\\n type = bogus\ntype=internal\n").type, ServiceType.INTERNAL);
});

Deno.test("description case 24: the continuation of a comment must be indented too", () => {
  assertEquals(failureOf("# c \\\ntype = internal\n"), located(NOT_INDENTED, 2));
});

Deno.test("description case 25: a backslash as the last byte of the file", () => {
  const message = "end-of-file follows backslash escape character (`\\')";
  assertEquals(failureOf(I + "command = x\\"), located(message, 2));
});

Deno.test("description case 26: a continuation before the end of the file", () => {
  assertEquals(failureOf(I + "command = x\\\n"), located(NOT_INDENTED, 3));
});

Deno.test("description case 27: two backslashes at the end are one", () => {
  assertEquals(argumentsOf(P + "command = ARGS a\\\\\n"), ["a\\"]);
});

Deno.test("description case 28: three backslashes at the end are one and a continuation", () => {
  assertEquals(argumentsOf(P + "command = ARGS a\\\\\\\n  b\n"), ["a\\", "b"]);
});

Deno.test("description case 29: a continuation separates words", () => {
  assertEquals(argumentsOf(P + "command = ARGS ab\\\n   cd\n"), ["ab", "cd"]);
});

Deno.test("description case 30: a comment ends where the line is continued", () => {
  assertEquals(argumentsOf(P + "command = ARGS a # x \\\n  b # y\n"), ["a", "b"]);
});

Deno.test("description case 31: the text after a comment in a continued line belongs to the value", () => {
  const text = "type = internal # x \\\n  depends-on = zz\n";
  assertEquals(failureOf(text), locatedSetting("type", TYPE_MESSAGE, 1));
});

Deno.test("description case 32: a continuation in quotes is kept as a line feed", () => {
  assertEquals(argumentsOf(P + 'command = ARGS "a\\\n   b"\n'), ["a\n   b"]);
});

Deno.test("description case 33: quotes may be any part of a word", () => {
  assertEquals(argumentsOf(P + 'command = ARGS a"b c"d "" e\n'), ["ab cd", "", "e"]);
});

Deno.test("description case 34: a backslash protects one character, in quotes and outside", () => {
  assertEquals(argumentsOf(P + 'command = ARGS a\\ b "x\\"y" \\n\n'), ["a b", 'x"y', "n"]);
});

Deno.test("description case 35: a hash sign in a word", () => {
  assertEquals(failureOf(P + "command = ARGS a#b\n"), located(HASHMARK, 3));
});

Deno.test("description case 36: a comment in place of a value", () => {
  assertEquals(failureOf(I + "restart =   # c\n"), located(HASHMARK, 2));
});

Deno.test("description case 37: hash signs in quotes and behind a backslash", () => {
  assertEquals(argumentsOf(P + 'command = ARGS "#a" b\\#c # d "\n'), ["#a", "b#c"]);
});

Deno.test("description case 38: a quote that is not closed", () => {
  assertEquals(failureOf(P + 'command = ARGS "abc\n'), located("unterminated quoted string", 3));
});

Deno.test("description case 39: lines may end in CR LF", () => {
  const text = (P + "command = ARGS a b\n").replaceAll("\n", "\r\n");
  assertEquals(argumentsOf(text), ["a", "b"]);
});

Deno.test("description case 40: a backslash before CR LF does not continue the line", () => {
  const text = (P + "command = ARGS a \\\n b\n").replaceAll("\n", "\r\n");
  assertEquals(failureOf(text), located("badly formed line.", 4));
});

Deno.test("description case 41: a byte order mark is part of the first name", () => {
  assertEquals(failureOf(BOM + "type = internal\n"), located(`unknown setting: '${BOM}type'.`, 1));
});

Deno.test("description case 42: += appends words", () => {
  const text = P + 'command = ARGS x\ncommand += "y z"\ncommand +=\ncommand += w\n';
  assertEquals(argumentsOf(text), ["x", "y z", "w"]);
});

Deno.test("description case 43: a second line without + replaces the first", () => {
  assertEquals(argumentsOf(P + "command = ARGS a b\ncommand : ARGS c\n"), ["c"]);
});

Deno.test("description case 44: options add up over several lines", () => {
  const { flags } = describe("options = starts-log\noptions: starts-rwfs\n");
  assertEquals([flags.startsLog, flags.startsRwfs], [true, true]);
});

Deno.test("description case 45: quotes make one option of two", () => {
  const text = 'options = "starts-log starts-rwfs"\n';
  assertEquals(failureOf(text), locatedSetting("options", "unknown option: starts-log starts-rwfs", 1));
});

Deno.test("description case 46: of options that exclude each other the last counts", () => {
  const { flags } = describe("options = runs-on-console shares-console\n");
  assertEquals([flags.runsOnConsole, flags.startsOnConsole, flags.sharesConsole], [false, false, true]);
});

Deno.test("an escaped white space character is part of the word", () => {
  assertEquals(argumentsOf(P + "command = ARGS a\\\tb c\\ \\ d\n"), ["a\tb", "c  d"]);
});

Deno.test("a hash sign behind an escaped space is a mistake", () => {
  assertEquals(failureOf(P + "command = ARGS a\\ #b\n"), located(HASHMARK, 3));
});

Deno.test("a value continues after a comment in a continued line, with one space between", () => {
  assertEquals(describe("working-dir = a # c \\\n  # d \\\n  b\n").workingDir, "a b");
});

Deno.test("white space in the value of a single text becomes one space", () => {
  assertEquals(describe("logfile = /a    b\n").logFile, "/a b");
});

Deno.test("empty quotes at the end of a single text leave the space before them", () => {
  assertEquals(describe('logfile = x ""\n').logFile, "x ");
});

Deno.test("line feeds in quotes do not count for mistakes behind them", () => {
  const text = P + 'command = "a\\\n b" c\\\n "d\\\n e" x#y\n';
  assertEquals(failureOf(text), located(HASHMARK, 4));
});

Deno.test("a line may be continued with any white space, also in CR LF files", () => {
  assertEquals(argumentsOf(P + "command = ARGS a\\\n\r b\\\n\vc\n"), ["a", "b", "c"]);
});

Deno.test("an empty line cannot continue a line", () => {
  assertEquals(failureOf(I + "command = x\\\n\n b\n"), located(NOT_INDENTED, 3));
});

Deno.test("names of settings may hold any character beyond ASCII, and are never letters of another alphabet", () => {
  assertEquals(failureOf("t\u00a0ype = x\n"), located("unknown setting: 't\u00a0ype'.", 1));
  assertEquals(failureOf("type\u0085 = x\n"), located("unknown setting: 'type\u0085'.", 1));
});

for (const start of ["-x", ".x", "1x", "=", "'type'", "ty$pe", "ty\0pe", "ty\x7fpe"]) {
  Deno.test(`a line that begins with ${JSON.stringify(start)} is badly formed`, () => {
    assertEquals(failureOf(`${start} = internal\n`), located("badly formed line.", 1));
  });
}

Deno.test("bytes that are not UTF-8 pass through", () => {
  const text = "\udce9\udcff\udc80";
  const { command } = describe(`${P}command = ARGS ${text}\n`);
  assertEquals(encodeBytes(command[1]), Uint8Array.of(0xe9, 0xff, 0x80));
});

Deno.test("a replacement character in the file stays unchanged", () => {
  assertEquals(argumentsOf(P + "command = ARGS \ufffd\n"), ["\ufffd"]);
});

Deno.test("NUL is an ordinary byte of a value", () => {
  assertEquals(argumentsOf(P + "command = ARGS a\0b\n"), ["a\0b"]);
});

Deno.test("an unknown setting is reported before the operator and the value are read", () => {
  assertEquals(failureOf("foo += a#b\n"), located("unknown setting: 'foo'.", 1));
  assertEquals(failureOf("type += a#b\n"), located("cannot use '+=' with setting 'type'", 1));
});

Deno.test("a line of four megabytes is read", () => {
  const word = "a".repeat(4_000_000);
  assertEquals(argumentsOf(`${P}command = ARGS ${word} b\n`), [word, "b"]);
});

Deno.test("two million words are read", () => {
  assertEquals(describe(`${P}command =${" a".repeat(2_000_000)}\ncommand += b\n`).command.length, 2_000_001);
});

Deno.test("a line that is continued 800,000 times is read", () => {
  assertEquals(describe(`${P}command = x${" \\\n y".repeat(800_000)}\n`).command.length, 800_001);
});
