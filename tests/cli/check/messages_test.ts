import { assertEquals } from "@std/assert";
import { explained, findings } from "./_support.ts";

type Files = Readonly<Record<string, string>>;

/** Messages about the descriptions of cli 5.5: the text of the service `s`, and the checker's output. */
const ROWS: readonly (readonly [string | Files, ...string[]])[] = [
  ["foo = 1\n", "Service 's' (<SD>/s:1): unknown setting: 'foo'."],
  [
    "type = daemon\n",
    `Service 's' (<SD>/s:1): service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"`,
  ],
  [
    "\nrestart = maybe\n",
    `Service 's' (<SD>/s:2): restart must be one of: "yes", "true", "no", "false" or "on-failure"`,
  ],
  [
    "smooth-recovery = 1\n",
    `Service 's' (<SD>/s:1): smooth-recovery must be one of: "yes", "true", "no" or "false"`,
  ],
  ["# a \\\n b\nstart-timeout = x\n", "Service 's' (<SD>/s:3): bad value for start-timeout"],
  ["options = frobnicate\n", "Service 's' (<SD>/s:1): unknown option: frobnicate"],
  ['logfile = "x\n', "Service 's' (<SD>/s:1): unterminated quoted string"],
  [
    "run-as = no-such-user\ntype = process\ncommand = /bin/sh\n",
    `Service 's' (<SD>/s:1): run-as: specified user "no-such-user" does not exist in system database.`,
  ],
  ["waits-for = $1\n", "Service 's' setting 'waits-for': missing value in argument substitution"],
  [
    "working-dir = $1\ntype = process\ncommand = /bin/sh\n",
    "Service 's': working-dir: missing value in argument substitution",
    "Service 's': warning: could not open service working directory: No such file or directory",
  ],
  [
    "type = process\ncommand = /bin/sh $1\n",
    "Unable to load service 's': missing value in argument substitution",
  ],
  [{}, "Unable to load service 's': service description not found."],
  ["type\n", "Unable to load service 's': badly formed line."],
  ["@foo\n", "Unable to load service 's': bad meta command"],
  ["@include nosuchfile\n", "Unable to load service 's': nosuchfile: cannot open: No such file or directory"],
  [
    { s: "@include part\n", part: "\nnice = x\n" },
    "Service 's' (part:2): specified value contains invalid numeric characters or is outside allowed range.",
    "Service 's': warning: option 'nice' was specified, but ignored for the specified (or default) service type.",
  ],
  ["type = process\n", "Service 's': 'command' setting not specified."],
  [
    "type = bgprocess\ncommand = /bin/sh\n",
    "Service 's': process ID file ('pid-file') not specified for bgprocess service.",
  ],
  [
    "type = bgprocess\ncommand = /bin/sh\npid-file = x\nready-notification = pipefd:3\n",
    "Service 's': readiness notification ('ready-notification') is not supported for bgprocess services.",
  ],
  [
    "type = triggered\noptions = kill-all-on-stop\n",
    "Service 's': kill-all-on-stop can only be set on scripted or internal services.",
  ],
  [
    {
      s: "type = scripted\ncommand = /bin/sh\nconsumer-of = p\n",
      p: "type = process\ncommand = /bin/sh\nlog-type = pipe\n",
    },
    "Service 's': only a process or bgprocess service can be a log consumer ('consumer-of') another service.",
  ],
  ["env-file = none\n", "Service 's': could not load environment file: No such file or directory"],
  [
    "waits-for.d = none\n",
    "Service 's', error reading dependencies from directory none: No such file or directory",
  ],
  [
    { "s/x": "" },
    "Service 's', error reading service description: Is a directory",
    "Unable to load service 's': <SD>/s: error while reading service description",
  ],
  // File checks
  [
    "type = scripted\ncommand = sh\nstop-command = ./sh\n",
    "Service 's': warning: command executable 'sh' is not an absolute path",
    "Service 's': warning: stop command executable './sh' is not an absolute path",
  ],
  [
    "type = process\ncommand = /no/such/program\n",
    "Service 's': warning: could not stat command executable '/no/such/program': No such file or directory",
  ],
  [
    "type = scripted\ncommand = /\nstop-command = /etc/passwd\n",
    "Service 's': warning: command executable '/' is not a regular file.",
    "Service 's': warning: stop command executable '/etc/passwd' is not executable by owner.",
  ],
  [
    "type = process\ncommand = /bin/sh\nworking-dir = /no/such\n",
    "Service 's': warning: could not open service working directory: No such file or directory",
  ],
  [
    "type = process\ncommand = /bin/sh\nworking-dir = /etc/passwd\n",
    "Service 's': warning: could not open service working directory: Not a directory",
  ],
  [
    "type = process\ncommand = /bin/sh\nlogfile = log/s\n",
    "Service 's': warning: could not access logfile directory 'log': No such file or directory",
  ],
  [
    { s: "type = process\ncommand = /bin/sh\nlogfile = log/s\n", log: "" },
    "Service 's': warning: logfile directory 'log' exists but is not a directory.",
  ],
  // Settings without effect
  [
    "command = /bin/sh\nnice = 1\n",
    "Service 's': warning: 'command' specified, but ignored for the specified (or default) service type.",
    "Service 's': warning: option 'nice' was specified, but ignored for the specified (or default) service type.",
  ],
  [
    "type = process\ncommand = /bin/sh\nlog-type = file\n",
    "Service 's': warning: option 'logfile' not set, but selected log type is 'file'",
  ],
  [
    "type = process\ncommand = /bin/sh\nlogfile = /x\nlog-type = pipe\n",
    "Service 's': warning: option 'logfile' was specified, but selected log type is not 'file'",
  ],
];

