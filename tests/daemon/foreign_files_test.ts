/** Environment files that other users than root can change. */

import { assertEquals } from "@std/assert";
import { warnOfForeignFile } from "../../src/daemon/foreign_files.ts";
import { rootOnly } from "../_needs.ts";
import { Scene } from "./_scene.ts";

function warnings(scene: Scene, path: string): string[] {
  warnOfForeignFile(path, scene.log);
  return scene.log.lines.splice(0).map((line) => line.replaceAll(scene.folder, "."));
}

Deno.test({
  ...rootOnly("root is warned of an environment file that others can change", "other users are not warned"),
  fn() {
    using scene = new Scene();
    const path = scene.write("environment", "A=1\n");
    assertEquals(warnings(scene, path), []);
    Deno.chmodSync(path, 0o622);
    const start = "warn environment file './environment' can be changed by other users: ";
    assertEquals(warnings(scene, path), [`${start}others can write to it`]);
    Deno.chmodSync(path, 0o600);
    Deno.chownSync(path, 65534, 65534);
    assertEquals(warnings(scene, path), [`${start}it belongs to user 65534`]);
    Deno.chownSync(path, 0, 0);
    Deno.chmodSync(scene.folder, 0o777);
    const [warning] = warnings(scene, path);
    assertEquals(warning?.startsWith(`${start}its folder is not safe, because `), true, warning);
  },
});

Deno.test("nobody is warned of a missing file, a folder or a device", () => {
  using scene = new Scene();
  Deno.chmodSync(scene.folder, 0o777);
  for (const path of [`${scene.folder}/none`, scene.folder, "/dev/zero"]) {
    assertEquals(warnings(scene, path), [], path);
  }
});
