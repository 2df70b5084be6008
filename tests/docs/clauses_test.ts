import { assert, assertEquals } from "@std/assert";
import { clauseReferences, clausesOf, PAGES } from "./_clauses.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** The page that a room speaks of when it names none. */
const PAGE_OF_ROOM: Readonly<Record<string, string>> = {
  description: "service description",
  engine: "lifecycle",
  control: "control protocol",
  cli: "cli",
  daemon: "daemon and init",
};

function* filesBelow(path: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(ROOT + path)) {
    const below = `${path}/${name}`;
    if (isDirectory) {
      if (below !== "docs/spec" && name !== "fixtures") yield* filesBelow(below);
    } else if (/\.(ts|md|txt)$/.test(name)) yield below;
  }
}

const clauses = new Map(
  Object.entries(PAGES).map((
    [page, file],
  ) => [page, clausesOf(Deno.readTextFileSync(`${ROOT}docs/spec/${file}`))]),
);

Deno.test("each clause of the specification that is named exists", () => {
  const files = ["main.ts", ...["src", "scripts", "docs", "tests"].flatMap((path) => [...filesBelow(path)])]
    .filter((path) => !path.startsWith("tests/docs/"));
  let count = 0;
  const broken: string[] = [];
  for (const file of files) {
    const room = /^src\/(\w+)\//.exec(file)?.[1] ?? "";
    for (const { page, clause } of clauseReferences(Deno.readTextFileSync(ROOT + file), PAGE_OF_ROOM[room])) {
      count += 1;
      if (!clauses.get(page)?.has(clause)) broken.push(`${file}: ${page} ${clause}`);
    }
  }
  assertEquals(broken, []);
  assert(count > 250, `only ${count} references were found`);
});

Deno.test("a page has the clauses of its headings", () => {
  assertEquals([...clausesOf("# 1. One\n\n## 1.2 Two\n\n### 1.2.3 Three\n\n2.1 no heading\n")], [
    "1",
    "1.2",
    "1.2.3",
  ]);
});

for (
  const [text, page, expected] of [
    ["// Lifecycle specification 1.3, 1.4 and 8.1.", undefined, [
      "lifecycle 1.3",
      "lifecycle 1.4",
      "lifecycle 8.1",
    ]],
    ["/**\n * Text (service\n * description 5.1).\n */", undefined, ["service description 5.1"]],
    ["Daemon and init 3, 4 and 6.", undefined, [
      "daemon and init 3",
      "daemon and init 4",
      "daemon and init 6",
    ]],
    ["begins (3.10, step 8), or (8.8, 8.9)", "lifecycle", [
      "lifecycle 3.10",
      "lifecycle 8.8",
      "lifecycle 8.9",
    ]],
    ["(1.5)", undefined, []],
    ["cli 1.3 to 1.5", undefined, ["cli 1.3", "cli 1.5"]],
  ] as const
) {
  Deno.test(`clauses in ${JSON.stringify(text)}`, () => {
    assertEquals(clauseReferences(text, page).map(({ page, clause }) => `${page} ${clause}`), expected);
  });
}
