import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../src/model/mod.ts";
import { remarksOn } from "./_remarks.ts";
import { describe, type LoadOptions } from "./_support.ts";

/** What the checker learns of a description: `[line:column setting] message` for each problem. */
function problems(text: string, options: LoadOptions = {}): string[] {
  const found: string[] = [];
  describe(text, { problem: (error) => found.push(summary(error)), dependency() {}, ...options });
  return found;
}

function summary({ location, setting, message }: LoadError): string {
  const place = location === undefined ? "-" : `${location.line}:${location.column ?? "-"}`;
  return `[${place} ${setting ?? "-"}] ${message}`;
}

function remarks(text: string): string[] {
  return remarksOn(text).map((remark) => remark.text);
}

Deno.test("the checker receives all mistakes in lines, and their places", () => {
  const text = [
    "  foo = 1",
    "type = bogus",
    "nice = 08",
    "nice = 5",
    "type += x",
    "options = starts-log bad skippable",
    'logfile = "abc',
    "restart = é a#b",
    "stop-timeout =",
    "before = ",
    "depends-on = $",
    "inittab-id = ok",
    "",
  ].join("\n");
  assertEquals(problems(text), [
    "[1:3 -] unknown setting: 'foo'.",
    '[2:8 type] service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"',
    "[3:8 -] specified value contains invalid numeric characters or is outside allowed range.",
    "[5:6 -] cannot use '+=' with setting 'type'",
    "[6:22 options] unknown option: bad",
    "[7:11 -] unterminated quoted string",
    "[8:14 -] hashmark (`#') comment must be separated from setting value by whitespace",
    "[10:10 before] invalid service name ''",
    "[- depends-on] invalid/missing variable name after '$'",
  ]);
});

Deno.test("reading continues after a mistake", () => {
  assertEquals(describe("foo = 1\nnice = 5\n", { problem() {} }).nice, 5);
});

Deno.test("a column counts characters, and is absent if the mistake is in another line", () => {
  assertEquals(problems("options = \\\n   𝄞é bad\n"), ["[2:4 options] unknown option: 𝄞é"]);
  assertEquals(problems("options = starts-log \\\n bad\n"), ["[1:- options] unknown option: bad"]);
  assertEquals(problems('logfile = "𝄞" x#\n'), [
    "[1:16 -] hashmark (`#') comment must be separated from setting value by whitespace",
  ]);
});

Deno.test("the checker learns of all failed final checks", () => {
  const text =
    "type = bgprocess\nready-notification = pipefd:3\noptions = kill-all-on-stop\nenv-file = none\n" +
    "load-options = export-passwd-vars\nrun-as = 77\nlogfile = $\nworking-dir = $2\n";
  assertEquals(problems(text), [
    "[- -] user id '77' does not exist in system database",
    "[- -] could not load environment file: No such file or directory",
    "[- -] 'command' setting not specified.",
    "[- -] process ID file ('pid-file') not specified for bgprocess service.",
    "[- -] readiness notification ('ready-notification') is not supported for bgprocess services.",
    "[- -] kill-all-on-stop can only be set on scripted or internal services.",
    "[- logfile] invalid/missing variable name after '$'",
    "[- working-dir] only one service argument may be present",
  ]);
});

for (
  const [text, message] of [
    ["foo = 1\ntype\n", "badly formed line."],
    ["@foo\n", "bad meta command"],
    ["@include\n", "'@include' requires a single argument"],
    ["@include none\n", "none: cannot open: No such file or directory"],
    ["@include $\n", "invalid/missing variable name after '$'"],
    ['@include "\n', "unterminated quoted string"],
    [
      "type = \\\nx\n",
      "line following line-continuation backslash (`\\') does not begin with whitespace character",
    ],
    ["type = \\", "end-of-file follows backslash escape character (`\\')"],
    ["type = process\ncommand = $\n", "invalid/missing variable name after '$'"],
    ["type = process\ncommand = x\nstop-command = ${\n", "invalid/missing variable name after '$'"],
  ]
) {
  Deno.test(`the checker cannot continue after ${JSON.stringify(text)}`, () => {
    const thrown = assertThrows(() => problems(text), LoadError);
    assertEquals((thrown as LoadError).message, message);
  });
}

Deno.test("an error of a dependency passes through, also for the checker", () => {
  const dependency = () => {
    throw new LoadError("load", "could not load dependency.", { service: "s" });
  };
  assertThrows(() => problems("depends-on = x\n", { dependency }), LoadError, "could not load dependency.");
});

Deno.test("every error has a code", () => {
  const codes: (string | undefined)[] = [];
  const texts = [
    "foo=1",
    "type=x",
    "nice=x",
    "run-as=9x",
    "before=",
    "options=x",
    "command=a#b",
    "logfile=$",
  ];
  describe(texts.join("\n") + "\n", { problem: (error) => codes.push(error.code) });
  assertEquals(codes, [
    "unknown-setting",
    "unknown-word",
    "bad-number",
    "bad-id",
    "bad-name",
    "unknown-option",
    "hashmark",
    "substitution",
  ]);
});

