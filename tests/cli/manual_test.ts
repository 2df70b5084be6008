/** The manual pages. */

import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/options/ctl_commands.ts";
import { manualSources, runManual } from "../../src/cli/manual/main.ts";
import { roffPage } from "../../src/cli/manual/roff.ts";
import { showText } from "../../src/cli/shared/pager.ts";
import { FakeIo } from "./_stand_in.ts";

const NAMES = [
  "dinit",
  "dinitctl",
  "dinit-check",
  "dinit-monitor",
  "dinit-log",
  "dinit-web",
  "dinit-import",
  "dinit-export",
  "dinit-wait-for",
  "dinit-up",
  "dinit-down",
  "dinit-init",
  "dinit-build",
  "dinit-lease",
  "shutdown",
];

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

for (const [name, source] of manualSources()) {
  Deno.test(`man shows ${name}(8) without a complaint`, async () => {
    const text = await shown(source);
    assert(text.includes(`${name.toUpperCase()}(8)`), text);
    for (const section of ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"]) {
      assert(text.includes(`\n${section}\n`), `${section} is missing in:\n${text}`);
    }
  });
}

Deno.test("the page of dinitctl has every command", async () => {
  const sources = manualSources();
  assertEquals([...sources.keys()], NAMES);
  const ctl = await shown(sources.get("dinitctl")!);
  for (const { name } of COMMANDS) assert(ctl.includes(`\n       dinitctl [options] ${name}`), name);
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
  assertEquals(await runManual(["dinitctl"], io), 0);
  assertEquals(io.output, manualSources().get("dinitctl"));
  for (const args of [[], ["bogus"], ["dinit", "dinit"]]) {
    const other = new FakeIo();
    assertEquals(await runManual(args, other), 1);
    const unknown = args.length === 0 ? "" : `dinit: no manual page '${args.join(" ")}'\n`;
    assertEquals(
      other.errors,
      `${unknown}Usage: dinit help man ${NAMES.join("|")}\n`,
    );
  }
});

Deno.test("on a terminal dinit help man shows a readable page of 80 columns", async () => {
  for (const name of [...NAMES, "reboot"]) {
    const io = new FakeIo({ columns: 80, env: { PAGER: "cat" } });
    assertEquals(await runManual([name], io), 0);
    assert(io.output.includes("\nNAME\n") && io.output.includes("\nSEE ALSO\n"), io.output);
    assert(!/^\.[A-Z]|\\f/m.test(io.output), io.output);
    for (const line of io.output.split("\n")) assert(line.length <= 100, line);
  }
});

Deno.test("long texts go through the pager of the terminal, which may end before them", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-pager-" });
  try {
    const io = new FakeIo({ columns: 80, env: { PAGER: `tee '${directory}/seen' >'${directory}/shown'` } });
    await runManual(["dinitctl"], io);
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
