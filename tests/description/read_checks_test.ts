import { assertEquals } from "@std/assert";
import { MainEnvironment } from "../../src/description/mod.ts";
import {
  argumentsOf,
  describe,
  failureOf,
  general,
  inSetting,
  located,
  locatedSetting,
  Services,
} from "./_support.ts";

const P = "type = process\nrestart = false\n";
const I = "type = internal\n";
const NO_NAME = "invalid/missing variable name after '$'";
const BAD_NUMBER = "specified value contains invalid numeric characters or is outside allowed range.";

Deno.test("description case 83: a scripted service needs a command", () => {
  assertEquals(failureOf("type = scripted\n"), general("'command' setting not specified."));
});

Deno.test("description case 84: a background process needs a file for its ID", () => {
  assertEquals(
    failureOf("type=bgprocess\ncommand=/bin/true\nready-notification=pipefd:3\n"),
    general("process ID file ('pid-file') not specified for bgprocess service."),
  );
});

Deno.test("description case 85: a background process cannot notify of its readiness", () => {
  assertEquals(
    failureOf("type=bgprocess\ncommand=/bin/true\nready-notification=pipefd:3\npid-file = x\n"),
    general("readiness notification ('ready-notification') is not supported for bgprocess services."),
  );
});

Deno.test("description case 86: kill-all-on-stop on a triggered service", () => {
  assertEquals(
    failureOf("type=triggered\noptions=kill-all-on-stop\n"),
    general("kill-all-on-stop can only be set on scripted or internal services."),
  );
});

Deno.test("description case 87: a bad variable in a command that is not used", () => {
  assertEquals(failureOf("type=internal\ncommand=$\n"), inSetting("command", NO_NAME));
});

Deno.test("description case 88: paths are substituted before commands", () => {
  assertEquals(failureOf("type=process\ncommand=$\nlogfile=$\n"), inSetting("logfile", NO_NAME));
});

Deno.test("description case 89: the environment file is read before the final checks", () => {
  assertEquals(
    failureOf("type=process\nenv-file=nofile\n"),
    general("could not load environment file: No such file or directory"),
  );
});

Deno.test("description case 90: only the last environment file is read", () => {
  using services = new Services({
    s: P + "command=ARGS $A\nenv-file=e\nenv-file=f\n",
    e: "A=1\n",
    f: "B=2\n",
  });
  assertEquals(services.load("s").command, ["ARGS", ""]);
});

Deno.test("description case 91: names of dependencies do not see the environment file", () => {
  using services = new Services({
    s: I + "env-file=e\ndepends-on = x${A-0}\n",
    e: "A=1\n",
    x0: I,
    x1: I,
  });
  assertEquals(services.load("s").dependencies.map((link) => link.name), ["x0"]);
});

Deno.test("description case 92: the lines of an environment file", () => {
  using services = new Services({ s: "env-file = e\n", e: 'A = b\n C =d\nexport F=1\nG="q" # z\n' });
  assertEquals([...services.load("s").environment.set], [["A", " b"], ["C", "d"], ["G", '"q" # z']]);
});

Deno.test("description case 93: an environment of what is imported and set only", () => {
  using services = new Services({ s: "env-file = e\n", e: "A=1\n!clear\n!import FOO\nB=2\n" });
  const environment = new MainEnvironment({ FOO: "foo", BAR: "bar" });
  const { environment: overlay } = services.load("s", { environment });
  assertEquals([...environment.compose(overlay)], [["FOO", "foo"], ["B", "2"]]);
});

Deno.test("description case 94: variables of the user and the service", () => {
  using services = new Services({
    s: "load-options = export-passwd-vars export-service-name\nenv-file = e\n",
    e: "HOME=/x\n",
  });
  const { set } = services.load("s@q").environment;
  assertEquals(Object.fromEntries(set), {
    USER: "root",
    LOGNAME: "root",
    HOME: "/x",
    SHELL: "/bin/sh",
    UID: "0",
    GID: "0",
    DINIT_SERVICE: "s",
  });
});

Deno.test("description case 96: bad permissions", () => {
  assertEquals(
    failureOf("socket-permissions = 0999\n"),
    locatedSetting("badly-formed or out-of-range numeric value", "socket-permissions", 1),
  );
});

Deno.test("description case 97: a user ID with text after it", () => {
  const message =
    "run-as: specified user id contains invalid numeric characters or is outside allowed range.";
  assertEquals(failureOf("run-as = 9x\n"), located(message, 1));
});

Deno.test("description case 98: a user ID of more than 64 bits", () => {
  const message = "specified user id contains invalid numeric characters or is outside allowed range.";
  assertEquals(failureOf("run-as = 99999999999999999999\n"), located(message, 1));
});

Deno.test("description case 99: an unknown group", () => {
  const message = 'logfile-gid: specified group "nosuch" does not exist in system database.';
  assertEquals(failureOf("logfile-gid = nosuch\n"), located(message, 1));
});