Deno.test("settings that an internal service ignores are remarked on", () => {
  const text = "type = triggered\ncommand = x\nstop-command = x\nworking-dir = /\nrun-in-cgroup = c\n" +
    "capabilities = cap_kill\nsecurebits = noroot\nrun-as = root\nsocket-listen = /s\ninittab-line = x\n" +
    "options = start-interruptible pass-cs-fd skippable no-new-privs\nlog-type = pipe\nnice = 1\nioprio = idle\n" +
    "oom-score-adj = 1\n";
  const ignored = "specified, but ignored for the specified (or default) service type.";
  assertEquals(remarks(text), [
    `'command' ${ignored}`,
    `'stop-command' ${ignored}`,
    `'working-dir' ${ignored}`,
    `'run-in-cgroup' ${ignored}`,
    `'capabilities' ${ignored}`,
    `'securebits' ${ignored}`,
    `'run-as' ${ignored}`,
    `'socket-listen' ${ignored}`,
    `'inittab_line' or 'inittab_id' ${ignored}`,
    `signal options were ${ignored}`,
    `option 'pass_cs_fd' was ${ignored}`,
    `option 'skippable' was ${ignored}`,
    `option 'no_new_privs' was ${ignored}`,
    `option 'log_type' was ${ignored}`,
    `option 'nice' was ${ignored}`,
    `option 'ioprio' was ${ignored}`,
    `option 'oom-score-adj' was ${ignored}`,
  ]);
  assertEquals(remarks(text.replace("triggered", "process")), []);
});

Deno.test("a remark names the setting that was given, even if settings share the remark", () => {
  const settings = (text: string) => remarksOn(`type = internal\n${text}`).map(({ setting }) => setting);
  assertEquals(settings("inittab-id = x\n"), ["inittab-id"]);
  assertEquals(settings("inittab-line = x\n"), ["inittab-line"]);
  assertEquals(settings("inittab-id = x\ninittab-line = x\n"), ["inittab-line"]);
  assertEquals(settings("options = signal-process-only skippable start-interruptible\n"), [
    "options",
    "options",
  ]);
  assertEquals(settings("logfile = /x\nlog-type = none\n"), ["logfile"]);
});

Deno.test("a log file and a log type that do not fit are remarked on", () => {
  assertEquals(remarks("type = process\ncommand = x\nlogfile = /x\nlog-type = buffer\n"), [
    "option 'logfile' was specified, but selected log type is not 'file'",
  ]);
  assertEquals(remarks("type = process\ncommand = x\nlog-type = file\n"), [
    "option 'logfile' not set, but selected log type is 'file'",
  ]);
});

Deno.test("limits of a log file that there is not, and archives of a log without limits, are remarked on", () => {
  const process = "type = process\ncommand = x\n";
  assertEquals(remarks(`${process}log-type = buffer\nlog-max-size = 10M\nlog-keep = 3\n`), [
    "option 'log-max-size' was specified, but selected log type is not 'file'",
    "option 'log-keep' was specified, but selected log type is not 'file'",
  ]);
  assertEquals(remarks(`${process}logfile = /x\n@meta log-compress = no\n`), [
    "option 'log-compress' was specified, but there is neither 'log-max-size' nor 'log-max-age'",
  ]);
  assertEquals(remarks(`${process}logfile = /x\nlog-max-age = 1d\nlog-compress = no\n`), []);
});

Deno.test("a growing restart delay that cannot grow is remarked on", () => {
  const growth = (lines: string) => remarks(`type = process\ncommand = x\n${lines}`);
  const most = "option 'restart-delay-max' was specified, but 'restart-delay' does not grow: " +
    "set 'restart-delay-factor' to more than 1, or remove this line";
  assertEquals(growth("restart-delay-max = 30s\n"), [most]);
  assertEquals(growth("restart-delay-factor = 1.5\nrestart-delay-max = 30s\n"), []);
  const factor = (why: string) => [`option 'restart-delay-factor' was specified, but ${why}`];
  assertEquals(
    growth("restart-delay-factor = 2\nrestart = no\n"),
    factor("the process is not started again: set 'restart' or 'smooth-recovery', or remove this line"),
  );
  assertEquals(growth("restart-delay-factor = 2\nrestart = no\nsmooth-recovery = yes\n"), []);
  assertEquals(
    growth("restart-delay-factor = 2\nrestart-delay = 0\n"),
    factor("'restart-delay' is 0, which does not grow: set it to more than 0, or remove this line"),
  );
  assertEquals(
    growth("restart-delay-factor = 2\nrestart-delay = 300\n"),
    factor(
      "'restart-delay' is not less than 'restart-delay-max' (300 s), so it does not grow: " +
        "change one of them, or remove this line",
    ),
  );
  assertEquals(growth("restart-delay-factor = 2\nrestart-delay = 300\nrestart-delay-max = 10m\n"), []);
  const scheduled = "type = scheduled\nschedule-interval = 1h\nrestart-delay-factor = 2\n";
  assertEquals(
    growth(scheduled),
    factor("a run that has failed is not repeated: set 'restart', or remove this line"),
  );
  assertEquals(growth(`${scheduled}restart = on-failure\n`), []);
});

Deno.test("the checker learns of the variables that are used", () => {
  const used: string[] = [];
  describe("chain-to = ${A:-x}\nlogfile = $B\n# $C\nnice = 1\n", { variableUsed: (name) => used.push(name) });
  assertEquals(used, ["A", "B"]);
});
