import { assertEquals, assertThrows } from "@std/assert";
import { outputOf } from "../../_processes.ts";
import { ToolFailure } from "../../../src/cli/shared/failure.ts";
import { parseProcfile, procfileServices } from "../../../src/cli/up/procfile.ts";
import { findProject, isFileWord, namedProject } from "../../../src/cli/up/project.ts";
import { Services } from "../../description/_support.ts";

const UID = Deno.uid() ?? 0;

/** A folder that begins a repository, so that nothing above it counts. */
function project(files: Readonly<Record<string, string>>): Services {
  return new Services({ ".git/": "", ...files });
}

Deno.test("up takes dinit.d, then dinit.toml, then Procfile, of the folder or of one above it", () => {
  using files = project({
    "dinit.d/": "",
    "dinit.toml": "",
    Procfile: "a: b\n",
    "src/deep/": "",
    "sub/Procfile": "a: b\n",
  });
  const find = (folder: string) => {
    const { root, path, kind } = findProject(files.path(folder), UID);
    return [root.replace(files.directory, "."), path, kind];
  };
  assertEquals(find("src/deep"), [".", "dinit.d", "folder"]);
  assertEquals(find("sub"), ["./sub", "Procfile", "procfile"]);
  Deno.removeSync(files.path("dinit.d"));
  assertEquals(find("src"), [".", "dinit.toml", "toml"]);
  Deno.removeSync(files.path("dinit.toml"));
  assertEquals(find("src"), [".", "Procfile", "procfile"]);
  Deno.removeSync(files.path("Procfile"));
  assertThrows(() => find("src"), ToolFailure, "write one: dinit init");
  files.write("compose.yaml");
  assertThrows(() => find("src"), ToolFailure, "dinit import compose compose.yaml");
});

Deno.test("up does not take the services of another user from a folder above", () => {
  using files = project({ "dinit.toml": "" });
  if (UID !== 0) return;
  Deno.chownSync(files.path("dinit.toml"), 12345, null);
  const error = assertThrows(() => findProject(files.directory, 54321), ToolFailure);
  assertEquals(error.message.includes("belongs to another user (id 12345)"), true, error.message);
});

Deno.test("up tells files and folders from services by their form", () => {
  for (
    const word of ["dinit.toml", "./x", "Procfile", "Procfile.dev", "dinit.d", ".", "a/b", "compose.yml"]
  ) {
    assertEquals(isFileWord(word), true, word);
  }
  for (const word of ["web", "worker@1", "dinit", "my.service"]) assertEquals(isFileWord(word), false, word);
  using files = project({ "other.toml": "", "inner/Procfile": "a: b\n", "plain/a": "", "compose.yml": "" });
  const named = (word: string) => {
    const { root, path, kind } = namedProject(word, files.directory);
    return [root.replace(Deno.realPathSync(files.directory), "."), path, kind];
  };
  assertEquals(named("other.toml"), [".", "other.toml", "toml"]);
  assertEquals(named("inner/"), ["./inner", "Procfile", "procfile"]);
  assertEquals(named("plain"), [".", "plain", "folder"]);
  assertThrows(() => named("compose.yml"), ToolFailure, "dinit import compose compose.yml");
  assertThrows(() => named("none.toml"), ToolFailure, "none.toml does not exist");
});

Deno.test("a Procfile becomes services: a shell runs each line, with a port and the variables of .env", () => {
  const entries = parseProcfile(
    "# all\nweb:  node s.js --port $PORT\r\n\nclock: date; sleep 1\n",
    "Procfile",
  );
  assertEquals(entries, [
    { name: "web", command: "node s.js --port $PORT" },
    { name: "clock", command: "date; sleep 1" },
  ]);
  assertEquals(
    procfileServices(entries, { folder: "/p $", file: "Procfile", envFile: "/p $/.env" }),
    `# Made from Procfile by dinit up.

[service.web]
command = ["/bin/sh", "-c", "PORT=$\${PORT:-5000}; export PORT; exec node s.js --port $$PORT"]
working-dir = '"/p $$"'
env-file = '"/p $$/.env"'

[service.clock]
command = ["/bin/sh", "-c", "PORT=$\${PORT:-5100}; export PORT; date; sleep 1"]
working-dir = '"/p $$"'
env-file = '"/p $$/.env"'
`,
  );
});

Deno.test("a mistake in a Procfile has its place and the remedy", () => {
  const cases = [
    ["web node", "Procfile:1:1: this is not 'NAME: COMMAND'"],
    ["\nweb:", "Procfile:2:1: this is not 'NAME: COMMAND'"],
    ["a/b: c", "Procfile:1:1: 'a/b' cannot be the name of a service"],
    ["a: b\na: c", "Procfile:2:1: 'a' is there twice"],
    ["# nothing", "Procfile has no line 'NAME: COMMAND'"],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => parseProcfile(text, "Procfile"), ToolFailure, message);
  }
});

Deno.test("ctl uses the instance of a project only for its owner, who is not root, and if nothing names another", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-project-" });
  // A separate program: the working folder of this one belongs to all tests.
  const program = decodeURIComponent(new URL("_project_socket_program.ts", import.meta.url).pathname);
  const args = ["run", "--no-check", "--allow-all", program];
  const { stdout, stderr } = await outputOf(Deno.execPath(), { args, cwd: folder });
  Deno.removeSync(folder, { recursive: true });
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
    "nothing": null,
    "a file": null,
    "a socket": ".dinit/socket",
    "below": "../../.dinit/socket",
    "root": null,
    "for a user": null,
    "another socket": null,
    "a variable": null,
    "another user": null,
    "a folder that others can write": null,
    "a link": null,
  });
});
