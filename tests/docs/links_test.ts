import { assertEquals } from "@std/assert";
import { brokenReferences, type Repository } from "./_references.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** The top of the real repository, without the output folders that `.gitignore` names. */
function topOf(root: string): string[] {
  const ignored = Deno.readTextFileSync(`${root}.gitignore`).split("\n").map((line) =>
    line.replaceAll("/", "")
  );
  return Array.from(Deno.readDirSync(root), (entry) => entry.name)
    .filter((name) => name !== ".git" && !ignored.includes(name));
}

function realRepository(): Repository {
  return {
    has: (path) => exists(ROOT + path),
    read: (path) => Deno.readTextFileSync(ROOT + path),
    top: new Set(topOf(ROOT)),
    tasks: new Set(Object.keys(JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).tasks)),
  };
}

const docs = Array.from(Deno.readDirSync(`${ROOT}docs`), ({ name }) => `docs/${name}`);
const pages = ["README.md", "CONTRIBUTING.md", ...docs.filter((path) => path.endsWith(".md")).sort()];

for (const page of pages.filter((path) => exists(ROOT + path))) {
  Deno.test(`${page} refers only to things that exist`, () => {
    assertEquals(brokenReferences(page, Deno.readTextFileSync(ROOT + page), realRepository()), []);
  });
}

// ---- The search itself, in a repository that is made up ----

const FILES: Record<string, string> = {
  "src/pump.ts": "// drown\n/** sink */\nexport class Pump {\n  #flow() {} // leak\n  url = 'http://x';\n}\n",
  "docs/guide.md": "# Guide\n\n## The pump, and `its` valve\n",
};
const made: Repository = {
  has: (path) => path in FILES || ["src/", "src", "docs"].includes(path),
  read: (path) => FILES[path],
  top: new Set(["src", "docs"]),
  tasks: new Set(["run:all"]),
};

const CASES: readonly (readonly [text: string, broken: readonly string[]])[] = [
  ["Read `src/pump.ts`, `src/` and `src/pump.ts`.", []],
  ["Read `src/pomp.ts` and `src/pipes/`.", [
    "path src/pomp.ts",
    "path src/pipes/",
  ]],
  ["A first folder may be wrong, too: `scr/pump.ts`.", ["path scr/pump.ts"]],
  ["Not of the repository: `/etc/x`, `run/x`, `and/or`, `other.ts`, `src/<room>/x.ts`, src/prose.ts.", []],
  ["```sh\ndeno run src/pomp.ts x\n```\n", ["path src/pomp.ts"]],
  ["`deno test src/pomp.ts`", ["path src/pomp.ts"]],
  ["See `src/pump.ts: Pump, flow` and `src/pump.ts:\n#flow`.", []],
  ["See `src/pump.ts: Pum, flow, sink`.", ["name Pum in src/pump.ts", "name sink in src/pump.ts"]],
  ["Comments do not count: `src/pump.ts: leak, drown`.", [
    "name leak in src/pump.ts",
    "name drown in src/pump.ts",
  ]],
  ["See `src/pomp.ts: Pump`.", ["path src/pomp.ts", "name Pump in src/pomp.ts"]],
  ["[a](guide.md) [b](../src/pump.ts) [c](https://example.org/x) [d](guide.md#the-pump-and-its-valve)", []],
  ["[a](gude.md) [b](src/pump.ts) [c\nd](guide.md#valve)", [
    "link gude.md",
    "link src/pump.ts",
    "link guide.md#valve",
  ]],
  ["# Here\n[a](#here) [b](#there)", ["link #there"]],
  ["`deno task run:all`, `deno task walk`", ["task walk"]],
];

for (const [text, broken] of CASES) {
  Deno.test(`references of a page: ${JSON.stringify(text)}`, () => {
    assertEquals(brokenReferences("docs/page.md", text, made), broken);
  });
}
