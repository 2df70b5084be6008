/**
 * `deno task package`: the program as a package for npm, `dist/dinit-VERSION.tgz`. It holds the bundle of the program,
 * small launchers for Node, the client library of `scripts/npm.ts`, and the module for services in TypeScript. Deno comes with it as the package `deno`.
 *
 * @module
 */

import { PROGRAM_WORDS, SHUTDOWN_PROGRAMS } from "../src/options/program_names.ts";
import { bundleProgram } from "./bundle.ts";
import { buildPackage, bundleLibrary } from "./npm.ts";
import { V8_FLAGS } from "./v8_flags.ts";

/** The version of npm's package `deno` that the program runs on. */
const DENO = "2.9.6";
/** Older versions of Node have a different `require`, and nobody maintains them. */
const NODE = ">=20";

/** What every launcher calls. It becomes Deno if Node can do that, and passes signals and the status on otherwise. */
const LAUNCH = `"use strict";
// Finds Deno and runs dinit on it, with the streams, signals and exit status of this process.
const { existsSync } = require("node:fs");
const { constants } = require("node:os");
const { delimiter, dirname, join } = require("node:path");
const { spawn } = require("node:child_process");

// Without lazy imports, Deno would read every script of the program at each start.
const FLAGS = ["run", "--quiet", "--no-prompt", "--no-config", "--allow-all", "--unstable-lazy-dynamic-imports",
  "--v8-flags=${V8_FLAGS.join(",")}"];
const PASSED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/** DINIT_DENO, then the package deno beside this one, then PATH. */
function findDeno() {
  if (process.env.DINIT_DENO) return process.env.DINIT_DENO;
  try {
    const home = dirname(require.resolve("deno/package.json"));
    const inside = join(home, "deno");
    if (existsSync(inside)) return inside;
    const platform = \`@deno/linux-\${process.arch}-glibc/package.json\`;
    return join(dirname(require.resolve(platform, { paths: [home] })), "deno");
  } catch {
    const folders = (process.env.PATH ?? "").split(delimiter);
    return folders.map((folder) => join(folder, "deno")).find(existsSync);
  }
}

module.exports = function launch(words) {
  const deno = findDeno();
  if (deno === undefined) {
    console.error("dinit: Deno is missing. Install the package deno beside this one, or set DINIT_DENO to its path.");
    process.exit(1);
  }
  const main = join(__dirname, "..", "lib", "main.js");
  const args = [...FLAGS, main, ...words, ...process.argv.slice(2)];
  if (typeof process.execve === "function") process.execve(deno, [deno, ...args], process.env);
  const child = spawn(deno, args, { stdio: "inherit" });
  for (const signal of PASSED) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(\`dinit: cannot run \${deno}: \${error.message}\`);
    process.exit(1);
  });
  child.on("exit", (status, signal) => {
    if (signal === null) process.exit(status);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000); // for a signal that does not end Node
  });
};
`;

/** The launchers: their names, and the words that each stands for. The names that shut a machine down are left out. */
function launchers(): Map<string, readonly string[]> {
  const tools = [...PROGRAM_WORDS].filter(([name]) => !SHUTDOWN_PROGRAMS.some((other) => other === name));
  return new Map([["dinit", []], ...tools]);
}

/** The contents of `package.json`, from those of `deno.json`. */
function packageJson({ name, version, license }: Readonly<Record<string, string>>): unknown {
  return {
    name,
    version,
    license,
    description: "Service manager: runs the daemons of a project, a user, a container or a machine",
    type: "module",
    engines: { node: NODE },
    os: ["linux"],
    cpu: ["x64", "arm64"],
    bin: Object.fromEntries([...launchers().keys()].map((program) => [program, `bin/${program}.cjs`])),
    exports: Object.fromEntries(
      ["client", "service"].map((
        name,
      ) => [`./${name}`, { types: `./${name}.d.ts`, default: `./${name}.js` }]),
    ),
    dependencies: { deno: DENO },
  };
}

async function run(program: string, args: readonly string[], cwd?: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd, stdin: "null" })
    .output();
  if (!success) throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}

/**
 * Writes the package into a folder, and its archive beside it. Returns the path of the archive. Throws an `Error` if
 * bundling or packing fails.
 */
export async function packProgram(directory: string): Promise<string> {
  const place = `${directory}/package`;
  await Deno.remove(place, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await buildPackage(place);
  await bundleProgram(`${place}/lib`);
  await bundleLibrary("src/service/mod.ts", place, "service");
  await Deno.mkdir(`${place}/bin`);
  await Deno.writeTextFile(`${place}/bin/launch.cjs`, LAUNCH);
  for (const [name, words] of launchers()) {
    const text = `#!/usr/bin/env node\nrequire("./launch.cjs")(${JSON.stringify(words)});\n`;
    await Deno.writeTextFile(`${place}/bin/${name}.cjs`, text, { mode: 0o755 });
  }
  await Deno.copyFile("README.md", `${place}/README.md`);
  await Deno.copyFile("CHANGELOG.md", `${place}/CHANGELOG.md`);
  const settings = JSON.parse(await Deno.readTextFile("deno.json"));
  await Deno.writeTextFile(`${place}/package.json`, `${JSON.stringify(packageJson(settings), null, 2)}\n`);
  const archive = `dinit-${settings.version}.tgz`;
  // The same files give the same archive, apart from the version of gzip.
  const same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@499162500"];
  await run("tar", ["-czf", archive, ...same, "package"], directory);
  return `${directory}/${archive}`;
}

if (import.meta.main) {
  const archive = await packProgram("dist");
  const size = Math.round((await Deno.stat(archive)).size / 1000);
  console.log(`package: ${archive}, ${size} kB`);
}
