/**
 * `deno task bench [CASE...]`: measurements, each beside a peer or a floor that is measured in the same run. Every
 * file beside this one is a case of that name; without a name all of them run, one after the other.
 *
 * @module
 */

const folder = decodeURIComponent(new URL(".", import.meta.url).pathname);

const cases = Array.from(Deno.readDirSync(folder), (entry) => entry.name)
  .filter((name) => name.endsWith(".ts") && name !== "mod.ts" && !name.startsWith("_"))
  .map((name) => name.replace(/\.ts$/, ""))
  .sort();
const wanted = Deno.args.length > 0 ? Deno.args : cases;
const unknown = wanted.filter((name) => !cases.includes(name));
if (unknown.length > 0) {
  console.error(`bench: no such case: ${unknown.join(", ")}; there are: ${cases.join(", ")}`);
  Deno.exit(1);
}
let failed = false;
for (const name of wanted) {
  console.log(`== ${name}`);
  const args = ["run", "--allow-all", `${folder}${name}.ts`];
  const { success } = new Deno.Command(Deno.execPath(), { args, stdout: "inherit", stderr: "inherit" })
    .outputSync();
  failed ||= !success;
}
Deno.exit(failed ? 1 : 0);
