/** Evaluates an ecosystem file that is JavaScript: in a Deno without any permission, with limits of time and memory. */

import { decodeBytes } from "../../../model/mod.ts";
import { InputError } from "../input_files.ts";

/** How long the evaluation may take, in milliseconds. */
const TIME_LIMIT = 10_000;
/** More output than any configuration has, in characters. */
const LONGEST_OUTPUT = 4 * 1024 ** 2;
/** The largest heap, in megabytes. */
const HEAP_LIMIT = 128;

/**
 * The value that a CommonJS module exports. Files and the environment are out of its reach; of the modules that it may
 * require, there are only `path`, and of `os` the number of processors. Throws `InputError`.
 */
export async function evaluateModule(text: string, path: string): Promise<unknown> {
  const child = await start(path);
  const abort = setTimeout(() => child.kill("SIGKILL"), TIME_LIMIT);
  try {
    const writer = child.stdin.getWriter();
    const fed = writer.write(new TextEncoder().encode(program(text, path))).then(() => writer.close());
    const [output, errors, status] = await Promise.all([
      textOf(child.stdout, child),
      textOf(child.stderr, child),
      child.status,
      fed.catch(() => {}), // a program that ended early does not read
    ]);
    if (status.signal === "SIGKILL") {
      throw new InputError(`Cannot read ${path}: its evaluation takes too long or prints too much`);
    }
    if (!status.success) throw new InputError(`Cannot read ${path}: ${firstError(errors)}`);
    return parsed(output, path);
  } finally {
    clearTimeout(abort);
  }
}

/** The program of this process may be the compiled binary, which runs no scripts. */
async function start(path: string): Promise<Deno.ChildProcess> {
  const program = Deno.build.standalone ? "deno" : Deno.execPath();
  const args = [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--no-remote",
    "--no-npm",
    "--ext=js",
    `--v8-flags=--max-old-space-size=${HEAP_LIMIT}`,
    "-",
  ];
  try {
    return await new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(
      `Cannot read ${path}: it is JavaScript, and there is no program 'deno'; convert it to JSON`,
      {
        cause: error,
      },
    );
  }
}

/** The script: the text as a CommonJS module, and its exports as JSON behind a mark. */
function program(text: string, path: string): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1) || "./";
  return [
    'import * as path from "node:path";',
    'const os = { cpus: () => Array.from({ length: navigator.hardwareConcurrency }, () => ({})), EOL: "\\n" };',
    "const module = { exports: {} };",
    "const require = (name) => {",
    '  if (name === "path" || name === "node:path") return path;',
    '  if (name === "os" || name === "node:os") return os;',
    '  throw new Error("the file requires " + name + ", which it cannot here; convert it to JSON");',
    "};",
    'const process = { env: {}, argv: [], cwd: () => ".", platform: "linux", version: "v20.0.0" };',
    `new Function("module", "exports", "require", "process", "__dirname", "__filename", ${
      JSON.stringify(text)
    })(`,
    `  module, module.exports, require, process, ${JSON.stringify(folder)}, ${JSON.stringify(path)});`,
    `console.log(${JSON.stringify(MARK)} + JSON.stringify(module.exports));`,
  ].join("\n");
}

/** What stands in front of the result, so that other output does not matter. */
const MARK = "\x01exports:";

async function textOf(stream: ReadableStream<Uint8Array>, child: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    if (text.length > LONGEST_OUTPUT) child.kill("SIGKILL");
    else text += decodeBytes(chunk);
  }
  return text;
}

function parsed(output: string, path: string): unknown {
  const mark = output.lastIndexOf(MARK);
  try {
    return JSON.parse(output.slice(mark + MARK.length));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`Cannot read ${path}: it exports nothing that is data`, { cause: error });
  }
}

function firstError(errors: string): string {
  const line = errors.split("\n").find((one) => one.includes("error")) ?? errors.split("\n")[0];
  // deno-lint-ignore no-control-regex -- the colours of the message
  return line.replaceAll(/\x1b\[[0-9;]*m/g, "").replace(/^error: (Uncaught )?(\(in promise\) )?/, "");
}
