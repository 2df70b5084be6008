/** Files that are too large are refused with the limit, before they fill the daemon's memory. */

import { assertEquals } from "@std/assert";
import { parseEnvironmentFile } from "../../src/description/mod.ts";
import { Services } from "./_support.ts";

const MEGABYTE = 1024 * 1024;

/** Comment lines of that size in all. */
function comments(size: number): string {
  const line = `#${"x".repeat(126)}\n`;
  return line.repeat(size / line.length);
}

Deno.test("a description may have four megabytes and not one byte more", () => {
  using services = new Services({ s: comments(4 * MEGABYTE) });
  assertEquals(services.load("s").name, "s");
  services.write("s", comments(4 * MEGABYTE) + "#");
  assertEquals(services.failure("s"), "s: error loading: <SD>/s: File too large (the limit is 4 MB)");
});

Deno.test("an included file that is too large is refused with the limit", () => {
  using services = new Services({ s: "@include big\n", big: comments(4 * MEGABYTE) + "#" });
  assertEquals(services.failure("s"), "s: error loading: big: File too large (the limit is 4 MB)");
});

Deno.test("an environment file that is too large is refused with the limit", () => {
  using services = new Services({ s: "env-file = big\n", big: "A=b\n".repeat(MEGABYTE + 1) });
  assertEquals(
    services.failure("s"),
    "s: error loading: could not load environment file: File too large (the limit is 4 MB)",
  );
});

const TOO_LARGE_TOGETHER = "s: error loading: supported length for string/container exceeded " +
  "(the limit of all its files together is 16 MB)";

Deno.test("the files of one description that are too large together are refused with the limit", () => {
  using services = new Services({ s: "@include big\n".repeat(4), big: comments(4 * MEGABYTE) });
  assertEquals(services.failure("s"), TOO_LARGE_TOGETHER);
});

Deno.test("an environment file counts as one of the files of a description", () => {
  using services = new Services({
    s: "@include big\n".repeat(3) + "env-file = env\n",
    big: comments(4 * MEGABYTE),
    env: comments(4 * MEGABYTE),
  });
  assertEquals(services.failure("s"), TOO_LARGE_TOGETHER);
});

Deno.test("the size of a description counts its files and what substitution adds", () => {
  using services = new Services({ s: "type = process\ncommand = $A\nenv-file = env\n", env: "B=b\n" });
  const { size } = services.load("s", { env: { A: "x".repeat(1000) } });
  assertEquals(size >= 1000 + 43, true, `${size}`);
});

Deno.test("an environment file of four megabytes without one good line is read", () => {
  const { problems } = parseEnvironmentFile(new TextEncoder().encode("A\n".repeat(2 * MEGABYTE)));
  assertEquals(problems.length, 2 * MEGABYTE);
});
