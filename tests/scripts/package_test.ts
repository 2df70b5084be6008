/** The package for npm, put into a project as `npm install` does, and run by Node. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { packProgram } from "../../scripts/package.ts";
import { needing } from "../_needs.ts";
import { endOf, outputOf } from "../_processes.ts";
import { until } from "../_patience.ts";

const SERVICES = '[service.web]\ncommand = ["/bin/sh", "-c", "echo web is here; exec sleep 1000"]\n';

/** The folders of PATH with a program. */
function foldersWith(program: string): string[] {
  return (Deno.env.get("PATH") ?? "").split(":").filter((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** The scripts that load modules of Node whenever they are loaded, except for that of the client in Node itself. */
function scriptsWithNode(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => !name.startsWith("node_runtime"))
    .filter((name) => /^import [^;]*["']node:/m.test(Deno.readTextFileSync(`${folder}/${name}`)));
}

const [NODE] = foldersWith("node");

Deno.test({
  ...needing(
    "the package for npm runs dinit with Node and the package deno only",
    "node",
    NODE !== undefined,
  ),
  fn: async () => {
    const project = Deno.makeTempDirSync({ prefix: "dinit-package-" });
    const home = `${project}/node_modules/@dinit/dinit`;
    const archive = await packProgram(project);
    Deno.mkdirSync(home, { recursive: true });
    await outputOf("tar", { args: ["-xzf", archive, "-C", home, "--strip-components=1"] });
    Deno.writeTextFileSync(`${project}/dinit.toml`, SERVICES);
    Deno.writeTextFileSync(`${project}/deno.json`, "this is not for dinit");
    const settings = JSON.parse(Deno.readTextFileSync(`${home}/package.json`));
    const { name, bin, dependencies } = settings;
    assertEquals([name, Object.keys(bin), Object.keys(dependencies)], [
      "@dinit/dinit",
      [
        ...["dinit", "dinitctl", "dinit-check", "dinit-monitor", "dinit-log", "dinit-web"],
        ...["dinit-import", "dinit-export", "dinit-wait-for"],
      ],
      ["deno"],
    ]);
    // npm would put Deno there, too. The launcher finds the file beside the package's description.
    Deno.mkdirSync(`${project}/node_modules/deno`);
    Deno.writeTextFileSync(`${project}/node_modules/deno/package.json`, '{"name": "deno"}');
    Deno.symlinkSync(Deno.execPath(), `${project}/node_modules/deno/deno`);
    const env = { PATH: `${NODE}:/usr/bin:/bin`, DENO_DIR: `${project}/cache` };
    const command = (program: string, ...args: string[]) => ({
      args: [`${home}/${bin[program]}`, ...args],
      cwd: project,
      env,
    });
    const run = async (program: string, ...args: string[]) => {
      const { code, stdout, stderr } = await outputOf("node", command(program, ...args));
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    };
    try {
      const version = await run("dinit", "--version");
      assertEquals([version.code, version.err], [0, ""]);
      assert(version.out.startsWith("Dinit version 0.22.1.\n"), version.out);
      assertEquals(scriptsWithNode(`${home}/lib`), []);
      assert(Deno.readTextFileSync(`${home}/bin/launch.cjs`).includes('"--unstable-lazy-dynamic-imports"'));
      Deno.writeTextFileSync(`${project}/compose.yaml`, "services:\n  store:\n    command: sleep 1000\n");
      const imported = await run("dinit-import", `${project}/compose.yaml`, "--dry-run");
      assertStringIncludes(imported.out, "sleep 1000", imported.err);
      const detached = await run("dinit", "up", "--detach");
      assertEquals([detached.code, detached.err], [0, ""], detached.out);
      const socket = ["-p", `${project}/.dinit/socket`];
      assertEquals((await run("dinitctl", ...socket, "is-started", "web")).code, 0);
      assertEquals((await run("dinitctl", ...socket, "is-failed", "web")).code, 1);
      assertEquals((await run("dinit", "down")).code, 0);

      // Deno takes the folder for a project of Node, with the package in it.
      Deno.removeSync(`${project}/deno.json`);
      Deno.writeTextFileSync(
        `${project}/package.json`,
        JSON.stringify({ dependencies: { [name]: "0.1.0" } }),
      );
      const file = (settings: string) =>
        Deno.writeTextFileSync(
          `${project}/services/api.service.ts`,
          `import { defineService } from "${name}/service";\nexport default defineService(${settings});\n`,
        );
      Deno.mkdirSync(`${project}/services`);
      file('{ command: "sleep 1000", "depends-on": "web" }');
      Deno.mkdirSync(`${project}/dinit.d`);
      Deno.writeTextFileSync(`${project}/dinit.d/web`, "type = process\ncommand = sleep 1000\n");
      const built = await run("dinit", "build", "services", "--to=dinit.d");
      assertEquals([built.code, built.err], [0, ""], built.out);
      assert(Deno.readTextFileSync(`${project}/dinit.d/api`).includes("command = sleep 1000\n"));
      file('{ comand: "sleep 1000" }');
      const check = {
        args: ["check", "services/api.service.ts"],
        cwd: project,
        env: { ...env, NO_COLOR: "1" },
      };
      const { stderr } = await outputOf(Deno.execPath(), check);
      const errors = new TextDecoder().decode(stderr);
      assert(errors.includes("'comand' does not exist in type 'ServiceSettings"), errors);
      Deno.removeSync(`${project}/dinit.d`, { recursive: true }); // up would take it

      const child = new Deno.Command("node", { ...command("dinit", "up"), stdin: "null", stdout: "piped" })
        .spawn();
      let output = "";
      const reading = (async () => {
        for await (const chunk of child.stdout) output += new TextDecoder().decode(chunk);
      })();
      await until(() => output.includes("web is here") && output.includes("1 of 1 ready"), () => output);
      child.kill("SIGTERM");
      assertEquals((await endOf(child, () => output)).code, 0);
      await reading;
      assert(output.includes("dinit: stopped in "), output);
    } finally {
      await run("dinit", "down");
      Deno.removeSync(project, { recursive: true });
    }
  },
});
