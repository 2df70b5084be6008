import { assertEquals } from "@std/assert";
import { check, ROOT, Services } from "./_support.ts";

/** The checker on the example, with a directory for its logs. */
async function checkExample(replace: (description: string) => string = (description) => description) {
  using services = new Services({ "log/": "" });
  for (const entry of Deno.readDirSync(`${ROOT}services`)) {
    if (!entry.isFile) continue;
    services.write(entry.name, replace(Deno.readTextFileSync(`${ROOT}services/${entry.name}`)));
  }
  for (const { name } of Deno.readDirSync(`${ROOT}services/boot.d`)) services.write(`boot.d/${name}`);
  const vars = Deno.readTextFileSync(`${ROOT}services/environment`);
  services.write("environment", `${vars}\nLOG_DIR=${services.path("log")}\n`);
  return await check(["-d", services.directory, "-e", services.path("environment")]);
}

Deno.test("the only remark on the example is that deno is searched in PATH", async () => {
  const { out, err, status } = await checkExample();
  const lines = err.split("\n").slice(0, -1);
  const usual = /executable 'deno' is not an absolute path$|use --online to avoid this warning$/;
  assertEquals(lines.filter((line) => !usual.test(line)), ["Secondary checks complete."]);
  assertEquals(out.match(/^Checking service: /gm)?.length, 9);
  assertEquals(status, 1);
});

Deno.test("with the path of deno in its place, the example has no problems", async () => {
  const { out, status } = await checkExample((text) =>
    text.replaceAll(/^((?:stop-)?command = )deno /gm, `$1${Deno.execPath()} `)
  );
  assertEquals(out.endsWith("Performing secondary checks...\nNo problems found.\n"), true, out);
  assertEquals(status, 0);
});
