import { outputOf } from "../../_processes.ts";
import { assertEquals } from "@std/assert";
import { check, checkIn, SECONDARY_DONE, Services } from "./_support.ts";

const GUESS =
  "dinit-check: warning: variable substitution performed by dinit-check for file paths may not match dinit daemon " +
  "(environment may differ); use --online to avoid this warning\n";

Deno.test("variables come from the tool's environment and from the environment file", async () => {
  using services = new Services({
    s: "depends-on = $A$B\n",
    "1x": "",
    environment: "B=x\n",
  });
  const { err, status } = await checkIn(services, ["-e", services.path("environment"), "s"], {
    env: { A: "1", B: "2" },
  });
  assertEquals([err, status], [GUESS + SECONDARY_DONE, 0]);
});

Deno.test("a note about guessed variables appears once per service, with --explain once, and does not count", async () => {
  using services = new Services({
    s: "depends-on = ${A-t}\ndepends-on = ${B-t}\n",
    t: "waits-for = ${C-u}\n",
    u: "",
  });
  const { err, status } = await checkIn(services, ["s"]);
  assertEquals([err.split(GUESS).length, status], [3, 0]);
  assertEquals((await checkIn(services, ["--explain", "s"])).err.split(GUESS).length, 2);
});

Deno.test("without variables there is nothing to guess", async () => {
  using services = new Services({ s: "chain-to = ${1}\n" });
  assertEquals(await checkIn(services, ["s@x"]), {
    out: "Checking service: s@x...\nPerforming secondary checks...\nNo problems found.\n",
    err: SECONDARY_DONE,
    status: 0,
  });
});

Deno.test("an environment file that does not exist is ignored", async () => {
  using services = new Services({ s: "" });
  assertEquals((await checkIn(services, ["-e", services.path("none"), "s"])).status, 0);
});

Deno.test("an environment file that cannot be read ends the check", async () => {
  using services = new Services({ s: "", "file": "" });
  assertEquals(await checkIn(services, ["-e", services.directory, "s"]), {
    out: "",
    err: "dinit-check: error reading environment file <SD>: Is a directory\n",
    status: 1,
  });
  assertEquals(await checkIn(services, ["-e", services.path("file/x"), "s"]), {
    out: "",
    err: "dinit-check: error reading environment file <SD>/file/x: Not a directory\n",
    status: 1,
  });
});

Deno.test("bad lines of an environment file are reported and do not count", async () => {
  using services = new Services({ s: "", environment: "# fine\nexport A=1\n!frobnicate\n" });
  assertEquals(await checkIn(services, ["s", "-e", services.path("environment")]), {
    out: "Checking service: s...\nPerforming secondary checks...\nNo problems found.\n",
    err:
      "dinit-check: warning: invalid environment variable setting in environment file <SD>/environment (line 2)\n" +
      "dinit-check: warning: bad command in environment file <SD>/environment (line 3)\n" +
      SECONDARY_DONE,
    status: 0,
  });
});

Deno.test("a description that reads a variable of a service's own file sees it", async () => {
  using services = new Services({
    s: "type = process\ncommand = ${PROGRAM}\nenv-file = vars\n",
    vars: "PROGRAM=/bin/sh\n",
  });
  assertEquals((await checkIn(services, ["s"])).status, 0);
});

Deno.test("a missing grant is named", async () => {
  const program = new URL("../../../src/cli/check/main.ts", import.meta.url).href;
  const { code, stderr } = await outputOf(Deno.execPath(), {
    args: [
      "eval",
      "--no-lock",
      `import { runCheck } from "${program}";
      Deno.permissions.revokeSync({ name: "env" });
      Deno.exit(await runCheck(["-u"]));`,
    ],
  });
  const text = new TextDecoder().decode(stderr);
  assertEquals(code, 1);
  assertEquals(
    /^dinit-check: permission denied: env access is needed \(grant --allow-env\)$/m.test(text),
    true,
    text,
  );
});

Deno.test("the environment file of the system is not a user's", async () => {
  using services = new Services({ s: "" });
  assertEquals((await check(["-u", "-d", services.directory, "s"])).err, SECONDARY_DONE);
});
