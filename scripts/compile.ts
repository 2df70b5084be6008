/**
 * `deno task compile`: one binary, `dist/dinit`.
 *
 * The modules are bundled first: a binary of one script starts in half the time of one that holds a module graph with
 * packages. Compiling needs a base runtime of the compiler's own version. Deno downloads it; where it cannot, set
 * `DENORT_BIN` to such a runtime, and `COMPILE_DENO` to the Deno of the same version if it is not the running one.
 *
 * @module
 */

const bundle = "dist/dinit.js";
const binary = "dist/dinit";

function run(program: string, args: string[]): boolean {
  return new Deno.Command(program, { args, stdout: "inherit", stderr: "inherit" }).outputSync().success;
}

const compiler = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
Deno.mkdirSync("dist", { recursive: true });
if (!run(Deno.execPath(), ["bundle", "--quiet", "--output", bundle, "main.ts"])) Deno.exit(1);
const compiled = run(compiler, [
  "compile",
  "--quiet",
  "--no-config",
  "--allow-all",
  // The cache would be written to a predictable name in a directory that everybody may write to.
  "--no-code-cache",
  "--output",
  binary,
  bundle,
]);
if (!compiled) {
  console.error(
    "compile: Deno could not compile. If its base runtime cannot be downloaded here, set DENORT_BIN to the file " +
      "`denort` of a Deno release, and COMPILE_DENO to the Deno of the same release.",
  );
  Deno.exit(1);
}
Deno.removeSync(bundle);
const size = Math.round(Deno.statSync(binary).size / 1e6);
console.log(`compile: ${binary}, ${size} MB`);
