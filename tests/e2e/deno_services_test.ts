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

Deno.test("a recorded line is verified with a command, and a word that the line lacks is told", async () => {
  await using dinit = new Dinit({
    boot: settings("type = internal", "depends-on = web"),
    web: settings("type = process", "deno-script = ../web.ts", "deno-permissions = all"),
  });
  dinit.write("page", "hello");
  dinit.write(
    "web.ts",
    `let text = "?";
    try { text = Deno.readTextFileSync(new URL("page", import.meta.url)); } catch { /* denied */ }
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) =>
      Deno.writeTextFileSync(new URL("port", import.meta.url), String(port)) }, () => new Response(text));`,
  );
  // The test of the project: the page is there, with its text.
  dinit.write(
    "check.ts",
    `for (let tries = 0; ; tries++) {
      try {
        const port = Deno.readTextFileSync(new URL("port", import.meta.url));
        Deno.exit(await (await fetch("http://127.0.0.1:" + port)).text() === "hello" ? 0 : 3);
      } catch (error) {
        if (tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }`,
  );
  dinit.start({ args: ["--host", "native"], env: { DENO: Deno.execPath() } });
  await until(() => exists(`${dinit.directory}/port`), "the port");
  const check = `--verify=${Deno.execPath()} run --no-config --allow-all ${dinit.directory}/check.ts`;
  const { code: status, stdout, stderr } = await dinit.ctl("permissions", "web", "--record", check);
  assertEquals(status, 0, stdout + stderr);
  const [line] = /^deno-permissions = .*$/m.exec(stdout)!;
  assertStringIncludes(stdout, `nothing denied under\n${line}\n`);

  const words = line.split(" = ")[1].split(" ").filter((word) => !word.startsWith("read="));
  dinit.write(
    "sd/web",
    settings("type = process", "deno-script = ../web.ts", `deno-permissions = ${words.join(" ")}`),
  );
  await dinit.ctl("reload", "web");
  await dinit.ctl("restart", "web", "--force");
  const without = await dinit.ctl("permissions", "web", check);
  assertEquals(without.code, 1, without.stderr);
  assertStringIncludes(without.stdout, `deno-permissions += read=${dinit.directory}/page\n`);
  assertStringIncludes(without.stdout, "The command has failed (status 3).\n");
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
