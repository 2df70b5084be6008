/** What the daemon makes of files that other users can change: the rules of docs/security.md. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { Dinit } from "./_dinit.ts";
import { internal } from "./_hosts.ts";

Deno.test("the main log is not written through a link if others can add files", async () => {
  for (const mode of [0o777, 0o1777]) {
    await using dinit = new Dinit({ boot: internal() });
    dinit.write("precious", "precious");
    Deno.mkdirSync(`${dinit.directory}/shared`);
    Deno.chmodSync(`${dinit.directory}/shared`, mode);
    for (const target of ["../precious", "../made"]) {
      Deno.symlinkSync(target, `${dinit.directory}/shared/log`);
      dinit.start({ args: ["--log-file", `${dinit.directory}/shared/log`] });
      assertEquals((await dinit.ended()).code, 1);
      assert(dinit.lines.includes("dinit: Opening log file failed: Operation not permitted"));
      Deno.removeSync(`${dinit.directory}/shared/log`);
    }
    assertEquals(dinit.read("precious"), "precious");
    assert(!dinit.has("made"));
    dinit.start({ args: ["--log-file", `${dinit.directory}/shared/log`] });
    await dinit.printed("[  OK  ] boot");
    await dinit.stop();
    assert(dinit.read("shared/log").includes("boot"));
  }
});

Deno.test({
  ...rootOnly(
    "a daemon of root warns of an environment file that others can change, and uses it",
    "the files of other users do not matter",
  ),
  async fn() {
    await using dinit = new Dinit({ boot: internal() });
    const path = `${dinit.directory}/environment`;
    dinit.write("environment", "A=1\n");
    dinit.start({ args: ["--env-file", path] });
    await dinit.printed("[  OK  ] boot");
    await dinit.stop();
    const warning = () => dinit.lines.find((line) => line.includes("environment file"));
    assertEquals(warning(), undefined);
    Deno.chmodSync(path, 0o666);
    dinit.start({ args: ["--env-file", path] });
    await dinit.printed("[  OK  ] boot", 2);
    assertEquals(
      warning(),
      `dinit: environment file '${path}' can be changed by other users: others can write to it`,
    );
  },
});
