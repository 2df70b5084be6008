/** The table of options: each row is parsed and is in the help text, the manual page and the completion of each shell. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { runCompletion } from "../../src/cli/completion/main.ts";
import { checkHelp } from "../../src/cli/check/help.ts";
import { scanCheckArguments } from "../../src/cli/check/options.ts";
import { scanArguments } from "../../src/cli/ctl/arguments.ts";
import { ctlHelp } from "../../src/cli/ctl/help.ts";
import { manualPages } from "../../src/cli/manual/pages.ts";
import { leaseHelp } from "../../src/options/dinit_lease_help.ts";
import { scanLeaseArguments } from "../../src/tools/lease/arguments.ts";
import { logHelp } from "../../src/options/dinit_log_help.ts";
import { webHelp } from "../../src/options/dinit_web_help.ts";
import { scanWebArguments } from "../../src/tools/web/arguments.ts";
import { scanLogArguments } from "../../src/tools/log/arguments.ts";
import { scanExportArguments } from "../../src/tools/export/arguments.ts";
import { exportHelp } from "../../src/tools/export/help.ts";
import { waitForHelp } from "../../src/tools/wait_for/help.ts";
import { scanWaitForArguments } from "../../src/tools/wait_for/main.ts";
import { scanImportArguments } from "../../src/tools/import/arguments.ts";
import { importHelp } from "../../src/tools/import/help.ts";
import { monitorHelp } from "../../src/cli/monitor/help.ts";
import { initHelp, scanInitArguments } from "../../src/cli/init/options.ts";
import { buildHelp, scanBuildArguments } from "../../src/cli/build/options.ts";
import { downHelp, scanDownArguments, scanUpArguments, upHelp } from "../../src/cli/up/options.ts";
import { scanMonitorArguments } from "../../src/cli/monitor/options.ts";
import { scanShutdownArguments, shutdownHelp } from "../../src/cli/shutdown/options.ts";
import { helpText } from "../../src/daemon/help.ts";
import { parseCommandLine } from "../../src/daemon/options.ts";
import { COMMANDS } from "../../src/options/ctl_commands.ts";
import { namesOf, type OptionRow } from "../../src/options/mod.ts";
import { PROGRAMS, SHELLS } from "../../src/options/programs.ts";
import { FakeIo } from "../cli/_stand_in.ts";

const SITUATION = { pid: 100, uid: 1000, isOpen: () => true };

/** How each program reads its command line and what its `--help` prints. */
const PARTS: Readonly<
  Record<string, { readonly help: () => string; readonly read: (args: string[]) => unknown }>
> = {
  dinit: { help: helpText, read: readDaemon },
  dinitctl: { help: ctlHelp, read: scanArguments },
  "dinit-check": { help: checkHelp, read: scanCheckArguments },
  "dinit-monitor": { help: monitorHelp, read: scanMonitorArguments },
  "dinit-log": { help: logHelp, read: (args) => scanLogArguments([...args, "log"]) },
  "dinit-import": { help: importHelp, read: (args) => scanImportArguments([...args, "path", "--to=dir"]) },
  "dinit-export": { help: exportHelp, read: (args) => scanExportArguments([...args, "kubernetes"]) },
  "dinit-wait-for": { help: waitForHelp, read: (args) => scanWaitForArguments([...args, "unix:/s"]) },
  "dinit-up": { help: upHelp, read: scanUpArguments },
  "dinit-down": { help: downHelp, read: scanDownArguments },
  "dinit-init": { help: initHelp, read: scanInitArguments },
  "dinit-build": { help: buildHelp, read: scanBuildArguments },
  "dinit-lease": { help: leaseHelp, read: scanLeaseArguments },
  "dinit-web": { help: webHelp, read: scanWebArguments },
  shutdown: { help: () => shutdownHelp("shutdown"), read: scanShutdownArguments },
};

/** Throws where the daemon would complain. */
function readDaemon(args: string[]): unknown {
  const line = parseCommandLine(args, SITUATION);
  if (line.action === "error") throw new Error(line.message);
  return line;
}

/** A value that the option accepts. */
function valueOf({ value }: OptionRow): string {
  return value?.oneOf?.at(-1) ?? (value?.kind === "number" || value?.kind === "descriptor" ? "7" : "word");
}

/** A command line around an option: a local one stands behind a command that has it. */
function around(program: string, { long, local }: OptionRow): [front: string[], back: string[]] {
  if (program !== "dinitctl") return [[], []];
  const owner = COMMANDS.find(({ name, options }) =>
    local ? options?.some((option) => option === long) : name === "enable"
  );
  if (owner === undefined) throw new Error(`no command has ${long}`);
  const words = owner.words.filter(({ optional }) => !optional).map(({ oneOf }) => oneOf?.[0] ?? "word");
  return [[owner.name], long === "--list" || long === "--all" ? [] : words];
}

