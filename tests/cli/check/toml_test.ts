import { assertEquals } from "@std/assert";
import { check, Services } from "./_support.ts";

Deno.test("the checker reads all services of a TOML file, and names line and column", async () => {
  using files = new Services({
    "dinit.toml": `[service.boot]\n[service.web]\ncommand = "/bin/true"\nwait-for = "web"\n`,
  });
  const path = files.path("dinit.toml");
  for (const words of [[path], ["-d", path]]) {
    const { out, err, status } = await check(words);
    assertEquals(out.split("\n").slice(0, 2), ["Checking service: boot...", "Checking service: web..."]);
    assertEquals(err.split("\n")[0], `Service 'web' (${path}:4:1): unknown setting: 'wait-for'.`);
    assertEquals(status, 1);
  }
  files.write("dinit.toml", `[service.web]\ncommand = /bin/true\n`);
  const { err } = await check([path]);
  const expected = `Unable to load service 'boot' (${path}:2:11): text needs quotes: write "/bin/true"`;
  assertEquals(err.split("\n")[0], expected);
});
