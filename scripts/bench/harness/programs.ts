/** Runs programs to their end. */

import { DINIT_BINARY } from "./daemon.ts";

/** Milliseconds that a program takes. Throws if it ends with another status than is expected. */
export async function timeOf(program: string, args: readonly string[], expected = 0): Promise<number> {
  const before = performance.now();
  const stderr = expected === 0 ? "inherit" : "null";
  const command = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr });
  const { code } = await command.spawn().status;
  if (code !== expected) throw new Error(`failed: ${program} ${args.join(" ")}`);
  return performance.now() - before;
}

/**
 * The milliseconds that an empty Deno program takes, the floor of every Deno program. When a compiled binary is
 * measured, the compiler of `scripts/compile.ts` compiles the empty program, too.
 */
export function emptyProgram(folder: string): () => Promise<number> {
  const path = `${folder}/empty.ts`;
  Deno.writeTextFileSync(path, "");
  if (DINIT_BINARY === undefined) return () => timeOf(Deno.execPath(), ["run", path]);
  const compiler = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
  const args = ["compile", "--quiet", "--no-config", "--no-code-cache", "--output", `${folder}/empty`, path];
  const { success } = new Deno.Command(compiler, { args }).outputSync();
  if (!success) throw new Error(`failed: ${compiler} ${args.join(" ")}`);
  return () => timeOf(`${folder}/empty`, []);
}

/**
 * Runs a part of a benchmark in a separate program and returns the JSON that it prints.
 *
 * @param file the program, a URL
 * @param flags options of the runtime. @default []
 */
export async function partOf<Result>(
  file: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<Result> {
  const program = decodeURIComponent(new URL(file).pathname);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, "--allow-all", program, ...args],
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`failed: ${program} ${args.join(" ")}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Result;
}
