/** The small pure functions of the native host. */

import { assertEquals } from "@std/assert";
import { parseOwnCgroup } from "../../src/host/resources/cgroups.ts";
import { interpreterOf } from "../../src/host/launch/interpreter.ts";
import { decodeWaitStatus } from "../../src/system/mod.ts";
import { parsePid } from "../../src/host/processes/pid_file.ts";
import { binary } from "./_binary.ts";

Deno.test("a process id is read in the notations of C", () => {
  assertEquals(["12", " \t\n12", "12junk", "0x1f", "0X1F junk", "017", "018", "+7"].map(parsePid), [
    12,
    12,
    12,
    31,
    31,
    15,
    1,
    7,
  ]);
  assertEquals(["", "junk", "-5", "0x", "99999999999"].map(parsePid), [-1, -1, -1, 0, -1]);
});

Deno.test("the daemon's control group is known if it is in one hierarchy", () => {
  assertEquals(parseOwnCgroup("0::/a/b\n"), { path: "a/b" });
  assertEquals(parseOwnCgroup("0::/\n"), { path: "" });
  assertEquals(parseOwnCgroup("4:memory:/x\n"), { path: "x" });
  assertEquals(parseOwnCgroup("1:cpu:/\n0::/\n"), {
    problem: "In multiple cgroups, cannot determine cgroup root path",
  });
  for (const text of ["", "0:\n", "0::\n", "0::x\n"]) {
    assertEquals(parseOwnCgroup(text), { problem: "Could not determine cgroup root path" });
  }
});

Deno.test("the interpreter of a script is in its first line", () => {
  const interpreter = (text: string) => interpreterOf(new TextEncoder().encode(text));
  assertEquals(interpreter("#!/bin/sh\nexit\n"), "/bin/sh");
  assertEquals(interpreter("#! /usr/bin/env -S x y\n"), "/usr/bin/env");
  assertEquals(interpreter("\x7fELF"), undefined);
  assertEquals(interpreter("# a comment"), undefined);
  assertEquals(interpreter(`#!${" ".repeat(300)}/bin/sh`), undefined); // further than the kernel looks
});

Deno.test("the dynamic linker of a binary is in its program headers", () => {
  const file = binary("/lib/ld.so");
  assertEquals(interpreterOf(file), "/lib/ld.so");
  for (let length = 0; length < file.length; length++) {
    assertEquals(interpreterOf(file.subarray(0, length)), undefined, `${length} bytes`);
  }
  const header = Deno.readFileSync(Deno.realPathSync("/usr/bin/env")).subarray(0, 4096);
  assertEquals(Deno.statSync(interpreterOf(header)!).isFile, true);
});

Deno.test("how a process ended is read from its wait status", () => {
  assertEquals(decodeWaitStatus(0x0300), { kind: "exited", code: 3 });
  assertEquals(decodeWaitStatus(9), { kind: "killed", signal: 9, core: false });
  assertEquals(decodeWaitStatus(0x80 | 11), { kind: "killed", signal: 11, core: true });
});
