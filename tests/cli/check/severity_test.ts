import { assert, assertEquals } from "@std/assert";
import { check, checkIn, Services } from "./_support.ts";

const VALID = "type = process\ncommand = /bin/true\n";

/** The exit status without options, with --explain, and with both levels of --severity. */
async function statuses(
  text: string,
  env: Readonly<Record<string, string>> = { PATH: "/bin" },
): Promise<number[]> {
  using services = new Services({ s: text });
  const all: number[] = [];
  for (const options of [[], ["--explain"], ["--severity=error"], ["--severity", "warning"]]) {
    all.push((await checkIn(services, [...options, "s"], { env })).status);
  }
  return all;
}

Deno.test("which findings make the exit status 1 depends on --severity", async () => {
  assertEquals(await statuses(VALID), [0, 0, 0, 0]);
  assertEquals(await statuses(`${VALID}foo = 1\n`), [1, 1, 1, 1], "an error");
  assertEquals(await statuses(`${VALID}logfile = none/x\n`), [1, 1, 0, 1], "a warning of the reference");
  assertEquals(await statuses(VALID.replace("true", "true & ")), [0, 1, 0, 1], "a warning of ours");
  assertEquals(await statuses(`${VALID}chain-to = \${A-x}\n`), [0, 0, 0, 0], "a note");
});

Deno.test("with --explain a program without a path is searched in PATH, as the daemon does", async () => {
  const sh = VALID.replace("/bin/true", "sh");
  assertEquals(await statuses(sh), [1, 0, 0, 1]);
  assertEquals(await statuses(sh, { PATH: "/none" }), [1, 1, 0, 1]);
  assertEquals(await statuses(sh, {}), [1, 0, 0, 1], "without PATH, in the usual folders");
});

Deno.test("the search uses the PATH of the service, and its working directory for a relative program", async () => {
  using services = new Services({
    a: "type = process\ncommand = tool\nenv-file = env\n",
    b: "type = process\ncommand = ./bin/tool\n",
    c: "type = process\ncommand = ./tool\n",
    d: "type = process\ncommand = data\nenv-file = env\n",
    e: "type = process\ncommand = ./tool\n",
    "bin/tool": "",
    "bin/data": "",
  });
  services.write("env", `PATH=${services.path("bin")}\n`);
  services.write("e", `type = process\ncommand = ./tool\nworking-dir = ${services.path("bin")}\n`);
  Deno.chmodSync(services.path("bin/tool"), 0o755);
  const run = (name: string) => checkIn(services, ["--explain", name]);
  for (const name of ["a", "b", "e"]) assertEquals((await run(name)).status, 0, name);
  assert((await run("c")).err.includes("'./tool' does not exist in <SD>"));
  assert((await run("d")).err.includes("'data' (<SD>/bin/data) is not executable."));
});

Deno.test("an empty stop-command counts as none", async () => {
  assertEquals(await statuses(`${VALID.replace("process", "scripted")}stop-command = ""\n`), [0, 0, 0, 0]);
});

Deno.test("explanations appear at a terminal, too, and the exit status stays the same", async () => {
  using services = new Services({ s: "type = process\ncommand = sh\nwaits-for = databse\n", database: "" });
  const run = (columns?: number) =>
    check(["-d", services.directory, "s"], { columns, env: { PATH: "/bin" } });
  const [pipe, terminal] = [await run(), await run(80)];
  assertEquals(pipe.err.includes("    "), false);
  for (const hint of ["    did you mean `database`?\n", "    named by service 's'", "    it is /bin/sh\n"]) {
    assert(terminal.err.includes(hint), hint);
  }
  assert(terminal.err.includes("'sh' is not an absolute path"));
  assertEquals([pipe.status, terminal.status], [1, 1]);
});

Deno.test("--severity takes only levels that exist", async () => {
  for (const args of [["--severity"], ["--severity="], ["--severity=note"], ["--severity", "x"]]) {
    assertEquals(
      (await check(args)).err,
      "dinit-check: --severity should be followed by one of: error, warning\n",
    );
  }
});
