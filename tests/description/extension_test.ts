import { assert, assertEquals } from "@std/assert";
import { describe, failureOf, located, locatedSetting } from "./_support.ts";
import { EXTENDED_TABLE, GRACE_TIME, graceTime } from "./_extension.ts";
import {
  hostNeeds,
  printDescription,
  refusedChange,
  SETTING_TABLE,
  SETTINGS,
} from "../../src/description/mod.ts";
import { DEFAULT_DESCRIPTION, ServiceType } from "../../src/model/mod.ts";
import { serviceHelp, settingHelp, settingNames } from "../../src/cli/manual/service_help.ts";
import { generatedFiles } from "../../scripts/generate/files.ts";
import { unsupportedByCommandHost } from "../../src/host/launch/command_limits.ts";
import { remarksOn } from "./_remarks.ts";

const settings = EXTENDED_TABLE;
const PROCESS = "type = process\ncommand = /bin/true\n";

Deno.test("an extension is accepted in two spellings", () => {
  for (
    const line of [
      "grace-time = 500ms",
      "grace-time: 0.5",
      "@meta grace-time = 500ms",
      " @meta  grace-time:0.5",
    ]
  ) {
    assertEquals(graceTime(describe(`${PROCESS}${line}\n`, { settings })), 500, line);
  }
});

Deno.test("the last line of an extension counts, in either spelling", () => {
  assertEquals(graceTime(describe("grace-time = 1\n@meta grace-time = 2\n", { settings })), 2000);
  assertEquals(graceTime(describe("@meta grace-time = 2\ngrace-time = 1\n", { settings })), 1000);
});

Deno.test("a mistake in an @meta line of an extension is reported as in any other line", () => {
  const message = GRACE_TIME.name;
  assertEquals(
    failureOf("\n@meta grace-time = soon\n", { settings }),
    locatedSetting(
      message,
      "bad duration 'soon': write a number of seconds, or a number with a unit: 500ms, 30s, 15m, 2h, 7d",
      2,
    ),
  );
  assertEquals(failureOf("@meta grace-time\n", { settings }), located("badly formed line.", 1));
  assertEquals(
    failureOf("@meta grace-time += 1\n", { settings }),
    located("cannot use '+=' with setting 'grace-time'", 1),
  );
});

Deno.test("any other text after @meta is ignored, as in the reference", () => {
  for (
    const line of [
      "@meta",
      "@meta grace",
      '@meta x = "',
      "@meta stop-timeout = soon",
      "@meta type = process",
      "@meta = 1",
    ]
  ) {
    assertEquals(
      printDescription(describe(`${line}\n`, { settings })),
      printDescription(describe("\n")),
      line,
    );
  }
});

Deno.test("the table has these extensions, and ignores every other @meta line", () => {
  const names = SETTINGS.filter(({ extension }) => extension).map(({ name }) => name);
  assertEquals(names, [
    "env",
    "deno-script",
    "deno-permissions",
    "deno-flags",
    "restart-delay-factor",
    "restart-delay-max",
    "on-failure",
    "kill-mode",
    "health-http",
    "health-tcp",
    "health-command",
    "health-interval",
    "health-timeout",
    "health-failures",
    "health-start-interval",
    "health-start-period",
    "health-action",
    "watchdog-timeout",
    "watch",
    "watch-delay",
    "watch-action",
    "schedule-cron",
    "schedule-interval",
    "schedule-timezone",
    "schedule-jitter",
    "schedule-catch-up",
    "schedule-overlap",
    "schedule-limit",
    "log-max-size",
    "log-max-age",
    "log-keep",
    "log-keep-size",
    "log-compress",
    "log-timestamps",
    "log-format",
    "log-rate-limit",
    "sandbox",
    "sandbox-writable",
    "cgroup",
    "memory-max",
    "memory-high",
    "swap-max",
    "cpu-max",
    "cpu-weight",
    "io-weight",
    "pids-max",
  ]);
  assertEquals(graceTime(describe("@meta grace-time = 1\n")), undefined);
  assertEquals(failureOf("grace-time = 1\n"), located("unknown setting: 'grace-time'.", 1));
});

