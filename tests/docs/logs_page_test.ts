/** The examples of docs/logs.md do what the page says. */

import { assert, assertEquals } from "@std/assert";
import { scanArguments } from "../../src/cli/ctl/arguments.ts";
import { SETTINGS } from "../../src/description/mod.ts";
import { DINIT_LOG_OPTIONS } from "../../src/options/dinit_log.ts";
import { outputOf } from "../_processes.ts";
import { Dinit, dinitCommand, runDinit } from "../e2e/_dinit.ts";

const PAGE = Deno.readTextFileSync(new URL("../../docs/logs.md", import.meta.url));

/** The blocks of a language. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```/gms)].filter(([, name]) => name === language)
    .map(([, , text]) => text);
}

/** `dinit log` as a command of descriptions and of the shell. */
const LOG = dinitCommand(["log"]).join(" ");

Deno.test("the commands of the page are accepted", () => {
  const lines = blocks("text").flatMap((text) => text.split("\n")).filter((line) =>
    line.startsWith("$ dinitctl ")
  );
  assert(lines.length >= 7);
  for (const line of lines) {
    const words = line.replace(/ +#.*/, "").split(/\s+/).slice(2).map((word) => word.replaceAll("'", ""));
    const invocation = scanArguments(words);
    assertEquals(invocation.kind === "command" && invocation.command.name, "logs", line);
  }
});

Deno.test("the example in the shell leaves the files that it lists", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const [example] = blocks("sh");
    const { stdout, stderr } = await outputOf("/bin/sh", {
      args: ["-c", example.replaceAll("dinit-log", LOG)],
      cwd: folder,
      env: { LC_ALL: "C" },
    });
    const expected = [...example.matchAll(/^# (.*)$/gm)].map(([, name]) => `${name}\n`).join("");
    assertEquals(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), expected);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("the table of limits has every setting and its default, and the example is a valid description", async () => {
  const documented = new Map(
    [...PAGE.matchAll(/^\| `(log-[a-z-]+)` +\|.*\| `([^`]+)`\s+\|$/gm)].map((
      [, name, value],
    ) => [name, value]),
  );
  const settings = SETTINGS.filter(({ name, extension }) => extension && name.startsWith("log-"));
  assertEquals([...documented.keys()], settings.map(({ name }) => name));
  for (const { name, default: usual } of settings) {
    assertEquals(documented.get(name), usual.split(",")[0], name);
  }
  await using dinit = new Dinit({});
  for (const [index, name] of ["web", "kept"].entries()) {
    dinit.write(`sd/${name}`, blocks("ini")[index].replace("/usr/bin/web-server", "/bin/true"));
  }
  const { stdout, code } = await runDinit([
    "check",
    "--severity=error",
    "-d",
    `${dinit.directory}/sd`,
    "web",
    "kept",
  ]);
  assertEquals(code, 0, stdout);
});

Deno.test("the two services of the page keep a log", async () => {
  const [, , web, log] = blocks("ini");
  await using dinit = new Dinit({});
  const adapt = (text: string) =>
    text.replace("/usr/bin/web-server", '/bin/sh -c "for i in 1 2 3; do echo line $i; done; exec sleep 1000"')
      .replace("/usr/bin/dinit-log", LOG).replace("/var/log/web/", `${dinit.directory}/web/`);
  dinit.write("sd/web", adapt(web).replaceAll("$i", () => "$$i"));
  dinit.write("sd/web-log", adapt(log));
  dinit.write("sd/boot", "type = internal\nwaits-for = web\nwaits-for = web-log\n");
  dinit.start();
  await dinit.until(
    () => /^\S+Z line 1\n\S+Z line 2\n\S+Z line 3\n$/.test(dinit.read("web/current")),
    "the log",
  );
  await dinit.ctl("restart", "web-log");
  await dinit.ctl("restart", "web");
  await dinit.until(
    () => dinit.read("web/current").split("\n").length === 7,
    "the log of the second process",
  );
});

Deno.test("the table of the page has every option of dinit log, and its default", () => {
  const documented = new Map(
    [...PAGE.matchAll(/^\| `(--[a-z-]+)=.*\| `([^`]+)`\s+\|$/gm)].map(([, name, value]) => [name, value]),
  );
  const options = DINIT_LOG_OPTIONS.filter(({ value }) => value !== undefined);
  assertEquals([...documented.keys()], options.map(({ long }) => long));
  for (const { long = "", help } of options) {
    const value = documented.get(long)!; // the keys are the same
    const isDefault = value === "0"
      ? /0: no limit( \(the default\))?$/
      : new RegExp(`\\b${value} \\(the default\\)|the default is ${value}$`);
    assert(isDefault.test(help), `${long}: ${value}, ${help}`);
  }
});
