/** A real program for Deno, and what it may do. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { soon, until } from "../_patience.ts";
import { Dinit, dinitCommand } from "./_dinit.ts";
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

Deno.test("the permissions of a running service are recorded, and its dependents stay up", async () => {
  await using dinit = new Dinit({
    boot: settings("type = internal", "depends-on = web"),
    web: settings("type = process", "deno-script = ../web.ts", "deno-permissions = all"),
  });
  const code = 'Deno.writeTextFileSync("../journal", "up\\n", { append: true }); setInterval(() => {}, 1e6);';
  dinit.write("web.ts", code);
  dinit.start({ args: ["--host", "native"], env: { DENO: Deno.execPath() } });
  const journal = (text: string) => until(() => dinit.read("journal") === text, () => dinit.read("journal"));
  await journal("up\n");
  const [program, ...words] = dinitCommand([
    "ctl",
    "--socket-path",
    dinit.socket,
    "permissions",
    "web",
    "--record",
  ]);
  const recorder = new Deno.Command(program, { args: words, stdout: "piped", stderr: "piped" }).spawn();
  await journal("up\nup\n");
  recorder.kill("SIGINT");
  const { code: status, stdout, stderr } = await soon(recorder.output(), "the end of the recording");
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(status, 0, text(stderr));
  assertStringIncludes(text(stdout), "deno-permissions = write=");
  assertStringIncludes(text(stdout), "/journal\n");
  await journal("up\nup\nup\n");
  assertEquals((await dinit.ctl("is-started", "boot")).code, 0);
});
