import { outputOf } from "../../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { generatedFiles } from "../../../scripts/generate/files.ts";
import { defaultServiceDirectories, SERVICE_OPTIONS, SETTINGS } from "../../../src/description/mod.ts";

const ROOT = new URL("../../../", import.meta.url);
const files = generatedFiles();

function generated(path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not generated`);
  return text;
}

for (const [path, text] of files) {
  Deno.test(`${path} is the current output of scripts/generate/mod.ts`, () => {
    assertEquals(Deno.readTextFileSync(new URL(path, ROOT)), text);
  });
}

// ---- The manual page ----

const manual = generated("man/dinit-service.5");

/** The page as a reader sees it, without fonts and escapes. */
function plain(roff: string): string {
  return roff.replaceAll(/\\f[BIR]/g, "").replaceAll("\\-", "-").replaceAll("\\&", "").replaceAll(
    "\\e",
    "\\",
  );
}

Deno.test("the manual page has its title and its sections, in order", () => {
  assert(/^\.TH DINIT\\-SERVICE 5 /m.test(manual));
  assertEquals(
    Array.from(manual.matchAll(/^\.SH (.*)$/gm), ([, title]) => title),
    ["NAME", "SYNOPSIS", "DESCRIPTION", "LINES", "VARIABLES", "SETTINGS", "SEE ALSO"],
  );
});

Deno.test("the manual page explains every setting, in the order of the table", () => {
  const settings = manual.slice(manual.indexOf(".SH SETTINGS"), manual.indexOf(".SH SEE ALSO"));
  const outer = settings.replaceAll(/^\.RS\n[^]*?^\.RE\n/gm, "");
  const names = Array.from(outer.matchAll(/^\.TP\n\\fB(.*?)\\fR/gm), ([, name]) => plain(name));
  assertEquals(names, SETTINGS.map(({ name }) => name));
  for (const { name } of SERVICE_OPTIONS) assert(plain(settings).includes(`.TP\n${name}\n`), name);
});

Deno.test("the manual page uses only known requests, which open and close in pairs", () => {
  const known = ["TH", "SH", "SS", "TP", "PP", "RS", "RE", "BR", "B", "nf", "fi", '\\"'];
  const requests = Array.from(manual.matchAll(/^[.'](\S+)/gm), ([, request]) => request);
  assertEquals(requests.filter((request) => !known.includes(request)), []);
  const count = (name: string) => requests.filter((request) => request === name).length;
  assertEquals(count("RS"), count("RE"));
  assertEquals(count("nf"), count("fi"));
  const escapes = Array.from(
    manual.replaceAll(/^\.\\".*$/gm, "").matchAll(/\\(f.|.)/gs),
    ([, escape]) => escape,
  );
  assertEquals(escapes.filter((escape) => !["-", "&", "e", "fB", "fI", "fR"].includes(escape)), []);
});

Deno.test("every line of the manual page ends in the font in which it began", () => {
  for (const line of manual.split("\n")) {
    const fonts = line.match(/\\f[BIR]/g) ?? [];
    assertEquals(fonts.at(-1) ?? "\\fR", "\\fR", line);
  }
});

Deno.test("the manual page names all directories of descriptions", () => {
  const directories = [
    ...defaultServiceDirectories("system", {}),
    ...defaultServiceDirectories("user", { XDG_CONFIG_HOME: "$XDG_CONFIG_HOME", HOME: "$HOME" }),
  ];
  const synopsis = manual.slice(manual.indexOf(".nf\n") + 4, manual.indexOf(".fi\n"));
  assertEquals(synopsis, directories.map((directory) => `${directory}/NAME\n`).join(""));
});

Deno.test("the formatter of this machine, if there is one, has no complaint about the manual page", async () => {
  let complaints: string;
  try {
    const { stderr } = await outputOf("groff", {
      args: ["-man", "-Tutf8", "-ww", "-z", new URL("man/dinit-service.5", ROOT).pathname],
    });
    complaints = new TextDecoder().decode(stderr);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("groff is not installed: only the structure of the manual page was checked");
    return;
  }
  assertEquals(complaints, "");
});

// ---- Vim ----

Deno.test("the syntax for Vim knows every setting, longer names first", () => {
  const line = generated("contrib/vim/syntax/dinit.vim").split("\n")
    .find((one) => one.startsWith("syntax match dinitSetting"))!;
  const names = /\\%\((.*?)\\\)/.exec(line)![1].split("\\|").map((name) => name.replaceAll("\\.", "."));
  assertEquals(names.toSorted(), SETTINGS.map(({ name }) => name).toSorted());
  assert(names.indexOf("depends-on.d") < names.indexOf("depends-on"));
});

Deno.test("the syntax for Vim has a colour for each of its groups", () => {
  const text = generated("contrib/vim/syntax/dinit.vim");
  const groups = new Set(Array.from(text.matchAll(/^syntax (?:match|region) (\w+)/gm), ([, name]) => name));
  const linked = Array.from(text.matchAll(/^highlight default link (\w+) \w+$/gm), ([, name]) => name);
  assertEquals(linked.toSorted(), [...groups].toSorted());
});

// ---- VS Code ----

interface Pattern {
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly name?: string;
  readonly patterns?: readonly Pattern[];
}

const grammar: { patterns: Pattern[]; repository: Record<string, Pattern>; scopeName: string } = JSON.parse(
  generated("contrib/vscode/syntaxes/dinit.tmLanguage.json"),
);

function* allPatterns(patterns: readonly Pattern[]): Iterable<Pattern> {
  for (const pattern of patterns) {
    yield pattern;
    yield* allPatterns(pattern.patterns ?? []);
  }
}

const patterns = [...allPatterns([...grammar.patterns, ...Object.values(grammar.repository)])];

/** The rule of the grammar that takes the beginning of a line. */
function ruleFor(line: string): Pattern | undefined {
  return grammar.patterns.find(({ begin, match }) => new RegExp(begin ?? match ?? "$^").test(line));
}

Deno.test("the expressions of the grammar compile, and its includes exist", () => {
  for (const { match, begin, end, include } of patterns) {
    for (const expression of [match, begin, end]) if (expression !== undefined) new RegExp(expression);
    if (include !== undefined) assert(include.slice(1) in grammar.repository, include);
  }
});

for (const { name } of SETTINGS) {
  Deno.test(`the grammar accepts ${name} as a setting`, () => {
    for (const line of [`${name} = x`, `  ${name}: x`]) {
      const [, taken] = new RegExp(ruleFor(line)?.begin ?? "$^").exec(line) ?? [];
      assertEquals(taken, name);
    }
  });
}

Deno.test("the grammar marks unknown settings", () => {
  assertEquals(ruleFor("wait-for = x")?.name, "invalid.illegal.setting.dinit");
  assertEquals(ruleFor("# wait-for = x")?.name, "comment.line.number-sign.dinit");
  assertEquals(ruleFor("@include x")?.name, "keyword.control.dinit");
});

Deno.test("the grammar knows the words of a value", () => {
  const words = (setting: string) => {
    const own = ruleFor(`${setting} = x`)?.patterns?.find(({ name }) => name === "constant.language.dinit");
    return (line: string) => Array.from(line.matchAll(new RegExp(own?.match ?? "$^", "g")), ([word]) => word);
  };
  assertEquals(words("type")("type = bgprocess # process-like"), ["bgprocess"]);
  assertEquals(words("options")("options: skippable bogus starts-log"), ["skippable", "starts-log"]);
  assertEquals(words("term-signal")("term-signal = USR1"), ["USR1"]);
  assertEquals(words("logfile")("logfile = none"), []);
});

Deno.test("the extension refers to existing files", () => {
  const { contributes } = JSON.parse(generated("contrib/vscode/package.json"));
  const paths = [contributes.languages[0].configuration, contributes.grammars[0].path];
  for (const path of paths) assert(files.has(`contrib/vscode/${path.slice(2)}`), path);
  assertEquals(contributes.grammars[0].scopeName, grammar.scopeName);
});
