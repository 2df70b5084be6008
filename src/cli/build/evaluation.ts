/** Runs service files in a Deno without permissions, and collects what they describe. */

import type { PlainSettings } from "../../description/toml/mod.ts";
import { buildFailure } from "./failure.ts";
import runnerText from "./runner.js" with { type: "text" };
import type { ServiceModule } from "./service_modules.ts";

/** A service that a file exports. */
export interface ExportedService {
  /** The name of the export. */
  readonly name: string;
  readonly isTemplate: boolean;
  readonly settings: PlainSettings;
}

/** Why a file describes nothing. */
export interface FileFailure {
  readonly message: string;
  /** The stack of the error; empty if it says nothing. */
  readonly stack: string;
  /** Whether the file wanted to do what needs a permission. */
  readonly denied: boolean;
}

/** What became of one file. */
export type FileResult =
  | { readonly services: readonly ExportedService[] }
  | { readonly failed: FileFailure };

/** How files are run. */
export interface EvaluationOptions {
  /** The Deno that runs them. */
  readonly deno: string;
  /** The folder of the files: its project's `deno.json` or `package.json` counts. */
  readonly folder: string;
  /** How long each file may take, in seconds. */
  readonly timeout: number;
  /** Receives what the files print. */
  readonly printed: (text: string) => void;
}

/** A line of the runner. */
type Message =
  | { readonly begin: number }
  | { readonly end: number } & FileResult;

/** Why the files were killed. */
type Killed = "time" | "size" | "signal";

/** How long Deno may take until the first file runs, in seconds: it may have to download packages. */
const LOADING = 120;
/** The most memory of the files, in megabytes. */
const MEMORY = 512;
/** The most that the runner may send, and the most of the files' own output that is shown, in characters. */
const MOST_SENT = 32 << 20;
const MOST_PRINTED = 64 << 10;
/** The system ends the process after this many seconds of processor time, also if this program is killed before. */
const PROCESSOR_TIME = 300;

/** What files without a project import as `@dinit/dinit/service`: the same as `src/service/mod.ts: defineService`. */
const SERVICE_MODULE =
  'export const defineService = (service) => ({ [Symbol.for("dinit.service")]: service });';

/** Signals that end this program; they end the files, too. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the files, one after the other. Throws `ToolFailure` if not all come to an end. */
export async function evaluate(
  modules: readonly ServiceModule[],
  options: EvaluationOptions,
): Promise<FileResult[]> {
  const { timeout, printed } = options;
  const child = start(options);
  const token = `${crypto.randomUUID()} `;
  let killed: Killed | undefined;
  const kill = (reason: Killed) => {
    killed ??= reason;
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
  };
  const interrupted = () => kill("signal");
  for (const signal of ENDING) Deno.addSignalListener(signal, interrupted);
  let timer = setTimeout(() => kill("time"), LOADING * 1000);
  const results: FileResult[] = [];
  let running: number | undefined;
  const take = (line: string) => {
    const message = line.startsWith(token) ? messageOf(line.slice(token.length)) : undefined;
    if (message === undefined) return; // a file has written it itself
    clearTimeout(timer);
    timer = setTimeout(() => kill("time"), timeout * 1000);
    if ("begin" in message) {
      running = message.begin;
    } else {
      results[message.end] = message;
      running = undefined;
    }
  };
  try {
    const [, errors] = await Promise.all([
      eachLine(child.stdout, take, () => kill("size")),
      beginning(child.stderr),
      write(child.stdin, program(modules, token)),
    ]);
    await child.status;
    if (killed === undefined && results.filter(Boolean).length === modules.length) {
      printed(errors);
      return results;
    }
    throw notEnded(running === undefined ? undefined : modules[running].file, killed, timeout, errors);
  } finally {
    clearTimeout(timer);
    for (const signal of ENDING) Deno.removeSignalListener(signal, interrupted);
  }
}

function start({ deno, folder }: EvaluationOptions): Deno.ChildProcess {
  const imports = {
    imports: { "@dinit/dinit/service": `data:text/javascript,${encodeURIComponent(SERVICE_MODULE)}` },
  };
  const map = hasConfiguration(folder)
    ? []
    : [`--import-map=data:application/json,${encodeURIComponent(JSON.stringify(imports))}`];
  const flags = ["--quiet", "--no-prompt", "--ext=js", `--v8-flags=--max-old-space-size=${MEMORY}`, ...map];
  return new Deno.Command("/bin/sh", {
    args: [
      ...["-c", 'ulimit -t "$1"; shift; exec "$@"', "sh", String(PROCESSOR_TIME)],
      ...[deno, "run", ...flags, "-"],
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Whether a project of Deno says what imports mean: an import map of ours would replace that. */
function hasConfiguration(folder: string): boolean {
  for (let at = folder; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      try {
        Deno.statSync(`${at}/${name}`);
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) throw error;
      }
    }
  }
  return false;
}

function program(modules: readonly ServiceModule[], token: string): string {
  const lines = modules.map(({ path }, index) => {
    const url = JSON.stringify(fileUrl(path));
    return `await load(${index}, () => import(${url}));`;
  });
  return `const TOKEN = ${JSON.stringify(token)};\n${runnerText}\n${lines.join("\n")}\nDeno.exit(0);\n`; // timers of the files do not count
}

function fileUrl(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

async function write(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error; // Deno has ended before it has read everything; its status tells
  }
}

/** Takes the lines of a stream. @param tooLong is called if there are more than the runner sends */
async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
  tooLong: () => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let size = 0;
  let parts: string[] = [];
  for await (const bytes of stream) {
    size += bytes.length;
    if (size > MOST_SENT) {
      tooLong();
      continue;
    }
    const [end, ...lines] = decoder.decode(bytes, { stream: true }).split("\n");
    parts.push(end);
    for (const line of lines) {
      take(parts.join(""));
      parts = [line];
    }
  }
  take(parts.join(""));
}

/** The beginning of what a stream holds; the rest is dropped. */
async function beginning(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    if (text.length < MOST_PRINTED) text += decoder.decode(bytes, { stream: true });
  }
  return text;
}

/** The message of a line; `undefined` if the line was cut. */
function messageOf(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message; // the runner sends nothing else
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function notEnded(file: string | undefined, killed: string | undefined, timeout: number, errors: string) {
  const lines = errors.trimEnd().split("\n").filter((line) => line !== "").slice(-8);
  if (killed === "signal") return buildFailure("interrupted; nothing was written");
  if (file === undefined) {
    const what = killed === "time"
      ? `the files were not loaded within ${LOADING} s`
      : "the files were not loaded";
    return buildFailure(what, ...lines);
  }
  if (killed === "time") {
    return buildFailure(
      `${file} did not come to an end within ${timeout} s`,
      "it loops, or waits for something that never comes: correct it, or raise --timeout",
    );
  }
  if (killed === "size") return buildFailure(`${file} prints without end`, "remove what it prints");
  if (errors.includes("await promise never resolved")) {
    return buildFailure(
      `${file} waits for something that never comes`,
      "look at each await in it, and in what it imports",
    );
  }
  return buildFailure(`${file} ended the process before it was read`, ...lines);
}