for (const [given, ...expected] of ROWS) {
  const files = typeof given === "string" ? { s: given } : given;
  Deno.test(`check says of ${JSON.stringify(given)}: ${expected[0]}`, async () => {
    assertEquals(await findings(files), { lines: expected, status: 1 });
  });
}

Deno.test("a file in the place of a directory is reported with its path", async () => {
  assertEquals(await findings({ s: "" }, "s/x"), {
    lines: ["Unable to load service 's/x': <SD>/s/x: Not a directory"],
    status: 1,
  });
});

for (const type of ["internal", "triggered"]) {
  Deno.test(`the files of a service of type ${type} are checked, too`, async () => {
    const { lines } = await findings({
      s: `type = ${type}\nlogfile = none/x\nworking-dir = /none\ncommand = /none/x\nstop-command = x\n`,
    });
    assertEquals(lines.filter((line) => !line.includes("but ignored for")), [
      "Service 's': warning: could not open service working directory: No such file or directory",
      "Service 's': warning: could not stat command executable '/none/x': No such file or directory",
      "Service 's': warning: stop command executable 'x' is not an absolute path",
      "Service 's': warning: could not access logfile directory 'none': No such file or directory",
    ]);
  });
}

Deno.test("correct files are not mentioned", async () => {
  const files = {
    s: "type = scripted\ncommand = /bin/sh\nstop-command = /bin/sh\nworking-dir = ${WHERE}\nlogfile = log/x\n",
    "log/": "",
    vars: "",
  };
  const { status } = await findings({ ...files, s: files.s.replace("${WHERE}", "/").replace("log/x", "/x") });
  assertEquals(status, 0);
  assertEquals((await findings({ ...files, s: files.s.replace("working-dir = ${WHERE}\n", "") })).status, 0);
});

for (
  const [line, path] of [
    ["env-file = no/such", "<SD>/no/such"],
    ["@include no/such", "<SD>/no/such"],
    ["logfile = no/such", "<SD>/no/such"],
    ["working-dir = /no/such", "/no/such"],
  ] as const
) {
  Deno.test(`an explanation has the full path of a file: ${line}`, async () => {
    const { lines } = await explained({ s: `type = process\ncommand = /bin/sh\n${line}\n` });
    assertEquals(
      lines.filter((text) => text.startsWith("    ") && text.includes(path)).length,
      1,
      lines.join("\n"),
    );
  });
}
