/** `dinitctl --host`: the control connection to a daemon on another machine, through `ssh HOST dinitctl proxy`. */

import { type ByteStream, ControlError } from "../../client/mod.ts";
import type { CtlOptions } from "../../options/ctl_values.ts";
import { decodeBytes } from "../../model/bytes.ts";

/** The commands that read or change files of the machine: they run there as a whole. */
const WITH_FILES: ReadonlySet<string> = new Set(["enable", "disable", "catlog", "logs", "upgrade"]);

/** How much of what ssh has said is kept for an error, in characters. */
const MOST_WORDS = 4096;

/** Whether a command runs on the other machine as a whole. */
export function runsRemotely(command: string, { boot, boots }: Pick<CtlOptions, "boot" | "boots">): boolean {
  return WITH_FILES.has(command) || boots || boot !== 0; // earlier starts are in files
}

/** Runs the whole command on the other machine, with the streams of this process. Returns its exit status. */
export async function runRemotely(args: readonly string[], host: string): Promise<number> {
  const words = withoutHost(args);
  const child = start(host, ["dinitctl", ...words], "inherit");
  return (await child.status).code;
}

/** The arguments without `--host`. */
function withoutHost(args: readonly string[]): string[] {
  return args.filter((arg, index) =>
    arg !== "--host" && args[index - 1] !== "--host" && !arg.startsWith("--host=")
  );
}

/** A stream to the daemon on the other machine. What fails there becomes a `ControlError` with one clear line. */
export function remoteStream(
  { host = "", mode, socketPath }: Pick<Partial<CtlOptions>, "host" | "mode" | "socketPath">,
): ByteStream {
  const place = [
    ...(mode === undefined ? [] : [`--${mode}`]),
    ...(socketPath === undefined ? [] : ["--socket-path", socketPath]),
  ];
  const child = start(host, ["dinitctl", ...place, "proxy"], "piped");
  const errors = lastWords(child.stderr);
  const reader = child.stdout.getReader({ mode: "byob" });
  const writer = child.stdin.getWriter();
  return {
    async read(buffer) {
      const { value, done } = await reader.read(new Uint8Array(buffer.length));
      if (!done && value !== undefined) {
        buffer.set(value);
        return value.length;
      }
      const { success } = await child.status;
      if (success) return null;
      throw new ControlError("connect", `no connection to ${host}: ${await errors || "ssh failed"}`);
    },
    async write(bytes) {
      try {
        await writer.write(bytes.slice());
      } catch {
        // Reading says why the connection ended.
      }
      return bytes.length;
    },
    close() {
      writer.close().catch(() => {});
      reader.cancel().catch(() => {});
    },
  };
}

/** The last line of a stream, when it has ended. */
async function lastWords(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text = (text + decodeBytes(chunk)).slice(-MOST_WORDS);
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return line.replace(/^dinitctl: /, "").replaceAll(/\p{Cc}/gu, "");
}

/** Keys, agents, jump hosts and known hosts are OpenSSH's: its configuration decides. */
function start(host: string, words: readonly string[], streams: "piped" | "inherit"): Deno.ChildProcess {
  // ssh joins the words with spaces, and a shell on the other machine splits them.
  const args = ["-T", "--", host, words.map(quote).join(" ")];
  try {
    return new Deno.Command("ssh", { args, stdin: streams, stdout: streams, stderr: streams }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new ControlError("connect", `no connection to ${host}: there is no program ssh`, { cause: error });
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
