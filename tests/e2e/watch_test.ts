/** Files of real services that change. */

import { assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { Dinit } from "./_dinit.ts";
import { enter, internal, process, untilTerm } from "./_hosts.ts";

Deno.test("a change replaces the process of a service, also after an upgrade, and its dependents stay up", async () => {
  await using dinit = new Dinit({
    boot: internal("depends-on = top"),
    top: internal("depends-on = web"),
    web: process(untilTerm(enter("down")), "watch = ../files none/*", "restart = no", "smooth-recovery = no"),
  });
  Deno.mkdirSync(`${dinit.directory}/files`);
  dinit.write("files/a.json", "1");
  const journal = (text: string) => until(() => dinit.read("journal") === text, () => dinit.read("journal"));
  dinit.start({ args: ["--host", "native"] });
  await dinit.printed("[  OK  ] boot");
  await dinit.printed(`dinit: web: watch: no file matches 'none/*' in ${dinit.directory}/sd`); // the watch has begun
  await journal("up\n");
  dinit.write("files/a.json", "2");
  await journal("up\ndown\nup\n");
  await dinit.printed(`dinit: web: ${dinit.directory}/files/a.json has changed: its process is replaced`);
  assertEquals((await dinit.upgrade()).code, 0);
  dinit.write("files/b.json", "1");
  await journal("up\ndown\nup\ndown\nup\n");
  assertEquals((await dinit.ctl("is-started", "boot")).code, 0);
  const { stdout } = await dinit.ctl("--json", "status", "web");
  assertEquals(JSON.parse(stdout).services[0].state, "STARTED", stdout);
});
