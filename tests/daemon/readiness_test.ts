/** The descriptor on which the daemon says that it is ready. */

import { assertEquals } from "@std/assert";
import { openSync } from "node:fs";
import { isOpen, Readiness } from "../../src/daemon/readiness.ts";
import { Scene } from "./_scene.ts";

Deno.test("standard streams are open, and a number that nothing has is not", () => {
  assertEquals([1, 2, 987].map(isOpen), [true, true, false]);
});

Deno.test("readiness is announced once, with the path of the socket and a NUL, and its descriptor is closed", () => {
  using scene = new Scene();
  const path = scene.write("ready", "");
  const fd = openSync(path, "w"); // the announcement closes it
  const readiness = new Readiness(fd, scene.log);
  readiness.announce(undefined);
  assertEquals(Deno.readTextFileSync(path), "", "there is no socket yet");
  readiness.announce("/run/socket");
  readiness.announce("/run/socket");
  assertEquals(Deno.readTextFileSync(path), "/run/socket\0");
  assertEquals([isOpen(fd), scene.log.lines], [false, []]);
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