for (
  const [value, time] of [["", 0], [".", 0], ["1,5", 1500], [".5", 500], ["1.1234567891234", 1123.456789]]
) {
  Deno.test(`description case 100: stop-timeout = '${value}'`, () => {
    assertEquals(describe(`stop-timeout = ${value}\n`).stopTimeout, time);
  });
}

for (const value of ["-1", "1s", "1.2.3", "1 2"]) {
  Deno.test(`description case 101: stop-timeout = '${value}'`, () => {
    assertEquals(failureOf(`stop-timeout = ${value}\n`), located("bad value for stop-timeout", 1));
  });
}

for (const value of ["5x", "-5", "5 : 6", ""]) {
  Deno.test(`description case 102: rlimit-core = '${value}'`, () => {
    assertEquals(failureOf(`rlimit-core = ${value}\n`), located("rlimit-core: bad value.", 1));
  });
}

for (
  const [value, soft, hard] of [["5:6x", 5n, 6n], [":", undefined, undefined], ["5:", 5n, undefined]] as const
) {
  Deno.test(`description case 103: rlimit-core = '${value}'`, () => {
    assertEquals(describe(`rlimit-core = ${value}\n`).limits, [{ resource: "core", soft, hard }]);
  });
}

Deno.test("description case 104: numbers with a leading zero are octal", () => {
  assertEquals(failureOf("nice = 08\n"), located(BAD_NUMBER, 1));
  assertEquals(describe("nice = 010\n").nice, 8);
});

for (const value of ["SIGTERM", "15", "term"]) {
  Deno.test(`description case 105: term-signal = ${value}`, () => {
    const message = `unknown/unsupported termination signal: ${value}`;
    assertEquals(failureOf(`term-signal = ${value}\n`), locatedSetting("term-signal", message, 1));
  });
}

Deno.test("description case 106: I/O priorities", () => {
  assertEquals(failureOf("ioprio = realtime:8\n"), located(BAD_NUMBER, 1));
  const message = "invalid value for ioprio: idle:0";
  assertEquals(failureOf("ioprio = idle:0\n"), locatedSetting("ioprio", message, 1));
});

Deno.test("description case 107: an ID for inittab that is too long", () => {
  assertEquals(failureOf("inittab-id = 12345\n"), located("inittab-id setting is too long", 1));
});

Deno.test("description case 108: a log file and a log type in both orders", () => {
  const one = describe("log-type = none\nlogfile = /x\n");
  assertEquals([one.logType, one.logFile], ["file", "/x"]);
  const other = describe("logfile = /x\nlog-type = none\n");
  assertEquals([other.logType, other.logFile], ["none", ""]);
});

Deno.test("description case 109: a scripted service cannot read the output of another", () => {
  assertEquals(
    failureOf("type=scripted\ncommand=/bin/true\nconsumer-of=x\n"),
    general("only a process or bgprocess service can be a log consumer ('consumer-of') another service."),
  );
});

Deno.test("description case 113: a service cannot read its own output", () => {
  const message = "service cannot be its own consumer";
  assertEquals(failureOf("consumer-of = s\n"), locatedSetting("consumer-of", message, 1));
});

Deno.test("D-10: nor under its full name", () => {
  using services = new Services({ s: "consumer-of = s@x\n" });
  const message = "service cannot be its own consumer";
  assertEquals(services.failure("s@x"), locatedSetting("consumer-of", message, 1));
  services.write("s", "consumer-of = s\n");
  assertEquals(services.failure("s@x"), locatedSetting("consumer-of", message, 1));
  services.write("s", "type = process\ncommand = x\nconsumer-of = s@y\n");
  assertEquals(services.load("s@x").consumerOf, "s@y");
});

Deno.test("final checks come in the order of the specification", () => {
  using services = new Services();
  const texts = [
    ["env-file = none", "could not load environment file: No such file or directory"],
    ["type = bgprocess", "'command' setting not specified."],
    ["command = $", "process ID file ('pid-file') not specified for bgprocess service."],
    [
      "pid-file = $",
      "readiness notification ('ready-notification') is not supported for bgprocess services.",
    ],
  ];
  let text =
    "type = bgprocess\nready-notification = pipevar:X\noptions = kill-all-on-stop\nconsumer-of = x\n";
  services.write("s", text + "env-file = none\n");
  assertEquals(services.failure("s"), general(texts[0][1]));
  for (const [line, message] of texts.slice(1)) {
    text += `${line}\n`;
    services.write("s", text);
    assertEquals(services.failure("s"), general(message));
  }
});

