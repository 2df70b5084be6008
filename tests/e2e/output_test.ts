import { assertEquals } from "@std/assert";
import { Dinit } from "./_dinit.ts";

const SPEAKS = (how: string) =>
  `type = scripted\ncommand = sh -c "echo out; echo err >&2; printf half"\n${how}\n`;

Deno.test("a log file gets standard output and standard error, and stays across restarts", async () => {
  await using dinit = new Dinit({ boot: SPEAKS("logfile = ../log"), keep: "" }).start({
    args: ["keep", "boot"],
  });
  await dinit.printed("[  OK  ] boot");
  await dinit.until(() => dinit.read("log").includes("half"), "the output");
  assertEquals(dinit.read("log"), "out\nerr\nhalf");
  assertEquals(Deno.statSync(`${dinit.directory}/log`).mode! & 0o777, 0o600);
  assertEquals((await dinit.ctl("restart", "boot")).code, 0);
  await dinit.until(() => dinit.read("log").length === 24, "the output of the second run");
});

Deno.test("a log file gets the requested mode", async () => {
  await using dinit = new Dinit({ boot: SPEAKS("logfile = ../log\nlogfile-permissions = 0644"), keep: "" });
  dinit.start({ args: ["keep", "boot"] });
  await dinit.printed("[  OK  ] boot");
  assertEquals(Deno.statSync(`${dinit.directory}/log`).mode! & 0o777, 0o644);
});

Deno.test("a buffered log can be shown and cleared", async () => {
  const boot = 'type = scripted\ncommand = sh -c "echo out; printf half"\nlog-type = buffer\n';
  await using dinit = new Dinit({ boot, keep: "" }).start({ args: ["keep", "boot"] });
  await dinit.printed("[  OK  ] boot");
  const shown = (await dinit.ctl("catlog", "--clear", "boot")).stdout;
  assertEquals(shown, "out\nhalf\n(last line is truncated or incomplete)\n");
  assertEquals((await dinit.ctl("catlog", "boot")).stdout, "");
});

Deno.test("a service without a log buffer has no log to show", async () => {
  await using dinit = new Dinit({ boot: "" }).start();
  await dinit.printed("[  OK  ] boot");
  const { code, stderr } = await dinit.ctl("catlog", "boot");
  assertEquals([code, stderr], [
    1,
    "dinitctl: cannot cat log for service not configured to buffer output.\n",
  ]);
});

Deno.test("the main log has the lines that the console lacks", async () => {
  await using dinit = new Dinit({ boot: "" });
  // With the path given, nothing is said about the control groups of the machine.
  dinit.start({ args: ["--quiet", "--cgroup-path", "/", "--log-file", `${dinit.directory}/main.log`] });
  await dinit.until(() => dinit.read("main.log") !== "", "the main log");
  await dinit.stop();
  assertEquals(dinit.lines, []);
  assertEquals(dinit.read("main.log"), "dinit: service boot started.\ndinit: service boot stopped.\n");
});

Deno.test("a process has the right environment and directory and empty input", async () => {
  await using dinit = new Dinit({
    boot: [
      "type = scripted",
      'command = sh -c "env | sort > ../env; pwd > ../pwd; readlink /proc/self/fd/0 > ../stdin"',
      "env-file = vars",
      "",
    ].join("\n"),
    vars: "!clear\n!import PATH\nCOLOUR=green\n",
  }).start();
  await dinit.printed("[  OK  ] boot");
  const names = dinit.read("env").split("\n").map((line) => line.split("=")[0]);
  assertEquals(names.filter((name) => !["PWD", "_", "SHLVL", "OLDPWD", ""].includes(name)), [
    "COLOUR",
    "PATH",
  ]);
  assertEquals(dinit.read("pwd"), `${dinit.directory}/sd\n`);
  assertEquals(dinit.read("stdin"), "/dev/null\n");
});
