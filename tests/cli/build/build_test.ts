/** `dinit build`: real files, run by a real Deno. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runBuild } from "../../../src/cli/build/main.ts";
import { placeOfSetting } from "../../../src/cli/build/source_places.ts";
import { relativePath } from "../../../src/cli/build/output.ts";
import { FakeIo } from "../_stand_in.ts";

const IMPORT = 'import { defineService } from "@dinit/dinit/service";\n';
const service = (settings: string) => `${IMPORT}export default defineService(${settings});\n`;

/** A folder with service files in `services/`. */
class Sources implements Disposable {
  readonly path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "dinit-build-" }));

  constructor(files: Readonly<Record<string, string>>) {
    Deno.mkdirSync(`${this.path}/services`);
    for (const [name, text] of Object.entries(files)) this.write(`services/${name}`, text);
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.path}/${name}`, text);
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  /** The names in the folder of the descriptions; none if it does not exist. */
  names(): string[] {
    try {
      return [...Deno.readDirSync(`${this.path}/dinit.d`)].map(({ name }) => name).sort();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return [];
    }
  }

  async build(...options: string[]) {
    const io = new FakeIo({ env: { DENO: Deno.execPath() } });
    const words = [`${this.path}/services`, `--to=${this.path}/dinit.d`, ...options];
    const status = await runBuild(words, io);
    const short = (text: string) => text.replaceAll(`${this.path}/`, "");
    return { status, out: short(io.output), err: short(io.errors) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("build makes a description of each exported service, as a table of dinit.toml would", async () => {
  using sources = new Sources({
    "lib.ts": "export const PORT: number = 8080;\n",
    "web.service.ts": `${IMPORT}import { PORT } from "./lib.ts";
export const cache = defineService({ command: "sleep 100" });
export const notAService = { command: "x" };
export default defineService({
  command: ["sh", "-c", \`echo "a  b" # \${PORT}
exec sleep 1\`],
  "depends-on": ["cache", "worker@one"],
  env: { PORT, ABSENT: undefined } as Record<string, string>,
  "env-file": "web.env",
  restart: false,
  "restart-delay": 1e-7,
  options: "skippable",
});
`,
    "worker@.service.js": service('(argument) => ({ command: ["sleep", `10${argument}0`] })'),
  });
  sources.write("services/web.env", "A=1\n");
  Deno.mkdirSync(`${sources.path}/dinit.d`);
  sources.write("dinit.d/web.env", "A=1\n");
  const { status, out, err } = await sources.build();
  assertEquals([status, err], [0, ""]);
  assertEquals(out.split("\n").slice(0, 3), [
    "dinit.d/cache  (services/web.service.ts)",
    "dinit.d/web  (services/web.service.ts)",
    "dinit.d/worker  (services/worker@.service.js)",
  ]);
  const head = (file: string) =>
    `# Made by dinit build from ../services${file}\n# Change that, and not this file.\n`;
  assertEquals(
    sources.read("dinit.d/web"),
    `${head("/web.service.ts")}type = process
command = "sh" "-c" "echo \\"a  b\\" # 8080\\
 exec sleep 1"
depends-on = cache
depends-on = worker@one
env = "PORT=8080"
env-file = web.env
restart = no
restart-delay = 0.0000001
options = skippable
`,
  );
  assertEquals(
    sources.read("dinit.d/worker"),
    `${head("/worker@.service.js")}type = process\ncommand = "sleep" "10\${1}0"\n`,
  );
  assertEquals(
    sources.read("dinit.d/boot"),
    `${head("")}type = internal\nwaits-for = "cache"\nwaits-for = "web"\n`,
  );
});

Deno.test("build says what is current, replaces only what it has made, and removes what has no source any more", async () => {
  using sources = new Sources({
    "a.service.ts": service('{ type: "internal" }'),
    "b.service.ts": service("{}"),
  });
  assertEquals(
    (await sources.build("--check")).out,
    "dinit.d/a is not current\ndinit.d/b is not current\ndinit.d/boot is not current\n",
  );
  assertEquals(sources.names(), []);
  assertEquals((await sources.build()).status, 0);
  assertEquals(await sources.build("--check"), { status: 0, out: "", err: "" });

  Deno.renameSync(`${sources.path}/services/b.service.ts`, `${sources.path}/services/c.service.ts`);
  sources.write("dinit.d/c", "type = internal\n");
  sources.write("dinit.d/d", "# Made by dinit build from ../other/d.service.ts\ntype = internal\n");
  const refused = await sources.build();
  assertEquals([refused.status, refused.out], [1, ""]);
  assertStringIncludes(refused.err, "dinit build has not made dinit.d/c; nothing was written");
  assertEquals(sources.names(), ["a", "b", "boot", "c", "d"]);
  const forced = await sources.build("--force");
  assertEquals([forced.status, forced.err], [0, ""]);
  assertEquals(sources.names(), ["a", "boot", "c", "d"]);
  assertStringIncludes(forced.out, "dinit.d/b  removed\n");

  sources.write("dinit.d/boot", "type = internal\nwaits-for = a\n"); // somebody's own
  assertEquals((await sources.build()).out, "the descriptions in dinit.d are current\n");
  assertEquals(sources.read("dinit.d/boot"), "type = internal\nwaits-for = a\n");
});

