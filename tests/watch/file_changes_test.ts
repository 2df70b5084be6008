/** Real files: how editors save, and folders that come and go. */

import "../_processes.ts";
import { assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { FileChanges } from "../../src/watch/file_changes.ts";
import { Patterns } from "../../src/watch/patterns.ts";

/** A folder with files that are watched. */
class Scene implements Disposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "dinit-watch-" }));
  readonly troubles: string[] = [];
  readonly seen = new Set<string>();
  #changes: FileChanges | undefined;

  async watch(...patterns: string[]): Promise<void> {
    const begun = Promise.withResolvers<void>();
    this.#changes = new FileChanges(new Patterns(patterns, this.folder), {
      changed: (path) => void this.seen.add(path.slice(this.folder.length + 1)),
      begun: () => begun.resolve(),
      trouble: (text) => void this.troubles.push(text),
    });
    await begun.promise;
  }

  write(name: string, text = "x"): void {
    const path = `${this.folder}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }

  /** Waits until these changes, and no others, were reported; then forgets them. */
  async changed(...names: string[]): Promise<void> {
    await until(() => names.every((name) => this.seen.has(name)), () => `${names} in ${[...this.seen]}`);
    assertEquals([...this.seen].sort(), names.sort());
    this.seen.clear();
  }

  [Symbol.dispose](): void {
    this.#changes?.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("a file that is written, replaced by renaming, moved away or removed has changed", async () => {
  using scene = new Scene();
  for (const name of ["src/a.ts", "src/b.ts", "other/c.ts"]) scene.write(name);
  await scene.watch("src/**/*.ts");
  scene.write("other/c.ts", "y");
  scene.write("src/a.ts", "y");
  await scene.changed("src/a.ts");
  Deno.writeTextFileSync(`${scene.folder}/src/a.ts.tmp`, "z");
  Deno.renameSync(`${scene.folder}/src/a.ts.tmp`, `${scene.folder}/src/a.ts`);
  await scene.changed("src/a.ts");
  Deno.renameSync(`${scene.folder}/src/a.ts`, `${scene.folder}/other/a.ts`);
  await scene.changed("src/a.ts");
  Deno.removeSync(`${scene.folder}/src/b.ts`);
  await scene.changed("src/b.ts");
  assertEquals(scene.troubles, []);
});

Deno.test("files in new folders, and in folders that were removed and made again, are watched", async () => {
  using scene = new Scene();
  scene.write("src/a.ts");
  await scene.watch("src/**/*.ts");
  scene.write("src/new/deep/b.ts");
  await scene.changed("src/new/deep/b.ts");
  scene.write("src/new/deep/b.ts", "y");
  await scene.changed("src/new/deep/b.ts");
  Deno.renameSync(`${scene.folder}/src`, `${scene.folder}/away`);
  await scene.changed("src/a.ts", "src/new/deep/b.ts");
  scene.write("src/a.ts", "z");
  await scene.changed("src/a.ts");
  scene.write("src/a.ts", "zz");
  await scene.changed("src/a.ts");
});

Deno.test("a folder and a single file that do not exist yet are watched when they come", async () => {
  using scene = new Scene();
  await scene.watch("later/src", "conf/x.json");
  scene.write("later/src/a.ts");
  await scene.changed("later/src/a.ts");
  scene.write("conf/y.json");
  scene.write("conf/x.json");
  await scene.changed("conf/x.json");
});

Deno.test("ignored folders are not watched at all", async () => {
  using scene = new Scene();
  for (const name of ["a.ts", "node_modules/b.ts", ".git/c.ts", "out/d.ts"]) scene.write(name);
  await scene.watch("**/*.ts", "!out");
  for (const name of ["node_modules/b.ts", ".git/c.ts", "out/d.ts", "a.ts"]) scene.write(name, "y");
  await scene.changed("a.ts");
});
