import { assert, assertEquals } from "@std/assert";
import { Dinit, runDinit } from "./_dinit.ts";

const BOOT = "type = internal\nwaits-for.d = boot.d\nwaits-for = good\n";
const GOOD = "type = process\ncommand = sleep 1000\n";

/** Starts a set of services in which `boot` waits for `good` and `bad`, and gives the daemon's lines. */
async function withBad(bad: Record<string, string>): Promise<{ dinit: Dinit; file: string }> {
  const dinit = new Dinit({ boot: BOOT, good: GOOD, ...bad });
  Deno.mkdirSync(`${dinit.directory}/sd/boot.d`);
  dinit.start({ args: ["--host", "command", "-t", "boot", "-t", "bad"] });
  await dinit.printed("[  OK  ] boot");
  return { dinit, file: `${dinit.directory}/sd/bad` };
}

const MISTAKES: Record<string, { text: string; says: (file: string) => string[] }> = {
  "a wrong setting": {
    text: "type = process\ncomand = sleep 1\n",
    says: (
      file,
    ) => [`dinit: Error in service description for 'bad' (file ${file}, line 2): unknown setting: 'comand'.`],
  },
  "a wrong value": {
    text: "type = process\ncommand = sleep 1\nrestart-delay = soon\n",
    says: (
      file,
    ) => [
      `dinit: Error in service description for 'bad' (file ${file}, line 3): bad value for restart-delay`,
    ],
  },
  "a missing command": {
    text: "type = process\n",
    says: () => ["dinit: bad: error loading: 'command' setting not specified."],
  },
  "a circle": {
    text: "depends-on = bad\n",
    says: () => [
      "dinit: Could not load service bad: has cyclic dependency.",
      "dinit: bad: error loading: could not load dependency.",
    ],
  },
  "a missing dependency": {
    text: "depends-on = nosuch\n",
    says: () => [
      "dinit: Could not load service nosuch: service description not found.",
      "dinit: bad: error loading: could not load dependency.",
    ],
  },
  "a missing program": {
    text: "type = process\ncommand = /no/such/program\n",
    says: () => [
      "dinit: bad: execution failed - executing command: No such file or directory",
      "[FAILED] bad",
      "    bad: cannot execute /no/such/program",
    ],
  },
  "a program that may not be executed": {
    text: "type = process\ncommand = /etc/passwd\n",
    says: () => [
      "dinit: bad: execution failed - executing command: Permission denied",
      "[FAILED] bad",
      "    bad: cannot execute /etc/passwd",
    ],
  },
  "a missing working directory": {
    text: "type = process\ncommand = true\nworking-dir = /no/such/directory\n",
    says:
      () => ["dinit: bad: execution failed - changing directory: No such file or directory", "[FAILED] bad"],
  },
  "a missing log directory": {
    text: "type = process\ncommand = true\nlogfile = /no/such/directory/log\n",
    says:
      () => ["dinit: bad: execution failed - opening log file: No such file or directory", "[FAILED] bad"],
  },
  "a setting that this host cannot carry out": {
    text: "type = process\ncommand = true\nnice = 5\n",
    says: () => [
      "dinit: bad: error loading: 'nice': the command host cannot do this, the native host can (grant --allow-ffi).",
    ],
  },
};

for (const [mistake, { text, says }] of Object.entries(MISTAKES)) {
  Deno.test(`${mistake} is told in one clear line, and other services run on`, async () => {
    const { dinit, file } = await withBad({ bad: text });
    await using _end = dinit;
    const expected = says(file);
    await dinit.until(() => expected.every((line) => dinit.lines.includes(line)), expected.join(" and "));
    const own = dinit.lines.filter((line) => line.includes("bad") || line.includes("nosuch"));
    assertEquals(own, expected);
    assertEquals((await dinit.ctl("is-started", "good")).stdout, "STARTED\n");
  });
}

Deno.test("a service that was never described is named", async () => {
  await using dinit = new Dinit({}).start({ args: ["-t", "ghost"] });
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(dinit.lines, ["dinit: ghost: could not find service description."]);
});

Deno.test("a word that is no option is told", async () => {
  const { code, stderr } = await runDinit(["--socket", "x"]);
  assertEquals([code, stderr], [1, "dinit: unrecognized option: --socket\n"]);
});

Deno.test("a bad line in the environment file is told, and the others count", async () => {
  await using dinit = new Dinit({ boot: 'type = scripted\ncommand = sh -c "echo $${GREETING} > ../said"\n' });
  dinit.write("environment", "this is no setting\nGREETING=hello\n");
  dinit.start({ args: ["--env-file", `${dinit.directory}/environment`] });
  await dinit.printed("[  OK  ] boot");
  assertEquals(dinit.read("said"), "hello\n");
  assert(dinit.lines.includes("dinit: Invalid environment variable setting in environment file (line 1)"));
});

Deno.test("an environment file that cannot be read is told", async () => {
  await using dinit = new Dinit({ boot: "" }).start({ args: ["--env-file", "/no/such/file"] });
  await dinit.printed("dinit: Cannot read environment file '/no/such/file': No such file or directory");
  await dinit.printed("[  OK  ] boot");
});
