import { assertEquals, assertStringIncludes } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { make, SETTING, TYPE } from "./_additions.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);
/** Checking the types of a program takes seconds, and more on a busy machine; in milliseconds. */
const PATIENCE = 240_000;

async function copy(what: string, folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/${what}`, { recursive: true });
  for await (const entry of Deno.readDir(ROOT + what)) {
    const path = `${what}/${entry.name}`;
    if (entry.isDirectory) await copy(path, folder);
    else await Deno.copyFile(ROOT + path, `${folder}/${path}`);
  }
}

/** Runs the program of the additions in a copy of the program; gives what it printed. Throws if it fails. */
async function runWith(folder: string): Promise<string> {
  const args = ["run", "--check", "--no-lock", "--no-prompt", "--allow-read", "--allow-write", "--allow-env"];
  const config = `--config=${ROOT}deno.json`;
  const program = `${folder}/tests/docs/_additions_program.ts`;
  const { code, signal, stdout, stderr } = await outputOf(
    Deno.execPath(),
    { args: [...args, config, program], env: { NO_COLOR: "1" }, stdin: "null" },
    PATIENCE,
  );
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals({ code, signal }, { code: 0, signal: null }, `${err}\n${out}`);
  return out;
}

Deno.test("a new type of services and a new setting touch two files each", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dinit-additions-" });
  try {
    for (const what of ["src", "scripts", "tests/engine", "tests/docs"]) await copy(what, folder);
    for (const name of ["_patience.ts", "_processes.ts"]) {
      await Deno.copyFile(`${ROOT}tests/${name}`, `${folder}/tests/${name}`);
    }
    for (const addition of [TYPE, SETTING]) {
      assertEquals(Object.keys(addition).length, 2);
      make(addition, folder);
    }
    const out = await runWith(folder);
    const { seen, launched, printed, types, log, mistake } = JSON.parse(out);
    assertEquals(seen, [
      "STARTING launching",
      "STARTING running-start-command",
      "STARTED up",
      "STOPPED stopped",
    ]);
    assertEquals(launched, [["/bin/a"], ["/bin/p"]]); // and no stop command
    assertEquals(types, ["process", "once"]);
    assertEquals(log, []);
    assertStringIncludes(
      mistake[0],
      `one of: "scripted", "process", "bgprocess", "internal", "triggered" or "once"`,
    );
    assertStringIncludes(printed[0], "type = once\n");
    assertStringIncludes(printed[1], "grace-time = 1.5\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
