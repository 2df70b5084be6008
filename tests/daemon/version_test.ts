import { assertEquals } from "@std/assert";
import { PRODUCT_VERSION } from "../../src/model/mod.ts";
import { versionText } from "../../src/daemon/version_text.ts";

Deno.test("the program's version is the package's", () => {
  const config = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assertEquals(PRODUCT_VERSION, config.version);
});

Deno.test("--version prints the reference's version and its features", () => {
  assertEquals(
    versionText(false),
    "Dinit version 0.22.1.\nSupported features: cgroups utmp supplemental-groups capabilities io-priority " +
      "oom-score-adjust\n",
  );
  assertEquals(
    versionText(true),
    `${versionText(false)}dinit for Deno ${PRODUCT_VERSION}, compatible with dinit 0.22.1.\n`,
  );
});
