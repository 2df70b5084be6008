/** The example of `examples/web`. */

import { assertEquals } from "@std/assert";
import { ROOT, runDinit } from "../e2e/_dinit.ts";

Deno.test("the service of the page has no mistakes", async () => {
  const directory = `${ROOT}examples/web/dinit.d`;
  const { stderr } = await runDinit(["check", "--services-dir", directory, "web@8080"]);
  // The program of the service need not be installed here.
  const mistakes = stderr.split("\n").filter((line) =>
    !/^$|could not stat command|^Secondary checks/.test(line)
  );
  assertEquals(mistakes, []);
});
