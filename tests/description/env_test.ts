import { assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { describe, failureOf, inSetting, locatedSetting, Services } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

function environmentOf(text: string, env: Record<string, string> = {}): [string, string][] {
  return [...describe(text, { env }).environment.set];
}

Deno.test("env sets a variable, in both spellings, and may be repeated", () => {
  for (const front of ["", "@meta "]) {
    assertEquals(environmentOf(`${front}env = A=1\n${front}env: B=two words  here # why\n`), [
      ["A", "1"],
      ["B", "two words here"],
    ]);
  }
  assertEquals(environmentOf('env = A="x  y"=z\nenv = B=\nenv = A=2\n'), [["A", "2"], ["B", ""]]);
});

Deno.test("env wins over env-file and exported variables, wherever its line is", () => {
  using services = new Services({
    s: "env = A=line\nenv = DINIT_SERVICE=other\nload-options = export-service-name\nenv-file = e\n",
    e: "!clear\nA=file\nB=file\n",
  });
  const { clear, set } = services.load("s").environment;
  assertEquals([clear, Object.fromEntries(set)], [true, {
    DINIT_SERVICE: "other",
    A: "line",
    B: "file",
  }]);
});

Deno.test("env substitutes variables of the daemon, of env-file and of the env lines above", () => {
  using services = new Services({
    s: "env = URL=http://$HOST:${PORT}/\nenv-file = e\nenv = COPY=$URL$$\n" + PROCESS + "command += $COPY\n",
    e: "PORT=80\n",
  });
  const { environment, command } = services.load("s", { env: { HOST: "here", PORT: "1" } });
  assertEquals(environment.set.get("URL"), "http://here:80/");
  assertEquals(environment.set.get("COPY"), "http://here:80/$");
  assertEquals(command, ["/bin/true", "http://here:80/$"]);
});

Deno.test("a line of env that is no assignment is an error with its line", () => {
  for (const [line, got] of [["A", " instead of 'A'"], ["=1", " instead of '=1'"], ["", ""]]) {
    assertEquals(
      failureOf(`${PROCESS}env = ${line}\n`),
      locatedSetting("env", `write NAME=VALUE${got}`, 3),
    );
  }
});

Deno.test("lines of env that double each other's value do not fill the memory", () => {
  const lines = Array.from({ length: 200 }, () => "env = A=$A$A\n").join("");
  assertEquals(
    failureOf(`env = A=${"x".repeat(1000)}\n${lines}`).includes("limit of all its files") ||
      failureOf(`env = A=${"x".repeat(1000)}\n${lines}`).includes("value too long"),
    true,
  );
});

Deno.test("variables of env appear in comments of a printed description, as those of env-file do", () => {
  assertEquals(
    printDescription(describe("env = A=b c\n")),
    'type = internal\n# environment: "A=b c"\n',
  );
});

Deno.test("env-file = -PATH may be absent, and is read if it exists", () => {
  assertEquals(environmentOf("env-file = -none\nenv = A=1\n"), [["A", "1"]]);
  assertEquals(environmentOf("@meta env-file = -none/deeper\n"), []);
  using services = new Services({ s: "env-file = -e\n", e: "A=1\n", t: "@meta env-file = -e\n" });
  for (const name of ["s", "t"]) assertEquals(services.load(name).environment.set.get("A"), "1");
});

Deno.test("an optional env-file that exists and cannot be read is an error", () => {
  using services = new Services({ s: "env-file = -d\n", "d/": "" });
  assertEquals(services.failure("s"), "s: error loading: could not load environment file: Is a directory");
  assertEquals(
    failureOf("env-file = -\n"),
    locatedSetting("env-file", "env-file: write a path behind the '-'", 1),
  );
});

Deno.test("a later env-file replaces an optional one, and the other way round", () => {
  const message = "s: error loading: could not load environment file: No such file or directory";
  assertEquals(failureOf("env-file = -none\nenv-file = none\n"), message);
  assertEquals(environmentOf("env-file = none\nenv-file = -none\n"), []);
});

Deno.test("a required variable without a value is an error with its message and line", () => {
  const text = `type = process\ncommand = /bin/x\ncommand += "\${DB:?set it in db.env}"\n`;
  const missing = "the variable DB is not set: set it in db.env";
  assertEquals(failureOf(text), locatedSetting("command", missing, 3));
  assertEquals(
    failureOf(text, { env: { DB: "" } }),
    locatedSetting("command", "the variable DB is empty: set it in db.env", 3),
  );
  assertEquals(describe(text, { env: { DB: "x" } }).command, ["/bin/x", "x"]);
});

Deno.test("without a colon a required variable may be empty, and a message is not needed", () => {
  const text = "type = process\ncommand = /bin/x ${DB?}\n";
  assertEquals(describe(text, { env: { DB: "" } }).command, ["/bin/x", ""]);
  assertEquals(failureOf(text), locatedSetting("command", "the variable DB is not set", 2));
});

Deno.test("every kind of substitution knows required variables, and its line", () => {
  const required = '"${X:?no X}"';
  const message = "the variable X is not set: no X";
  const lines: [setting: string, line: string][] = [
    ["working-dir", `working-dir = ${required}`],
    ["stop-command", `stop-command = x ${required}`],
    ["logfile", `logfile = ${required}`],
    ["env", `env = A=${required}`],
    ["env-file", `env-file = ${required}`],
    ["waits-for", `waits-for = ${required}`],
    ["health-http", `health-http = ${required}`],
    ["health-command", `health-command = ${required}`],
    ["include", `@include ${required}`],
  ];
  for (const [setting, line] of lines) {
    assertEquals(failureOf(`${PROCESS}\n${line}\n`), locatedSetting(setting, message, 4), line);
  }
  assertEquals(
    failureOf(`${PROCESS}working-dir = "\${1:?name it s@DIR}"\n`),
    locatedSetting("working-dir", "the argument $1 is not set: name it s@DIR", 3),
  );
});

Deno.test("a message that is cut off by its spaces names the quotes as remedy", () => {
  assertEquals(
    failureOf("type = process\ncommand = x ${A:?set it}\n"),
    inSetting(
      "command",
      "unmatched '{' in variable substitution: write quotes around a message with spaces",
    ),
  );
});
