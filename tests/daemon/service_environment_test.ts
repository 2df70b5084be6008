/** The environment file of services: what it changes, and what is said of mistakes. */

import { assertEquals } from "@std/assert";
import { applyEnvironmentFile } from "../../src/daemon/service_environment.ts";
import { type FileAccess, MainEnvironment } from "../../src/description/mod.ts";
import { encodeBytes } from "../../src/model/mod.ts";
import { Scene } from "./_scene.ts";

function applied(scene: Scene, environmentFile: string | undefined, files?: FileAccess) {
  const environment = new MainEnvironment({ PATH: "/bin", OLD: "1" });
  applyEnvironmentFile(environment, { environmentFile, manager: false }, scene.log, files);
  const lines = scene.log.lines.splice(0).map((line) => line.replaceAll(scene.folder, "."));
  return { lines, get: (name: string) => environment.get(name) };
}

Deno.test("the environment file changes the environment of services, and none changes nothing", () => {
  using scene = new Scene();
  const { lines, get } = applied(scene, scene.write("environment", "A=1\n!unset OLD\n"));
  assertEquals([lines, get("A"), get("OLD"), get("PATH")], [[], "1", undefined, "/bin"]);
  const without = applied(scene, undefined);
  assertEquals([without.lines, without.get("OLD")], [[], "1"]);
});

Deno.test("mistakes in the environment file are told with their lines, and the other lines count", () => {
  using scene = new Scene();
  const { lines, get } = applied(scene, scene.write("environment", "no setting\nA=1\n!unknown\n"));
  assertEquals(get("A"), "1");
  assertEquals(lines, [
    "error Invalid environment variable setting in environment file (line 1)",
    "error Unknown command in environment file (line 3)",
    "error The environment file is './environment'",
  ]);
});

Deno.test("of very many mistakes the first are told, and how many more there are", () => {
  using scene = new Scene();
  const { lines } = applied(scene, scene.write("environment", "mistake\n".repeat(5000)));
  assertEquals(lines.length, 101);
  assertEquals(lines.at(-1), "error 4900 more mistakes in environment file './environment'");
});

Deno.test("an environment file that cannot be read or is too large is told, and changes nothing", () => {
  using scene = new Scene();
  const missing = applied(scene, `${scene.folder}/none`);
  assertEquals(missing.lines, ["error Cannot read environment file './none': No such file or directory"]);
  const large = scene.write("large", "A=1\n");
  Deno.truncateSync(large, 4 * 1024 * 1024 + 1);
  const { lines, get } = applied(scene, large);
  assertEquals([lines, get("A")], [
    ["error Cannot read environment file './large': File too large (the limit is 4 MB)"],
    undefined,
  ]);
});

Deno.test("an environment file whose path is not UTF-8 is read by the C library", () => {
  using scene = new Scene();
  const asked: string[] = [];
  const files = {
    lookAt: (path: string) => {
      asked.push(path);
      return { kind: "file", size: 4, modified: { seconds: 0, nanoseconds: 0 } };
    },
    read: () => encodeBytes("A=1\n"),
  } as unknown as FileAccess; // the rest of it is for folders
  const { lines, get } = applied(scene, "/tmp/\udcff", files);
  assertEquals([lines, get("A"), asked], [[], "1", ["/tmp/\udcff"]]);
});