/** Whether a text has a word as a whole. */
function has(text: string, word: string): boolean {
  return text.replace(/\[=(\S+)\]/g, " $1").split(/[\s,|)']+/).includes(word);
}

const ROWS = PROGRAMS.flatMap(({ name, options }) => options.map((option) => ({ program: name, option })));

Deno.test("every option is parsed in each of its forms, and in no other", () => {
  for (const { program, option } of ROWS) {
    const { read } = PARTS[program];
    const [front, back] = around(program, option);
    // A value that may be left out stands only behind a `=`.
    const value = option.value === undefined || option.value.omissible ? [] : [valueOf(option)];
    for (const name of namesOf(option)) {
      read([...front, name, ...value, ...back]);
      const assigned = [...front, `${name}=${valueOf(option)}`, ...back];
      if (option.assignable) read(assigned);
      else if (program === "dinit-monitor") assertEquals(read(assigned), read(["--unknown"]), name);
      else assertThrows(() => read(assigned), Error, name);
    }
  }
});

Deno.test("an option has a name, a text, and rows for commands that there are", () => {
  for (const { program, option: { short, long, value, assignable, help } } of ROWS) {
    assert(
      /^-[A-Za-z]$/.test(short ?? "-x") && /^--[a-z-]+(=[a-z]+)?$/.test(long ?? "--x"),
      `${program} ${long}`,
    );
    assert(short !== undefined || long !== undefined);
    assert(help !== "" && !(assignable && value === undefined), `${program} ${long}`);
  }
  for (const { name, options, commands } of PROGRAMS) {
    const names = options.flatMap(namesOf);
    assertEquals(new Set(names).size, names.length, name);
    const own = new Set(options.filter(({ local }) => local).map(({ long }) => long));
    const used = new Set(commands.flatMap((command) => command.options ?? []));
    assertEquals(used, own, name);
  }
});

Deno.test("the help text of dinitctl names the commands of an option once", () => {
  const names = COMMANDS.map(({ name }) => name).join("|");
  const twice = new RegExp(`^  -.* ((${names})(, (${names}))*: )+(${names})(, (${names}))*: `);
  assertEquals(ctlHelp().split("\n").filter((line) => twice.test(line)), []);
});

Deno.test("every option is in the help text of its program, and those that the reference hides are not", () => {
  for (const { program, option } of ROWS) {
    const text = PARTS[program].help();
    for (const name of namesOf(option)) assertEquals(has(text, name), !option.unlisted, `${program} ${name}`);
  }
});

Deno.test("every option and every command is in the manual page of its program, with its value and its text", () => {
  const pages = new Map(manualPages().map((page) => [page.name, page]));
  assertEquals([...pages.keys()], PROGRAMS.map(({ name }) => name));
  for (const { program, option } of ROWS) {
    const item = pages.get(program)?.sections.find(({ title }) => title === "Options")?.items
      ?.find(({ term }) => namesOf(option).every((name) => has(term, name)));
    if (item === undefined) throw new Error(`${program} ${namesOf(option)} has no entry`);
    assert(has(item.term, option.value?.name ?? item.term.split(",")[0]));
    assert(item.text.includes(option.help.trim().replaceAll("\n", " ").slice(1)), item.text);
  }
  const synopsis = pages.get("dinitctl")?.synopsis.map((line) => line.split(" ")[2]);
  assertEquals(synopsis, COMMANDS.map(({ name }) => name));
});

for (const shell of SHELLS) {
  Deno.test(`every option and every command is in the completion of ${shell}`, () => {
    const io = new FakeIo();
    assertEquals(runCompletion([shell], io), 0);
    const lines = io.output.split("\n");
    for (const { program, option } of ROWS) {
      for (const name of namesOf(option)) {
        const line = shell === "fish"
          ? lines.find((line) => line.includes(`-c ${program} `) && line.includes(fishName(name)))
          : lines.find((line) => line.trim().startsWith(`${program}:`) && line.includes(`'${name}\t`));
        assert(line !== undefined, `${shell} lacks ${program} ${name}`);
      }
    }
    for (const { name } of PROGRAMS.flatMap(({ commands }) => commands)) {
      assert(has(io.output, name), `${shell} lacks ${name}`);
    }
  });
}

/** An option as fish spells it. */
function fishName(name: string): string {
  return name.startsWith("--") ? ` -l ${name.slice(2)} ` : ` -s ${name.slice(1)} `;
}

/** The block of text in a page of the specification that begins with a line. */
function block(page: string, first: string): string {
  const text = Deno.readTextFileSync(new URL(`../../docs/spec/${page}`, import.meta.url));
  const begin = text.indexOf(`\n${first}\n`) + 1;
  return text.slice(begin, text.indexOf("```", begin));
}

Deno.test("the help texts of the reference are those of the specification, to the letter", () => {
  const daemon = block("daemon-and-init.md", "dinit: init/service manager daemon");
  assert(daemon.split("\n").length > 20);
  assertEquals(helpText().slice(0, daemon.length), daemon);
  const shutdown = block("daemon-and-init.md", "shutdown :   shutdown the system");
  assertEquals(shutdownHelp("shutdown"), shutdown);
});
