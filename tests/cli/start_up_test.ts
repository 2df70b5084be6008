import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url).href;

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier: string };
    }[];
  }[];
}

/** The files that are loaded before modules run, types aside. */
async function loadedAtStart(...files: string[]): Promise<Set<string>> {
  const { stdout } = await outputOf(Deno.execPath(), { args: ["info", "--json", `${ROOT}main.ts`] });
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Graph;
  const loaded = new Set(files);
  for (const specifier of loaded) {
    const { dependencies = [] } = modules.find((module) => module.specifier === specifier) ?? {};
    for (const { isDynamic, code } of dependencies) {
      if (!isDynamic && code !== undefined) loaded.add(code.specifier);
    }
  }
  return loaded;
}

Deno.test("ctl loads few files before it runs, and none that it does not need", async () => {
  const loaded = [...await loadedAtStart(`${ROOT}src/cli/ctl/main.ts`)];
  assert(loaded.includes(`${ROOT}src/client/control_client.ts`));
  assertEquals(
    loaded.filter((specifier) =>
      !/^(cli\/(ctl|shared)|client|control\/wire|inherited|model|options)\/\w+\.ts$/
        .test(specifier.slice(ROOT.length + 4))
    ),
    [],
  );
  assertEquals(
    loaded.filter((specifier) =>
      /\/(server|overview|help|descriptor_stream|dinit|dinit_check|dinit_monitor|programs|shutdown|text)\.ts$/
        .test(specifier)
    ),
    [],
  );

  assert(loaded.length <= 35, loaded.join("\n"));
});

Deno.test("ctl status and ctl list load no file that only other commands need", async () => {
  const place = (name: string) => `${ROOT}src/cli/ctl/${name}.ts`;
  for (const [names, limit] of [[["main", "status", "short_status"], 43], [["main", "list"], 36]] as const) {
    const loaded = [...await loadedAtStart(...names.map(place))];
    assertEquals(
      loaded.filter((specifier) => /\/(model\/mod|description|steps|goal)\.ts$/.test(specifier)),
      [],
    );
    assert(loaded.length <= limit, loaded.join("\n"));
  }
});

Deno.test("the program loads a tool when it is asked for, and not before", async () => {
  const main = `${ROOT}main.ts`;
  const loaded = [...await loadedAtStart(main)].map((specifier) => specifier.slice(ROOT.length));
  assertEquals(
    loaded.filter((place) =>
      !/^(main|src\/(options\/program_names|(inherited|model)\/\w+))\.ts$/.test(place)
    ),
    [],
  );
  // Deno needs no grant for the modules that it loads at the start.
  const refused = await outputOf(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-lock", main, "ctl", "--version"],
  });
  assertEquals(refused.code, 1);
  assert(new TextDecoder().decode(refused.stderr).includes("/src/cli/ctl/main.ts"));
});

Deno.test("the daemon loads its own options at the start, and neither those of the tools nor its help text", async () => {
  const loaded = [...await loadedAtStart(`${ROOT}src/daemon/mod.ts`)].map((one) => one.slice(ROOT.length));
  assertEquals(loaded.filter((place) => place.startsWith("src/options/")).sort(), [
    "src/options/dinit.ts",
    "src/options/mod.ts",
    "src/options/scan.ts",
  ]);
  assert(!loaded.includes("src/daemon/help.ts"));
});