Deno.test("an extension is printed as a setting, or as an @meta line for the reference", () => {
  const description = describe(`${PROCESS}grace-time = 15m\n`, { settings });
  const plain = printDescription(description, { table: settings });
  const portable = printDescription(description, { table: settings, portable: true });
  assert(plain.includes("\ngrace-time = 900\n"), plain);
  assertEquals(portable, plain.replace("\ngrace-time", "\n@meta grace-time"));
  for (const text of [plain, portable]) assertEquals(graceTime(describe(text, { settings })), 900_000);
  assertEquals(describe(portable).command, description.command); // a program without the setting reads it, too
});

Deno.test("an extension has a remark on services of every type that does not use it", () => {
  const remark = "'grace-time' specified, but ignored for the specified (or default) service type.";
  for (const type of ["scripted", "internal", "triggered"]) {
    const text = `type = ${type}\ncommand = /bin/true\n@meta grace-time = 1\n`;
    assertEquals(remarksOn(text, settings).at(-1), { text: remark, setting: "grace-time" }, type);
  }
  assertEquals(remarksOn(`${PROCESS}grace-time = 1\n`, settings), []);
});

Deno.test("the facts of an added row about hosts and reloads take effect", () => {
  const before = { ...DEFAULT_DESCRIPTION, type: ServiceType.PROCESS };
  const after = { ...before, graceTime: 1000 };
  assertEquals(refusedChange(before, after, settings), {
    setting: "grace-time",
    message: "cannot change grace-time for running service.",
  });
  assertEquals(refusedChange(after, after, settings), undefined);
  assertEquals(
    refusedChange(
      { ...before, type: ServiceType.SCRIPTED },
      { ...after, type: ServiceType.SCRIPTED },
      settings,
    ),
    undefined,
  );
  assertEquals(hostNeeds(after, settings).map(({ name, feature }) => [name, feature]), [[
    "grace-time",
    "pipe",
  ]]);
  assertEquals(unsupportedByCommandHost(after, settings)?.setting, "grace-time");
  assertEquals(unsupportedByCommandHost(before, settings), undefined);
});

Deno.test("help, completion, manual page, types and editors know an added row", () => {
  const help = settingHelp("grace-time", settings) ?? "";
  assert(help.replaceAll(/\s+/g, " ").includes("written as @meta grace-time = VALUE"), help);
  assert(serviceHelp(settings).includes("OF A TEST"));
  assertEquals(settingNames(settings), [...settingNames(), "grace-time"]);
  const [before, after] = [generatedFiles(), generatedFiles(settings)];
  const changed = [...after.keys()].filter((path) => before.get(path) !== after.get(path));
  assertEquals(changed, [
    "man/dinit-service.5",
    "src/service/settings.ts",
    "contrib/vim/syntax/dinit.vim",
    "contrib/vscode/syntaxes/dinit.tmLanguage.json",
  ]);
  for (const path of changed) assert(/grace(\\)?-time/.test(after.get(path)!), path);
});

Deno.test("editors accept the name of an extension after @meta, and no other name", () => {
  const grammar = JSON.parse(generatedFiles(settings).get("contrib/vscode/syntaxes/dinit.tmLanguage.json")!);
  const ruleFor = (line: string) =>
    grammar.patterns.find(({ begin, match }: { begin?: string; match?: string }) =>
      new RegExp(begin ?? match ?? "$^").test(line)
    );
  assertEquals(
    new RegExp(ruleFor("@meta grace-time = 1").begin).exec("@meta grace-time = 1")?.[1],
    "grace-time",
  );
  assertEquals(ruleFor("@meta command = 1").name, "keyword.control.dinit");
  const vim = generatedFiles(settings).get("contrib/vim/syntax/dinit.vim")!;
  const rule = vim.split("\n").find((line) => line.includes("@meta\\s\\+\\)\\@<="));
  assertEquals(/\\%\(([\w|\\-]*\\\|)?grace-time\\/.test(rule ?? ""), true, vim);
});

Deno.test("a separate table does not change the table of the program", () => {
  assertEquals(SETTING_TABLE.settings.length, 98);
  assertEquals(settings.settings.length, 99);
});
