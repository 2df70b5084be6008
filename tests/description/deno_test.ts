import { assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { NO_DENO } from "../../src/model/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const env = { DENO: "/opt/deno" };
const PROCESS = "type = process\n";

function commandOf(text: string, variables: Record<string, string> = env): readonly string[] {
  return describe(PROCESS + text, { env: variables }).command;
}

Deno.test("a program for Deno is granted nothing unless its permissions say so", () => {
  for (const front of ["", "@meta "]) {
    assertEquals(commandOf(`${front}deno-script = src/web.ts --port 80\n`), [
      ...["/opt/deno", "run", "--no-prompt", "src/web.ts", "--port", "80"],
    ]);
  }
});

Deno.test("each permission of Deno is granted or denied by its own word", () => {
  const words =
    "net=127.0.0.1:8080 read=./public,/etc write env=PORT run=git sys ffi import=example.org deny-net=10.0.0.1";
  assertEquals(commandOf(`deno-permissions = ${words}\ndeno-script = a.ts\n`), [
    ...[
      "/opt/deno",
      "run",
      "--no-prompt",
      "--allow-net=127.0.0.1:8080",
      "--allow-read=./public,/etc",
      "--allow-write",
    ],
    ...["--allow-env=PORT", "--allow-run=git", "--allow-sys", "--allow-ffi", "--allow-import=example.org"],
    ...["--deny-net=10.0.0.1", "a.ts"],
  ]);
  assertEquals(commandOf("deno-script = a.ts\ndeno-permissions = all deny-run\n").slice(3, 5), [
    "--allow-all",
    "--deny-run",
  ]);
});

Deno.test("permissions and flags add up, and may contain variables", () => {
  const text = "env = P=8080\ndeno-script = a.ts $P\ndeno-permissions = net=:$P\ndeno-permissions += env\n" +
    "deno-flags = --unstable-kv\ndeno-flags += --v8-flags=--expose-gc\n";
  assertEquals(commandOf(text).slice(3), [
    ...["--allow-net=:8080", "--allow-env", "--unstable-kv", "--v8-flags=--expose-gc", "a.ts", "8080"],
  ]);
});

Deno.test("a mistake in permissions or flags names its line, and the word that was probably meant", () => {
  const known = "net, read, write, env, run, sys, ffi, import, deny-… or all";
  for (
    const [setting, value, message] of [
      ["deno-permissions", "nett=:80", "unknown permission 'nett': write 'net'"],
      ["deno-permissions", "--allow-read", "unknown permission '--allow-read': write 'read'"],
      ["deno-permissions", "everything", `unknown permission 'everything': write ${known}`],
      ["deno-permissions", "all=x", "'all' takes no list"],
      ["deno-permissions", "net=", "'net=' has an empty list: name what is meant, or leave the '=' out"],
      ["deno-permissions", "all net", "'all' grants everything: remove the other words, or 'all'"],
      ["deno-permissions", "$WRONG", "unknown permission 'nets': write 'net'"],
      ["deno-flags", "-A", "'-A' grants permissions: write them into 'deno-permissions'"],
      [
        "deno-flags",
        "--allow-net=:80",
        "'--allow-net=:80' grants permissions: write them into 'deno-permissions'",
      ],
      ["deno-flags", "x.ts", "'x.ts' is no flag: arguments of the program follow the script"],
    ]
  ) {
    const failure = failureOf(`${PROCESS}deno-script = a.ts\n${setting} = ${value}\n`, {
      env: { ...env, WRONG: "nets" },
    });
    assertEquals(failure, locatedSetting(setting, message, 3), value);
  }
});

Deno.test("settings that do not fit together are errors with their lines", () => {
  assertEquals(
    failureOf(`${PROCESS}command = x\ndeno-script = a.ts\n`, { env }),
    locatedSetting("deno-script", "there is also a 'command': keep one of them", 3),
  );
  assertEquals(
    failureOf(`${PROCESS}deno-permissions = net\n`, { env }),
    locatedSetting(
      "deno-permissions",
      "there is no program for Deno: set 'deno-script', or remove this line",
      2,
    ),
  );
  assertEquals(
    failureOf("deno-script = a.ts\n", { env }),
    locatedSetting(
      "deno-script",
      "only services with a process run a program: change 'type', or remove this line",
      1,
    ),
  );
});

Deno.test("Deno is found by the variable DENO, in PATH, or as the program of the daemon", () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-path-" });
  try {
    Deno.writeTextFileSync(`${folder}/deno`, "");
    assertEquals(commandOf("deno-script = a.ts\n", { PATH: `.:/nowhere:${folder}` })[0], `${folder}/deno`);
    assertEquals(commandOf(`env = PATH=${folder}\ndeno-script = a.ts\n`, {})[0], `${folder}/deno`);
    assertEquals(commandOf("deno-script = a.ts\n", { PATH: "/nowhere" })[0], Deno.execPath());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a program for Deno is printed by its settings, and read again", () => {
  const text = `${PROCESS}deno-script = a.ts "b c"\ndeno-permissions = net=:80\ndeno-flags = --quiet\n`;
  const description = describe(text, { env });
  assertEquals(printDescription(description), text);
  assertEquals(describe(printDescription(description, { portable: true }), { env }).deno, description.deno);
  assertEquals(describe(PROCESS + "command = x\n").deno === NO_DENO, true);
});
