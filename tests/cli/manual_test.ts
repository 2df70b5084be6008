/** The manual pages. */

import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/ctl/commands.ts";
import { manualSources, runManual } from "../../src/cli/manual/main.ts";
import { helpItems } from "../../src/cli/manual/pages.ts";
import { roffPage } from "../../src/cli/manual/roff.ts";
import { MONITOR_OPTIONS } from "../../src/cli/monitor/options.ts";
import { OPTIONS } from "../../src/cli/ctl/options.ts";
import { HELP_TEXT } from "../../src/daemon/help.ts";
import { showText } from "../../src/cli/shared/pager.ts";
import { FakeIo } from "./_stand_in.ts";

const NAMES = ["dinit", "dinitctl", "dinit-check", "dinit-monitor", "shutdown"];

/** A page as `man` shows it, without hyphenation. `man` must have nothing to complain about. */
async function shown(source: string): Promise<string> {
  const file = Deno.makeTempFileSync({ prefix: "dinit-manual-", suffix: ".8" });
  try {
    Deno.writeTextFileSync(file, source);
    const { stdout, stderr } = await outputOf("man", {
      args: ["--warnings", "--no-hyphenation", "--no-justification", "-l", file],
      env: { MANWIDTH: "200", LC_ALL: "C.UTF-8", MANPAGER: "cat", MAN_KEEP_FORMATTING: "" },
    });
    assertEquals(new TextDecoder().decode(stderr), "");
    // deno-lint-ignore no-control-regex
    return new TextDecoder().decode(stdout).replace(/\x1b\[\d*m|.\x08/g, "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error("man is missing: install man-db to run this test");
    }
    throw error;
  } finally {
    Deno.removeSync(file);
  }
}

for (const [name, source] of manualSources(HELP_TEXT)) {
  Deno.test(`man shows ${name}(8) without a complaint`, async () => {
    const text = await shown(source);
    assert(text.includes(`${name.toUpperCase()}(8)`), text);
    for (const section of ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"]) {
      assert(text.includes(`\n${section}\n`), `${section} is missing in:\n${text}`);
    }
  });
}

Deno.test("the pages have every command and every option", async () => {
  const sources = manualSources(HELP_TEXT);
  assertEquals([...sources.keys()], NAMES);
  const ctl = await shown(sources.get("dinitctl")!);
  for (const { name } of COMMANDS) assert(ctl.includes(`\n       dinitctl [options] ${name}`), name);
  for (const { names, summary } of OPTIONS) {
    assert(ctl.includes(`\n       ${names.join(", ")}`), names.join());
    assert(ctl.includes(summary.slice(1, 40)), summary);
  }
  const monitor = await shown(sources.get("dinit-monitor")!);
  for (const { names } of MONITOR_OPTIONS) {
    assert(monitor.includes(`\n       ${names.join(", ")}`), names.join());
  }
});

Deno.test("the options of the daemon come from its help text, all of them", () => {
  const items = helpItems(HELP_TEXT);
  assertEquals(
    items.flatMap(({ term }) => term.match(/--[a-z-]+/g) ?? []).sort(),
    // The head of a line ends at two blanks.
    (HELP_TEXT.match(/^ [^ ].*?(?= {2}|$)/gm) ?? []).flatMap((head) => head.match(/--[a-z-]+/g) ?? []).sort(),
  );
  for (const { term, text } of items) assert(text !== "" && !term.includes("  "), term);
  assertEquals(items.find(({ term }) => term.startsWith("--log-file")), {
    term: "--log-file <file>, -l <file>",
    text: "log to the specified file",
  });
});

Deno.test("text in a page has no special meaning for the formatter", async () => {
  const text = await shown(roffPage({
    name: "odd",
    summary: "'quoted' \\fBback\\fR-slashes",
    synopsis: ["odd [--x VALUE] A|B..."],
    sections: [{
      title: 'A "title"',
      text: [".SH not a section", "'also not"],
      items: [{ term: ".B", text: ".x" }],
    }],
    seeAlso: ["man"],
  }));
  for (
    const part of [
      "odd - 'quoted' \\fBback\\fR-slashes",
      "odd [--x VALUE] A|B...",
      'A "TITLE"',
      "       .SH not a section",
      "       'also not",
      ".B",
      "man(8)",
    ]
  ) assert(text.includes(part), `${part} is missing in:\n${text}`);
});

Deno.test("dinit help man prints the source of a page, and lists all pages", async () => {
  const io = new FakeIo();
  assertEquals(await runManual(["dinitctl"], HELP_TEXT, io), 0);
  assertEquals(io.output, manualSources(HELP_TEXT).get("dinitctl"));
  for (const args of [[], ["bogus"], ["dinit", "dinit"]]) {
    const other = new FakeIo();
    assertEquals(await runManual(args, HELP_TEXT, other), 1);
    const unknown = args.length === 0 ? "" : `dinit: no manual page '${args.join(" ")}'\n`;
    assertEquals(
      other.errors,
      `${unknown}Usage: dinit help man dinit|dinitctl|dinit-check|dinit-monitor|shutdown\n`,
    );
  }
});

Deno.test("on a terminal dinit help man shows a readable page of 80 columns", async () => {
  for (const name of [...NAMES, "reboot"]) {
    const io = new FakeIo({ columns: 80, env: { PAGER: "cat" } });
    assertEquals(await runManual([name], HELP_TEXT, io), 0);
    assert(io.output.includes("\nNAME\n") && io.output.includes("\nSEE ALSO\n"), io.output);
    assert(!/^\.[A-Z]|\\f/m.test(io.output), io.output);
    for (const line of io.output.split("\n")) assert(line.length <= 100, line);
  }
});

Deno.test("long texts go through the pager of the terminal, which may end before them", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-pager-" });
  try {
    const io = new FakeIo({ columns: 80, env: { PAGER: `tee '${directory}/seen' >'${directory}/shown'` } });
    await runManual(["dinitctl"], HELP_TEXT, io);
    assertEquals(io.output, "");
    assert(Deno.readTextFileSync(`${directory}/seen`).startsWith("DINITCTL(8)\n"));
    const early = new FakeIo({ columns: 80, env: { PAGER: "true" } });
    await showText("x\n".repeat(1_000_000), early);
    assertEquals(early.output, "");
    const absent = new FakeIo({ columns: 80, env: { PAGER: `${directory}/absent 2>/dev/null` } });
    await showText("text\n", absent);
    assertEquals(absent.output, "text\n");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
