/** The descriptor on which the daemon says that it is ready. */

import { assertEquals } from "@std/assert";
import { isOpen, Readiness } from "../../src/daemon/readiness.ts";
import { outputOf } from "../_processes.ts";
import { Scene } from "./_scene.ts";

Deno.test("standard streams are open, and a number that nothing has is not", () => {
  assertEquals([1, 2, 987].map(isOpen), [true, true, false]);
});

/** Announces its readiness on descriptor 3; prints what the file at that descriptor holds, and whether it is open. */
const PROGRAM = `
  import { isOpen, Readiness } from "${new URL("../../src/daemon/readiness.ts", import.meta.url).href}";
  const readiness = new Readiness(3, { message: (level, text) => console.log(level, text) });
  const state = () => console.log(JSON.stringify([Deno.readTextFileSync(Deno.args[0]), isOpen(3)]));
  readiness.announce(undefined);
  state();
  readiness.announce("/run/socket");
  readiness.announce("/run/socket");
  state();
`;

// This needs a separate process: in the process of the tests, other tests open descriptors at the same time.
Deno.test("readiness is announced once, with the path of the socket and a NUL, and its descriptor is closed", async () => {
  using scene = new Scene();
  const path = scene.write("ready", "");
  const program = scene.write("program.js", PROGRAM);
  const words = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", program, path];
  const { stdout } = await outputOf("/bin/sh", { args: ["-c", 'exec "$@" 3>"$0"', path, ...words] });
  assertEquals(new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line)), [
    ["", true],
    ["/run/socket\0", false],
  ]);
});

Deno.test("readiness that cannot be announced is told, once", () => {
  using scene = new Scene();
  const readiness = new Readiness(987, scene.log);
  readiness.announce("/run/socket");
  readiness.announce("/run/socket");
  assertEquals(scene.log.lines, ["error Cannot report readiness: Bad file descriptor"]);
  new Readiness(undefined, scene.log).announce("/run/socket");
  assertEquals(scene.log.lines.length, 1);
});
