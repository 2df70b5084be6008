import "../_processes.ts";
import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { NO_DENO } from "../../src/model/mod.ts";
import { deniedAdvice } from "../../src/daemon/denied_permission.ts";

const deno = { ...NO_DENO, script: ["a.ts"] };

/** What Deno prints for a program that may do nothing. */
async function printed(code: string): Promise<string> {
  const { stderr } = await outputOf(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", `data:text/javascript,${encodeURIComponent(code)}`],
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  return new TextDecoder().decode(stderr);
}

Deno.test("what Deno denies is recognised, with the line to add", () => {
  const cases = [
    ['net access to "127.0.0.1:8080"', "net", "net=127.0.0.1:8080"],
    ['read access to "./public/a.html"', "read", "read=./public/a.html"],
    ['env access to "PORT"', "env", "env=PORT"],
    ["env access", "env", "env"],
    ["read access to <exec_path>", "read", "read"],
    ['write access to "/a b"', "write", "write"],
    ['run access to "git"', "run", "run=git"],
  ];
  for (const [need, flag, word] of cases) {
    const output =
      `error: Uncaught (in promise) NotCapable: Requires ${need}, run again with the --allow-${flag} flag\n` +
      "    at file:///a.ts:1:1\n";
    assertEquals(
      deniedAdvice(output, { deno }),
      `Deno has denied it a permission: add the line 'deno-permissions += ${word}'`,
    );
    assertEquals(
      deniedAdvice(output, { deno: NO_DENO }),
      `Deno has denied it a permission: add --allow-${word} to its command`,
    );
  }
});

Deno.test("the last of several denials counts, and other output is none", () => {
  const denial = (name: string) =>
    `NotCapable: Requires env access to "${name}", run again with the --allow-env flag\n`;
  assertEquals(
    deniedAdvice(denial("A") + denial("B"), { deno }),
    "Deno has denied it a permission: add the line 'deno-permissions += env=B'",
  );
  assertEquals(deniedAdvice("error: Uncaught Error: NotCapable\n", { deno }), undefined);
});

Deno.test("the words of the present Deno are recognised", async () => {
  const output = await printed('Deno.readTextFileSync("/etc/hostname")');
  assertEquals(
    deniedAdvice(output, { deno }),
    "Deno has denied it a permission: add the line 'deno-permissions += read=/etc/hostname'",
    output,
  );
});