Deno.test("an empty word is no command, an empty variable is one", () => {
  assertEquals(failureOf('type = process\ncommand = ""\n'), general("'command' setting not specified."));
  assertEquals(
    failureOf('type = process\ncommand = x\ncommand = ""\ncommand += ""\n'),
    general("'command' setting not specified."),
  );
  assertEquals(describe('type = process\ncommand = "" ""\n').command, ["", ""]);
  assertEquals(describe("type = process\ncommand = $UNSET\n").command, [""]);
});

Deno.test("D-4: a command that is empty after substitution is an empty list", () => {
  assertEquals(describe("type = process\ncommand = $/EMPTY\n").command, []);
});

Deno.test("variables of this load are part of the command, later changes are not", () => {
  const environment = new MainEnvironment({});
  environment.set("X", "1");
  const description = describe(P + "command = ARGS $X\n", { environment });
  environment.set("X", "2");
  assertEquals(description.command, ["ARGS", "1"]);
  assertEquals(argumentsOf(P + "command = ARGS $X\n", { environment }), ["2"]);
});

Deno.test("paths and commands see the user, the service and the environment file", () => {
  using services = new Services({
    s: "type = process\nrun-as = ann\ncommand = $DINIT_SERVICE $HOME $E\nworking-dir = /$UID/$GID\n" +
      "load-options = export-passwd-vars\nload-options: export-service-name\nenv-file = e\n",
    e: "E=file\n!unset M\n",
  });
  const description = services.load("s@1", { env: { E: "main", M: "main" } });
  assertEquals(description.command, ["s", "/home/ann", "file"]);
  assertEquals(description.workingDir, "/1000/1001");
});

Deno.test("!clear in the environment file takes the variables of the user and the service too", () => {
  using services = new Services({ s: "load-options = export-service-name\nenv-file = e\n", e: "!clear\n" });
  const { environment } = services.load("s");
  assertEquals([environment.clear, environment.set.size], [true, 0]);
});

Deno.test("the environment file is relative to the file that names it, after its link was followed", () => {
  using services = new Services({
    s: "@include sub/i\ntype = internal\n",
    "real/i": "env-file = e\n",
    "real/e": "A=real\n",
    "sub/e": "A=link\n",
    e: "A=top\n",
  });
  services.link("sub/i", "../real/i");
  assertEquals(services.load("s").environment.set.get("A"), "real");
});

Deno.test("an empty env-file counts as none", () => {
  assertEquals(describe("env-file = nofile\nenv-file =\n").environment.set.size, 0);
});

Deno.test("an env-file that is a directory", () => {
  using services = new Services({ s: "env-file = d\n", "d/": "" });
  assertEquals(services.failure("s"), general("could not load environment file: Is a directory"));
});

Deno.test("a user without an entry cannot export its variables", () => {
  assertEquals(
    failureOf("load-options = export-passwd-vars\nrun-as = 77\n"),
    general("user id '77' does not exist in system database"),
  );
});

Deno.test("a user database that cannot be read exports nothing", () => {
  const userById = () => {
    throw Object.assign(new Error("denied"), { code: "EACCES" });
  };
  const users = { userByName: () => undefined, userById, groupByName: () => undefined };
  assertEquals(
    failureOf("load-options = export-passwd-vars\n", { users }),
    general("error accessing user database: Permission denied"),
  );
});

Deno.test("runs-on-console of a background process holds the console for the start only", () => {
  const { flags } = describe("type=bgprocess\ncommand=x\npid-file=p\noptions = runs-on-console\n");
  assertEquals([flags.runsOnConsole, flags.startsOnConsole], [false, true]);
});

Deno.test("options that exclude each other: the last line wins", () => {
  const { flags } = describe("options = shares-console\noptions = starts-on-console runs-on-console\n");
  assertEquals([flags.runsOnConsole, flags.startsOnConsole, flags.sharesConsole], [true, true, false]);
});

Deno.test("the empty log file after a log file leaves the type, and no path", () => {
  const { logType, logFile } = describe("logfile = /x\nlogfile =\n");
  assertEquals([logType, logFile], ["file", ""]);
});

for (const type of ["buffer", "pipe"]) {
  Deno.test(`a log of type ${type} has no file`, () => {
    const { logType, logFile } = describe(`log-type = ${type}\nlogfile = /x\n`);
    assertEquals([logType, logFile], [type, ""]);
  });
}

Deno.test("the group of a file is that of its user if the user is a name", () => {
  const byName = describe("socket-uid = ann\nlogfile-uid = ann\n");
  assertEquals([byName.socketUid, byName.socketGid], [1000, 1001]);
  assertEquals([byName.logFileUid, byName.logFileGid], [1000, 1001]);
  const byNumber = describe("socket-uid = ann\nsocket-uid = 1000\n");
  assertEquals([byNumber.socketUid, byNumber.socketGid], [1000, undefined]);
  const own = describe("socket-gid = staff\nsocket-uid = ann\n");
  assertEquals(own.socketGid, 50);
});
