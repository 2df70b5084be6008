/** A real program for Deno, and what it may do. */

import { assertStringIncludes } from "@std/assert";
import { until } from "../_patience.ts";
import { Dinit } from "./_dinit.ts";
import { settings } from "./_hosts.ts";

Deno.test("a program for Deno gets its permissions, and a missing one is told with the line to add", async () => {
  const service = (script: string) =>
    settings(
      "type = process",
      `deno-script = ../${script}.ts`,
      "deno-permissions = write=../journal",
      "log-type = buffer",
      "restart = no",
    );
  await using dinit = new Dinit({
    boot: settings("type = internal", "waits-for = good", "waits-for = bad"),
    good: service("good"),
    bad: service("bad"),
  });
  dinit.write("good.ts", 'Deno.writeTextFileSync("../journal", "written");');
  dinit.write("bad.ts", 'Deno.readTextFileSync("/etc/hostname");');
  dinit.start({ args: ["--host", "native"], env: { DENO: Deno.execPath() } });
  await until(() => dinit.read("journal") === "written", () => dinit.read("journal"));
  const advice = "Deno has denied it a permission: add the line 'deno-permissions += read=/etc/hostname'";
  await until(async () => (await dinit.ctl("why", "bad")).stdout.includes(advice), "the advice of why", 200);
  assertStringIncludes((await dinit.ctl("status", "--long", "bad")).stdout, `Advice: ${advice}`);
});
