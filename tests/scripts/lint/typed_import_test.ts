import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/posix";
import { outputOf } from "../../_processes.ts";
import { lint } from "./_lint.ts";

const ROOT = fromFileUrl(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** What the rule says of a text at a place of this repository, whose files exist. */
function faults(place: string, source: string): number {
  return lint("typed-import", place, source, ROOT).length;
}

Deno.test("an import() names its module with a plain string and goes through typed()", () => {
  for (const place of ["main.ts", "src/x.ts"]) {
    for (
      const [module, expected] of [
        ['typed(import("./model/mod.ts"))', 0],
        ['typed(import("./src/model/mod.ts"))', 0],
        ['import("./model/mod.ts")', 1],
        ['import("./src/model/mod.ts")', 1],
        ['typed(import("./model/mod.ts" as string))', 1],
        ["typed(import(`./model/mod.ts`))", 1],
        ["import(name)", 1],
        ['import("node:fs")', 0],
        ['import("a-package")', 0],
      ] as const
    ) {
      const missing = module.includes("./") && module.includes("src/") !== (place === "main.ts");
      const isLiteral = !/as string|`/.test(module);
      assertEquals(
        faults(place, `await ${module};`),
        expected + (missing && isLiteral ? 1 : 0),
        `${place}: ${module}`,
      );
    }
  }
});

Deno.test("an import() of a module that does not exist is a fault; other folders may compute names", () => {
  assertEquals(lint("typed-import", "src/model/x.ts", 'typed(import("./absent.ts"));', ROOT), [
    "src/model/absent.ts does not exist.",
  ]);
  for (const place of ["scripts/x.ts", "tests/x.ts"]) assertEquals(faults(place, "import(name);"), 0);
});

Deno.test("deno check refuses a wrong module and a wrong name of what it exports", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-typed-" });
  try {
    const typed = `import { typed } from "${ROOT}/src/model/typed_module.ts";\n`;
    const check = async (use: string) => {
      Deno.writeTextFileSync(`${directory}/use.ts`, typed + use);
      const args = ["check", "--quiet", "--no-lock", "--no-config", `${directory}/use.ts`];
      const { stderr } = await outputOf(Deno.execPath(), { args });
      return /TS\d+/.exec(new TextDecoder().decode(stderr))?.[0];
    };
    Deno.writeTextFileSync(`${directory}/there.ts`, "export const run = (word: string) => word;\n");
    assertEquals(await check('export const x = (await typed(import("./there.ts"))).run("");\n'), undefined);
    assertEquals(await check('export const x = (await typed(import("./there.ts"))).rum("");\n'), "TS2339");
    assertEquals(await check('export const x = (await typed(import("./ther.ts"))).run("");\n'), "TS2345");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