const MISTAKES:
  readonly (readonly [kind: string, files: Readonly<Record<string, string>>, says: readonly string[]])[] = [
    ["throws", { "a.service.ts": "\n  throw new Error('no luck');" }, [
      "services/a.service.ts:2:9: Error: no luck",
    ]],
    ["is no TypeScript", { "a.service.ts": "const x = ;" }, [
      "services/a.service.ts:1:11: ",
      "Expression expected",
    ]],
    ["imports what is not there", { "a.service.ts": 'import "./b.ts";' }, [
      "services/a.service.ts:1:8: ",
      "services/b.ts",
    ]],
    ["exports nothing", { "a.service.ts": IMPORT }, [
      "services/a.service.ts: exports no service",
      "export default defineService(",
    ]],
    ["exports something else", { "a.service.ts": "export default {};" }, [
      "services/a.service.ts: the default export is no service",
    ]],
    ["exports a promise", { "a.service.ts": service("Promise.resolve({}) as object") }, [
      "a.service.ts: defineService takes an object",
    ]],
    ["has a value of no type of settings", {
      "a.service.ts": service("{ command: ['a', null] as unknown as string }"),
    }, ["a.service.ts: 'command[1]' is null: write a text"]],
    ["wants a permission", { "a.service.ts": service('{ command: Deno.env.get("HOME") }') }, [
      "services/a.service.ts:2:",
      "a service file gets no permission: write the value",
    ]],
    ["names an unknown setting", { "a.service.ts": service('{\n  "wait-for": "b" } as object') }, [
      "Service 'a' (services/a.service.ts:3:3): unknown setting: 'wait-for'.",
      "did you mean `waits-for`?",
    ]],
    ["names a service that is not there", { "a.service.ts": service('{ "waits-for": "b" }') }, [
      "Unable to load service 'b'",
      "named by service 'a' (services/a.service.ts:2:32)",
    ]],
    ["has a text with a zero byte", { "a.service.ts": service('{ command: "a\\0" }') }, [
      "services/a.service.ts:2:32: 'command' contains a character",
    ]],
    ["is a template and no function", { "a@.service.ts": service("{}") }, [
      "'a@' is a template: write defineService((argument)",
    ]],
    ["has a name that another file has, too", {
      "a.service.ts": service("{}"),
      "b.service.ts": `${IMPORT}export const a = defineService({});`,
    }, ["services/b.service.ts: the service 'a' is also in services/a.service.ts"]],
    ["has a name that no service can have", { ".a@b.service.ts": service("{}") }, [
      "'.a@b' cannot be the name of a service",
    ]],
    ["ends the process", { "a.service.ts": "Deno.exit(0);" }, [
      "a.service.ts ended the process before it was read",
    ]],
    ["waits for what never comes", {
      "a.service.ts": 'import "./b.ts";',
      "b.ts": "await new Promise(() => {});",
    }, ["a.service.ts waits for something that never comes"]],
  ];

for (const [kind, files, says] of MISTAKES) {
  Deno.test(`a service file that ${kind} gets a clear error, and nothing is written`, async () => {
    using sources = new Sources(files);
    const { status, out, err } = await sources.build();
    assertEquals([status, out], [1, ""], err);
    for (const text of says) assertStringIncludes(err, text);
    assert(err.startsWith("dinit build: "), err);
    assertEquals(sources.names(), []);
  });
}

Deno.test("a file that loops or hangs comes to an end, and is named", async () => {
  for (const text of ["for (;;);", "setInterval(() => {}, 1000); await new Promise(() => {});"]) {
    using sources = new Sources({ "b.service.ts": text });
    const { status, err } = await sources.build("--timeout=0.2");
    assertEquals(status, 1);
    assertStringIncludes(err, "b.service.ts did not come to an end within 0.2 s");
    assertEquals(sources.names(), []);
  }
});

Deno.test("the place of a setting in a file is that of its only property", () => {
  const source =
    'import x;\n\nexport default {\n  command: "a",\n  "depends-on": b,\n  waits: x["depends-on.d"],\n};\n';
  assertEquals(placeOfSetting(source, "command"), { line: 4, column: 3 });
  assertEquals(placeOfSetting(source, "depends-on"), { line: 5, column: 3 });
  assertEquals(placeOfSetting(source, "on"), { line: 1, column: 1 });
  assertEquals(placeOfSetting(source + source, "command"), { line: 1, column: 1 });
});

Deno.test("a description names its source as seen from its folder", () => {
  assertEquals(relativePath("/p/dinit.d", "/p/services/a"), "../services/a");
  assertEquals(relativePath("/p/dinit.d", "/p/dinit.d/a"), "a");
  assertEquals(relativePath("/p/x/y", "/p/x"), "../../x");
});
