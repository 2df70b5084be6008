/**
 * `deno task compile`: one binary, `dist/dinit`, and the links of its tools beside it.
 *
 * The modules are bundled first: a binary with few scripts starts in half the time of one with the whole module graph.
 * Modules with lazy imports become separate scripts, so `dinitctl` does not read the daemon: `dinitctl status` takes
 * 1.25 times as long as an empty program, and 1.7 times with a single script. Compiling needs a base runtime of the
 * compiler's version. Deno downloads it; if it cannot, set `DENORT_BIN` to such a runtime, and `COMPILE_DENO` to the
 * Deno of the same version if it is not the running one.
 *
 * @module
 */

import { bundleProgram } from "./bundle.ts";
import { guardArguments, UnknownBinaryError } from "./compile/guarded_binary.ts";
import { writeLaunchers } from "./install/launchers.ts";
import { leaveNothingBehind } from "./process_guard.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const directory = "dist";
const bundles = `${directory}/bundles`;
const binary = `${directory}/dinit`;

function run(program: string, args: string[]): boolean {
  return new Deno.Command(program, { args, stdout: "inherit", stderr: "inherit" }).outputSync().success;
}

/**
 * Makes the binary accept arguments that are not UTF-8. Without this step, the binary works like any other Deno
 * program.
 */
function guard(): void {
  const guarded = `${binary}.guarded`;
  const bytes = Deno.readFileSync(binary);
  try {
    guardArguments(bytes);
  } catch (error) {
    if (!(error instanceof UnknownBinaryError)) throw error;
    return complain(error.message);
  }
  Deno.writeFileSync(guarded, bytes, { mode: 0o755 });
  const works = new Deno.Command(guarded, { args: ["--version"], stdout: "null" }).outputSync().success;
  if (works) return Deno.renameSync(guarded, binary);
  Deno.removeSync(guarded);
  complain("it did not run with what was changed");
}

function complain(reason: string): void {
  console.error(`compile: ${binary} will fail when an argument is not UTF-8: ${reason}.`);
}

leaveNothingBehind();
const compiler = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
Deno.mkdirSync(directory, { recursive: true });
try {
  await bundleProgram(bundles);
} catch (error) {
  console.error(`compile: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
const compiled = run(compiler, [
  "compile",
  "--quiet",
  "--no-config",
  "--allow-all",
  // V8's code cache would be written to a predictable name in a world-writable directory.
  "--no-code-cache",
  `--v8-flags=${V8_FLAGS.join(",")}`,
  "--output",
  binary,
  `${bundles}/main.js`,
]);
Deno.removeSync(bundles, { recursive: true });
if (!compiled) {
  console.error(
    "compile: Deno could not compile. If its base runtime cannot be downloaded here, set DENORT_BIN to the file " +
      "`denort` of a Deno release, and COMPILE_DENO to the Deno of the same release.",
  );
  Deno.exit(1);
}
guard();
const launchers = writeLaunchers(directory);
const size = Math.round(Deno.statSync(binary).size / 1e6);
console.log(`compile: ${binary}, ${size} MB; beside it ${launchers.join(", ")}`);
