/**
 * `deno task compile`: one binary, `dist/dinit`, and its launchers beside it.
 *
 * The modules are bundled first: a binary of few scripts starts in half the time of one that holds the module graph.
 * What is imported only when it is needed becomes scripts of its own, so that `dinitctl` does not read the daemon: with
 * a single script `dinitctl status` took 1.7 times as long as an empty program, so 1.25 times. Compiling needs a base runtime of the compiler's own version. Deno downloads it; where it cannot, set
 * `DENORT_BIN` to such a runtime, and `COMPILE_DENO` to the Deno of the same version if it is not the running one.
 *
 * @module
 */

import { LAUNCHERS, launcherText } from "./install/launchers.ts";

const directory = "dist";
const bundles = `${directory}/bundles`;
const binary = `${directory}/dinit`;

/**
 * What V8 is told, and what was measured: x86-64, 2 processors, runtime 2.7.11, few runs beside other work.
 *
 * Each half of the young generation may grow to 1 MB, not 16: a daemon makes many small objects that die at once, and
 * room for them is never given back. With 2,200 services, 200 of them restarting twice a second, that is 88 MB of
 * memory in use instead of 104, for about a tenth more processor time. With 40,000 services it is 187 MB instead of 249,
 * for a twentieth more.
 *
 * The heap ends at 512 MB. Left alone, V8 takes a part of the machine's memory as the bound: some gigabytes on a large
 * machine, where garbage may pile up accordingly, and little on a small one, where running into it would be the end of
 * process 1. A service costs about 3 kB, so there is room for far more services than a machine has. Reading 40,000
 * descriptions takes a twentieth more processor time, because garbage is collected more often on the way.
 *
 * Not used: `--single-threaded` has two threads less and needs 20 MB more under the same load, as garbage is only
 * collected between other work; `--optimize-for-size` and `--lite-mode` save nothing that the small young generation
 * does not; `--initial-old-space-size` ends in a crash. Idle memory and start-up are the same with all of them.
 */
const V8_FLAGS = ["--max-semi-space-size=1", "--max-old-space-size=512"];

function run(program: string, args: string[]): boolean {
  return new Deno.Command(program, { args, stdout: "inherit", stderr: "inherit" }).outputSync().success;
}

const compiler = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
Deno.mkdirSync(directory, { recursive: true });
const bundle = ["bundle", "--quiet", "--platform=deno", "--code-splitting", "--outdir", bundles, "main.ts"];
if (!run(Deno.execPath(), bundle)) Deno.exit(1);
const compiled = run(compiler, [
  "compile",
  "--quiet",
  "--no-config",
  "--allow-all",
  // The cache would be written to a predictable name in a directory that everybody may write to.
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
for (const launcher of LAUNCHERS) {
  const path = `${directory}/${launcher.name}`;
  Deno.writeTextFileSync(path, launcherText(launcher));
  Deno.chmodSync(path, 0o755);
}
const size = Math.round(Deno.statSync(binary).size / 1e6);
console.log(`compile: ${binary}, ${size} MB; beside it ${LAUNCHERS.map(({ name }) => name).join(", ")}`);
