/** A program with the fault handlers continues as the same process after each kind of fault. */

import { assert, assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

const PROGRAM = new URL("_faulty_program.ts", import.meta.url).pathname;
const [SEGV, ABRT, VTALRM] = [11, 6, 26];

async function linesOf(
  fault: string,
  flags: readonly string[] = [],
): Promise<{ lines: string[]; code: number }> {
  const args = ["run", "--no-prompt", "--allow-all", "--quiet", ...flags, PROGRAM, fault];
  const { stdout, code } = await outputOf(Deno.execPath(), { args });
  return { lines: new TextDecoder().decode(stdout).trim().split("\n"), code };
}

const FAULTS: readonly [name: string, signal: number, flags?: readonly string[]][] = [
  ["wild pointer", SEGV],
  ["abort", ABRT],
  ["from outside", SEGV],
  ["out of memory", -1, ["--v8-flags=--max-old-space-size=32"]],
  ["unexpected exit", 0],
  ["uncaught error", 0],
  ["endless loop", VTALRM],
];

for (const [name, signal, flags] of FAULTS) {
  Deno.test(
    `a program continues with its id and its children after a fault: ${name}`,
    async () => {
      const { lines, code } = await linesOf(name, flags);
      const [before, after] = [JSON.parse(lines[0]), JSON.parse(lines.at(-1)!)];
      assertEquals(after.pid, before.pid);
      assert(after.isChild, "the child is lost");
      if (signal >= 0) assertEquals(after.signal, signal);
      assertEquals(code, 0);
      assertEquals(BigInt(`0x${after.blocked}`) & (1n << 14n), 1n << 14n); // TERM waits until somebody listens
    },
  );
}

Deno.test(
  "a busy program whose event loop turns has no fault, also with a profiler, and an ordered end is none",
  async () => {
    const directory = await Deno.makeTempDir({ prefix: "dinit-profile-" });
    const { lines, code } = await linesOf("busy", ["--cpu-prof", `--cpu-prof-dir=${directory}`]);
    await Deno.remove(directory, { recursive: true });
    assertEquals([lines.at(-1), code], ["survived", 5]);
  },
);
