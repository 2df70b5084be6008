import { assertEquals } from "@std/assert";
import { EXTENDED_TABLE } from "../../description/_extension.ts";
import { checkIn, Services } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

/** Runs the checker with a table that has an extension. */
async function checkExtended(text: string, ...args: string[]) {
  using services = new Services({ s: text });
  return await checkIn(services, [...args, "s"], { settings: EXTENDED_TABLE });
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => !/^(?:Checking|Performing|Secondary|)(?: .*)?$/.test(line));
}

Deno.test("check --portable warns of a line that the reference refuses", async () => {
  const { out, err, status } = await checkExtended(`${PROCESS}grace-time = 1\n`, "--portable");
  assertEquals(linesOf(err), [
    "Service 's' (<SD>/s:3): warning: dinit 0.22.1 refuses the setting 'grace-time'; write @meta grace-time = VALUE",
  ]);
  assertEquals([linesOf(out), status], [["One or more errors/warnings issued."], 1]);
});

Deno.test("check --portable does not report @meta lines and settings of the reference", async () => {
  const { err, status } = await checkExtended(`${PROCESS}@meta grace-time = 1\n`, "--portable");
  assertEquals([linesOf(err), status], [[], 0]);
});

Deno.test("without --portable an extension is a setting like any other", async () => {
  for (const form of [[], ["--explain"], ["--severity=warning"]]) {
    const { err, status } = await checkExtended(`${PROCESS}grace-time = 1\n`, ...form);
    assertEquals([linesOf(err), status], [[], 0], form.join());
  }
});

Deno.test("check --portable gives programs the place of the line, and --severity=error ignores the warning", async () => {
  const { out, status } = await checkExtended(`${PROCESS}grace-time = 1\n`, "--portable", "--json");
  const [found] = JSON.parse(out);
  assertEquals([found.code, found.setting, found.line, found.column, found.severity, status], [
    "not-portable",
    "grace-time",
    3,
    14,
    "warning",
    1,
  ]);
  const lenient = await checkExtended(`${PROCESS}grace-time = 1\n`, "--portable", "--severity=error");
  assertEquals(lenient.status, 0);
});

Deno.test("check --print --portable writes extensions as @meta lines", async () => {
  const { out } = await checkExtended(`${PROCESS}grace-time = 2h\n`, "--print", "--portable");
  assertEquals(out, "# s (<SD>/s)\ntype = process\ncommand = /bin/true\n@meta grace-time = 7200\n");
  const plain = await checkExtended(`${PROCESS}@meta grace-time = 2h\n`, "--print");
  assertEquals(plain.out, "# s (<SD>/s)\ntype = process\ncommand = /bin/true\ngrace-time = 7200\n");
});

Deno.test("a mistake in an @meta line of an extension is an error of the checker", async () => {
  const { err, status } = await checkExtended(`${PROCESS}@meta grace-time = soon\n`);
  assertEquals(linesOf(err), [
    "Service 's' (<SD>/s:3): bad duration 'soon': write a number of seconds, or a number with a unit: " +
    "500ms, 30s, 15m, 2h, 7d",
  ]);
  assertEquals(status, 1);
});

Deno.test("check --portable warns of a value that the reference refuses, unless it is on a @meta line", async () => {
  const { err } = await checkExtended(`${PROCESS}ready-notification = notify\n`, "--portable");
  const refused = "dinit 0.22.1 refuses 'ready-notification = notify'";
  assertEquals(err.includes(`${refused}; write @meta ready-notification = notify`), true, err);
  for (const line of ["@meta ready-notification = notify", "ready-notification = pipefd:3"]) {
    const { err } = await checkExtended(`${PROCESS}${line}\n`, "--portable");
    assertEquals(err.includes(refused), false, err);
  }
});

Deno.test("check --portable warns of an optional environment file, of env and of required variables", async () => {
  using services = new Services({
    s: `${PROCESS}env-file = -none\nenv = X=1\nstop-command = /bin/true "\${X:?no}"\n@meta env = Y=\${X:?no}\n`,
  });
  const { err, status } = await checkIn(services, ["--portable", "s"], { env: { X: "1" } });
  const place = (line: number) => `Service 's' (<SD>/s:${line}): warning: dinit 0.22.1 refuses`;
  const portable = linesOf(err).filter((line) => !line.includes("variable substitution performed"));
  assertEquals(portable, [
    `${place(3)} 'env-file = -none'; write @meta env-file = -none`,
    `${place(4)} the setting 'env'; write @meta env = VALUE`,
    "Service 's': warning: dinit 0.22.1 refuses ${NAME:?MESSAGE} in 'stop-command'; write ${NAME}",
  ]);
  assertEquals(status, 1);
});
