import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/options/ctl_commands.ts";
import { runHelp } from "../../src/cli/manual/help_topics.ts";
import { LOAD_OPTIONS, SECURE_BITS, SERVICE_OPTIONS, SETTINGS } from "../../src/description/mod.ts";
import { ctlAlone, FakeIo, type Outcome } from "./_stand_in.ts";

async function help(...args: string[]): Promise<Outcome> {
  const io = new FakeIo();
  const status = await runHelp(args, io);
  return { out: io.output, err: io.errors, status };
}

Deno.test("help lists what there is help on", async () => {
  const { out, err, status } = await help();
  assertEquals([err, status], ["", 0]);
  for (const words of ["service", "SETTING", "COMMAND", "PROGRAM", "man PROGRAM"]) {
    assert(out.includes(`\n    dinit help ${words} `), out);
  }
});

Deno.test("help on an unknown name suggests a similar one and lists all", async () => {
  const { out } = await help();
  assertEquals(await help("weather"), { out: "", err: `dinit: no help on 'weather'\n${out}`, status: 1 });
  assertEquals(await help("restart-dely"), {
    out: "",
    err: `dinit: no help on 'restart-dely'\n    did you mean 'restart-delay'?\n${out}`,
    status: 1,
  });
});

Deno.test("there is help on every setting, every flag and every sub-command", async () => {
  const service = (await help("service")).out;
  for (const { name, flags = [], summary } of SETTINGS) {
    for (const word of [name, ...flags.map((flag) => flag.name)]) {
      const { out, status } = await help(word);
      assertEquals(status, 0, word);
      const lines = out.split("\n");
      assert(lines.some((line) => line.startsWith(`  ${name}`)), `${word}: ${out}`);
      assert(out.replaceAll(/\s+/g, " ").includes(summary.split(" ")[0]), out);
      const setting = lines.slice(0, lines.findIndex((line) => line.startsWith("dinitctl ")) >>> 0);
      for (const line of setting.filter((line) => line.startsWith("  "))) {
        assert(service.includes(line), line);
      }
    }
  }
  for (const { name, summary } of COMMANDS) {
    const { out, status } = await help(name);
    assertEquals(status, 0, name);
    assert(out.includes(`dinitctl ${name}: ${summary}\n`), out);
    assert(out.includes(`Usage: dinitctl [options] ${name}`), out);
  }
});

Deno.test("a name that is a setting and a sub-command is explained as both", async () => {
  const { out } = await help("restart");
  assert(out.includes("\n  restart = ") && out.includes("\ndinitctl restart: "), out);
});

Deno.test("help on a program is the program's own help text", async () => {
  assertEquals((await help("dinitctl")).out, (await ctlAlone(["--help"])).out);
  assertEquals((await help("ctl")).out, (await help("dinitctl")).out);
  assert((await help("check")).out.includes("dinit-check"));
  assert((await help("dinit-monitor")).out.includes("dinit-monitor"));
});

Deno.test("ctl COMMAND --help is the help on the command, with its own options", async () => {
  const { out, status } = await ctlAlone(["stop", "--help"]);
  assertEquals([out, status], [(await help("stop")).out, 0]);
  assert(out.includes("  -f, --force  stop dependents, too\n"), out);
});

Deno.test("help service explains every setting and flag of the table, once", async () => {
  const { out, status } = await help("service");
  assertEquals(status, 0);
  const explained = Array.from(out.matchAll(/^ {2}([a-z][\w.-]*)(?: =|$)/gm), ([, name]) => name);
  assertEquals(explained, SETTINGS.map(({ name }) => name));
  for (const { name } of [...SERVICE_OPTIONS, ...LOAD_OPTIONS, ...SECURE_BITS]) {
    assertEquals(Array.from(out.matchAll(new RegExp(`^ {8}${name}: `, "gm"))).length, 1, name);
  }
});

Deno.test("help service fits into 80 columns", async () => {
  for (const line of (await help("service")).out.split("\n")) assert(line.length <= 80, line);
});

Deno.test("help service gives defaults, types and the effect of a line", async () => {
  const { out } = await help("service");
  const words = out.replaceAll(/\s+/g, " ");
  assert(
    words.includes(
      "pid-file = PATH the file in which the service leaves its process ID; for bgprocess services; may hold variables",
    ),
  );
  assert(
    words.includes(
      "depends-on = SERVICE a service that must be up as long as this one; may be repeated; may hold variables",
    ),
  );
  assert(words.includes("default: 0.2; for process, bgprocess and scheduled services"));
  assert(words.includes("termsignal another name of term-signal"));
});
