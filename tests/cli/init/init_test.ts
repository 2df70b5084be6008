import { assertEquals } from "@std/assert";
import { runInit } from "../../../src/cli/init/main.ts";
import { tomlSearch } from "../../../src/description/toml/mod.ts";
import { Services } from "../../description/_support.ts";
import { FakeIo } from "../_stand_in.ts";

function init(files: Services, ...args: string[]) {
  const io = new FakeIo({});
  const status = runInit(args, io, files.directory);
  const names = tomlSearch().names(files.path("dinit.toml"));
  return { status, out: io.output, err: io.errors, names };
}

Deno.test("init writes a service for each lasting script, task and process, and says what it left out", () => {
  using files = new Services({
    "package.json": `{"scripts": {"dev": "x", "dev:api": "x", "dev:web": "x", "worker": "x", "build": "x"}}`,
    "pnpm-lock.yaml": "",
    "deno.jsonc": `{ // tasks\n "tasks": {"start": "deno run x.ts", "test": "x",}, }`,
    Procfile: "clock: date; echo $HOME\n",
    "compose.yaml": "",
  });
  const { status, out, names } = init(files);
  assertEquals(names, ["clock", "api", "web", "worker"]);
  assertEquals(
    out,
    "dinit.toml written:\n  clock  (Procfile)\n  api  (package.json: dev:api)\n  web  (package.json: dev:web)\n" +
      "  worker  (package.json: worker)\ndeno.jsonc: start was left out: there is a service web already\n" +
      "compose.yaml was left out: dinit import compose compose.yaml translates it\n" +
      "Next: look at dinit.toml, and then: dinit up\n",
  );
  assertEquals(status, 0);
  const text = Deno.readTextFileSync(files.path("dinit.toml"));
  assertEquals(text.includes(`command = ["pnpm", "run", "dev:api"]`), true, text);
  assertEquals(text.includes(`date; echo $$HOME"]`), true, text);
});

Deno.test("init replaces a file only with --force, and writes an example into an empty folder", () => {
  using files = new Services({ "dinit.toml": "# mine\n" });
  assertEquals(init(files).err, "dinit init: dinit.toml exists\n    replace it: dinit init --force\n");
  assertEquals(Deno.readTextFileSync(files.path("dinit.toml")), "# mine\n");
  assertEquals(init(files, "--force").names, ["hello"]);
});

Deno.test("init names the file that it does not understand, and an option that it does not have", () => {
  using files = new Services({ "package.json": "{" });
  const { status, err } = init(files);
  assertEquals([status, err.startsWith("dinit init: package.json is not JSON: ")], [1, true]);
  assertEquals(
    init(files, "--all").err,
    "dinit init: unknown option: --all\n    see: dinit init --help\n",
  );
});
